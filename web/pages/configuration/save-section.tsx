import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { UnsavedSection } from '../../ui/unsaved-section.tsx'
import * as editor from './config-editor.ts'
import { configDifference } from './masked-difference.ts'

/** What saving would change, and the button that does it. There is nothing to save without a difference. */
export function SaveSection({ findings }: { findings: readonly Finding[] }): JSX.Element | null {
  const problem = editor.saveProblem.value && <ProblemView problem={editor.saveProblem.value} />
  const draft = editor.draft.value
  if (!draft || !editor.isDirty.value) return problem
  return (
    <>
      <Unsaved draft={draft}>{problem}</Unsaved>
      {editor.refusal.value && <AnywayDialog findings={findings} />}
    </>
  )
}

function Unsaved(props: { draft: editor.TextDraft; children: JSX.Element | null }): JSX.Element {
  const { before, text } = props.draft
  const lines = useMemo(() => configDifference(before, text), [before, text])
  return (
    <UnsavedSection
      lines={lines}
      isBusy={editor.isSaving.value}
      reason={
        editor.theirs.value ? 'The file was changed meanwhile: choose above what becomes of it' : undefined
      }
      onSave={() => void editor.save()}
      onDiscard={editor.discard}
    >
      {props.children}
    </UnsavedSection>
  )
}

/** The gateway would not start with it: says why, and what happens when it is saved all the same. */
function AnywayDialog({ findings }: { findings: readonly Finding[] }): JSX.Element {
  const fatal = findings.filter(({ severity }) => severity === 'error')
  const close = (): void => {
    editor.refusal.value = null
  }
  return (
    <Dialog title="The gateway would not start with this" onClose={close}>
      {fatal.length > 0 ? <FindingList findings={fatal} /> : <p>{editor.refusal.value?.detail}</p>}
      <p>
        Saved all the same, a gateway that runs keeps what it has read until it starts anew, and then it does
        not start. The version before stays in the list below, one click away.
      </p>
      <div class="row">
        <Button onClick={close}>Back to the text</Button>
        <Button
          kind="danger"
          isBusy={editor.isSaving.value}
          onClick={() => void editor.save({ anyway: true })}
        >
          Save anyway
        </Button>
      </div>
    </Dialog>
  )
}
