import './environment.css'
import type { JSX } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { restartGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { envLatestEtag } from '../../state/env.ts'
import { runningOperation } from '../../state/operations.ts'
import { isGatewayUp, status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { operationWords, waitReason } from '../../ui/gateway-words.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import * as editor from './env-editor.ts'
import { EnvTable } from './env-table.tsx'
import { EnvText } from './env-text.tsx'
import { SaveBar } from './save-bar.tsx'

/** The variables that the gateway starts with. */
export function EnvironmentPage(): JSX.Element {
  const document = editor.base.value
  const latest = envLatestEtag.value
  useEffect(() => {
    const isKnown =
      latest !== null && (latest === editor.base.value?.etag || latest === editor.theirs.value?.etag)
    if (!isKnown && !editor.isSaving.value) void editor.load()
  }, [latest])
  useEffect(() => editor.closeText, [])
  useUnloadWarning()

  return (
    <div class="page">
      <div class="page-head">
        <h1>Environment</h1>
        {document && (
          <p class="muted break">
            <code>{document.path}</code>
            {!document.exists && ' does not exist yet; saving makes it.'}
          </p>
        )}
      </div>
      {editor.loadProblem.value && (
        <ProblemView problem={editor.loadProblem.value} onRetry={() => void editor.load()} />
      )}
      <Saved />
      {!document && !editor.loadProblem.value && <Loading what="Reading the environment" />}
      {document && (
        <>
          <Changed />
          <Tabs isUtf8={document.isUtf8} />
          <SaveBar />
          <EquivalentCommands
            commands={[
              ['List', 'sudo razroom-panel env list'],
              ['Set (asks for the value)', 'sudo razroom-panel env set KEY'],
              ['Remove', 'sudo razroom-panel env unset KEY'],
              ['Check', 'sudo razroom-panel env check'],
            ]}
          />
        </>
      )}
    </div>
  )
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
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${mode}`}>
        {mode === 'table' ? <EnvTable /> : <EnvText isUtf8={isUtf8} />}
      </div>
    </>
  )
}

function show(mode: 'table' | 'text'): void {
  if (mode === 'table') editor.closeText()
  editor.mode.value = mode
}

/** Another hand has changed the file while there are edits here. */
function Changed(): JSX.Element | null {
  const document = editor.theirs.value
  return (
    <>
      {document && (
        <div class="note" data-tone="warn" role="alert">
          <strong>The file was changed meanwhile, on the machine or in another page</strong>
          <p>Your edits are still here. They can go onto the file as it is now, and you save after a look.</p>
          <div class="row">
            <Button size="small" onClick={() => void editor.loadTheirsKeepEdits()}>
              Load theirs, keep my edits
            </Button>
          </div>
        </div>
      )}
      {editor.notes.value.length > 0 && (
        <ul class="note" data-tone="warn">
          {editor.notes.value.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {!document && editor.base.value && <FileFindings isTable={editor.mode.value === 'table'} />}
    </>
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

function Saved(): JSX.Element | null {
  if (!editor.saved.value) return null
  const { result, since } = editor.saved.value
  const running = runningOperation.value
  const isSameRun = status.value?.gateway.since === since
  const needsRestart = result.restartRequired && isGatewayUp.value && isSameRun
  return (
    <div class="note" data-tone="good">
      <p aria-live="polite">
        {!result.changed && 'Nothing was changed: the file is as it was.'}
        {result.changed && needsRestart && 'Saved. The gateway sees the change after a restart.'}
        {result.changed && !needsRestart && !running && 'Saved.'}
        {result.changed && !needsRestart && running && `Saved. ${operationWords(running)}…`}
      </p>
      {needsRestart && (
        <div class="row">
          <Button
            size="small"
            reason={waitReason(running)}
            onClick={() => {
              restartGateway().catch((error) => {
                editor.saveProblem.value = toProblem(error)
              })
            }}
          >
            Restart to apply
          </Button>
          {running && <span class="muted">{operationWords(running)}…</span>}
        </div>
      )}
    </div>
  )
}

/** Asks before the page is closed with edits in it. */
function useUnloadWarning(): void {
  const hasUnsaved = editor.hasUnsaved.value
  useEffect(() => {
    if (!hasUnsaved) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [hasUnsaved])
}
