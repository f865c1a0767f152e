import './configuration.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { ConfigDocument } from '../../../contract/config.ts'
import { configLatestEtag } from '../../state/config.ts'
import { shellLine } from '../../state/shell-line.ts'
import { status } from '../../state/status.ts'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { useSaveKey } from '../../ui/use-save-key.ts'
import { useUnloadWarning } from '../../ui/use-unload-warning.ts'
import * as editor from './config-editor.ts'
import { ConflictNote, MergedNote, SavedNote, SetAsideNote } from './notes.tsx'
import { SaveSection } from './save-section.tsx'
import { Findings, TextCard } from './text-card.tsx'
import { useTextCheck } from './use-text-check.ts'
import { ProvenOffer, VersionsSection } from './versions-section.tsx'

const save = (): void => void editor.save()

/** razroom.json: what the gateway is to do, as text with its comments. */
export function ConfigurationPage(): JSX.Element {
  const document = editor.base.value
  const latest = configLatestEtag.value
  useEffect(() => {
    const isKnown =
      latest !== null && (latest === editor.base.value?.etag || latest === editor.theirs.value?.etag)
    if (!isKnown && !editor.isSaving.value) void editor.load()
  }, [latest])
  useEffect(() => editor.close, [])
  useUnloadWarning(editor.hasUnsaved.value)
  useSaveKey(save)

  return (
    <div class="page">
      <div class="page-head">
        <h1>Configuration</h1>
        {document && (
          <p class="muted break">
            <code>{document.path}</code>
            {!document.exists && ' does not exist.'}
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
      {!document && !editor.loadProblem.value && <Loading what="Reading the configuration" />}
      {document && <Content document={document} />}
    </div>
  )
}

function Content({ document }: { document: ConfigDocument }): JSX.Element {
  const isDirty = editor.isDirty.value
  const check = useTextCheck(isDirty ? (editor.draft.value?.text ?? null) : null)
  const findings = isDirty && check.result ? check.result.findings : document.findings
  const isText = editor.draft.value !== null || (document.exists && document.isUtf8)
  const user = status.value?.user.name ?? 'razroom'
  return (
    <>
      <ConflictNote />
      <MergedNote />
      <SetAsideNote />
      <ProvenOffer document={document} />
      {!document.exists && (
        <p class="note">
          Without this file the gateway does not start. Setup writes it; so does the button below.
        </p>
      )}
      {document.exists && !document.isUtf8 && (
        <p class="note" data-tone="warn">
          The file is not UTF-8 text, so it can&apos;t be shown or edited here. Go back to an earlier version,
          or correct it with an editor on the machine.
        </p>
      )}
      {isText ? (
        <TextCard document={document} findings={findings} check={check} />
      ) : (
        <Findings findings={findings} check={check} onAsk={null} />
      )}
      <SaveSection findings={findings} />
      <VersionsSection />
      <EquivalentCommands
        commands={[
          ['Read', shellLine(['sudo', 'cat', document.path])],
          ['Edit (it becomes a version here)', shellLine(['sudoedit', '-u', user, document.path])],
          ['Versions of it', 'sudo razroom-panel versions config'],
        ]}
      />
    </>
  )
}
