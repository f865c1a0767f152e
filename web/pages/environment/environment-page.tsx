import './environment.css'
import type { JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { connection } from '../../state/connection.ts'
import { envLatestEtag } from '../../state/env.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { useSaveKey } from '../../ui/use-save-key.ts'
import { useUnloadWarning } from '../../ui/use-unload-warning.ts'
import { ConflictNote } from './conflict-note.tsx'
import { DropZone } from './drop-zone.tsx'
import * as editor from './env-editor.ts'
import { EnvTable } from './env-table.tsx'
import { EnvText } from './env-text.tsx'
import { ImportDialog, openImport } from './import-dialog.tsx'
import { SaveBar, saveIfPossible } from './save-bar.tsx'
import { SavedNote } from './saved-note.tsx'
import { useUndoKeys } from './use-undo-keys.ts'
import { VersionsSection, wasRemoved } from './versions-section.tsx'

/** The variables that the gateway starts with. */
export function EnvironmentPage(): JSX.Element {
  const document = editor.base.value
  useFreshDocument()
  useEffect(() => editor.closeText, [])
  useUnloadWarning(editor.hasUnsaved.value)
  useUndoKeys()
  useSaveKey(saveIfPossible)

  return (
    <DropZone isOpen={document !== null && !editor.isTextDirty.value}>
      <div class="page-head">
        <h1>Environment</h1>
        {document && (
          <p class="muted break">
            <code>{document.path}</code>
            {!document.exists &&
              (wasRemoved.value
                ? ' does not exist. It was removed; an earlier version can be brought back below.'
                : ' does not exist yet; saving makes it.')}
          </p>
        )}
        {document && (
          <p class="small">
            <a href="/connect">Connect a model or a channel, step by step</a>
          </p>
        )}
      </div>
      {editor.loadProblem.value && (
        <ProblemView problem={editor.loadProblem.value} onRetry={() => void editor.load()} />
      )}
      <SavedNote />
      {!document && !editor.loadProblem.value && <Loading what="Reading the environment" />}
      {document && (
        <>
          <ConflictNote />
          <Notes />
          {!editor.theirs.value && <FileFindings isTable={editor.mode.value === 'table'} />}
          <Tabs isUtf8={document.isUtf8} />
          <SaveBar />
          <VersionsSection />
          <EquivalentCommands
            commands={[
              ['List', 'sudo razroom-panel env list'],
              ['Set (asks for the value)', 'sudo razroom-panel env set KEY'],
              ['Remove', 'sudo razroom-panel env unset KEY'],
              ['Check', 'sudo razroom-panel env check'],
              ['Mend', 'sudo razroom-panel env mend'],
              ['Versions of it', 'sudo razroom-panel versions env'],
            ]}
          />
          <ImportDialog />
        </>
      )}
    </DropZone>
  )
}

/** Reads the file again when it is another, and after a lost connection, during which nobody told. */
function useFreshDocument(): void {
  const latest = envLatestEtag.value
  const isConnected = connection.value.kind === 'open'
  const wasConnected = useRef(isConnected)
  useEffect(() => {
    const isKnown =
      latest !== null && (latest === editor.base.value?.etag || latest === editor.theirs.value?.etag)
    if (!isKnown && !editor.isSaving.value) void editor.load()
  }, [latest])
  useEffect(() => {
    if (isConnected && !wasConnected.current && editor.base.value && !editor.isSaving.value)
      void editor.load()
    wasConnected.current = isConnected
  }, [isConnected])
}

function Tabs({ isUtf8 }: { isUtf8: boolean }): JSX.Element {
  const id = useId()
  const mode = editor.mode.value
  const tab = (name: 'table' | 'text', label: string): JSX.Element => (
    <button
      type="button"
      class="tab"
      role="tab"
      id={`${id}-${name}`}
      aria-selected={mode === name}
      aria-controls={`${id}-panel`}
      tabIndex={mode === name ? 0 : -1}
      onClick={() => show(name)}
    >
      {label}
    </button>
  )
  return (
    <>
      <div class="row env-bar">
        <div
          class="tabs"
          role="tablist"
          aria-label="View"
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
            show(mode === 'table' ? 'text' : 'table')
            const other = event.currentTarget.querySelector<HTMLElement>('[aria-selected="false"]')
            other?.focus()
          }}
        >
          {tab('table', 'Table')}
          {tab('text', 'Text')}
        </div>
        <EditBar />
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${mode}`}>
        {mode === 'table' ? <EnvTable /> : <EnvText isUtf8={isUtf8} />}
      </div>
    </>
  )
}

/** What is not about one variable: bringing many in, and the way back. */
function EditBar(): JSX.Element {
  return (
    <div class="row env-edit-bar">
      <Button
        size="small"
        kind="quiet"
        label="Undo the last edit"
        reason={editor.canUndo.value ? undefined : 'There is no edit to undo'}
        onClick={editor.undo}
      >
        <Icon name="undo" />
      </Button>
      <Button
        size="small"
        kind="quiet"
        label="Redo the edit"
        reason={editor.canRedo.value ? undefined : 'There is no edit to redo'}
        onClick={editor.redo}
      >
        <span class="env-mirrored">
          <Icon name="undo" />
        </span>
      </Button>
      <Button
        size="small"
        reason={editor.isTextDirty.value ? 'Save or discard the text first' : undefined}
        onClick={() => openImport()}
      >
        Import…
      </Button>
    </div>
  )
}

function show(mode: 'table' | 'text'): void {
  if (mode === 'table') editor.closeText()
  editor.mode.value = mode
}

/** What to know after edits were put onto another version. */
function Notes(): JSX.Element | null {
  if (editor.notes.value.length === 0) return null
  return (
    <ul class="note" data-tone="warn">
      {editor.notes.value.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  )
}

/** Findings about the file as a whole; those of a line stand at the line. */
function FileFindings({ isTable }: { isTable: boolean }): JSX.Element | null {
  const findings = (editor.base.value?.findings ?? []).filter(
    (finding) => !isTable || finding.line === undefined,
  )
  if (findings.length === 0 || !isTable) return null
  return (
    <section class="card" aria-label="Findings">
      <FindingList findings={findings} />
    </section>
  )
}
