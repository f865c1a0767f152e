import type { JSX } from 'preact'
import { MAX_ENV_FILE_BYTES } from '../../../contract/rules.ts'
import { Button } from '../../ui/button.tsx'
import { Difference } from '../../ui/difference.tsx'
import { countOf } from '../../ui/format.ts'
import { ProblemView } from '../../ui/problem-view.tsx'
import { showConflict } from './conflict-note.tsx'
import { draftDifference, textDifference } from './difference.ts'
import { textMerge } from './env-conflict.ts'
import { draftErrors } from './env-draft.ts'
import * as editor from './env-editor.ts'

/** What saving would change, and the button that does it. There is nothing to save without a difference. */
export function SaveBar(): JSX.Element | null {
  const document = editor.base.value
  // The merge is to be read and chosen from, and nothing can be saved before its end.
  if (textMerge.value) return null
  if (!document || !editor.hasUnsaved.value) {
    return editor.saveProblem.value && <ProblemView problem={editor.saveProblem.value} />
  }
  const text = editor.isTextDirty.value ? editor.textDraft.value : null
  const lines = text ? textDifference(text.before, text.text) : draftDifference(editor.draft.value, document)
  const count = lines.filter(({ sign }) => sign === '+' || sign === '-').length
  return (
    <section class="card stack save-bar" aria-label="Unsaved changes">
      <div class="row-apart">
        <h2>Unsaved changes</h2>
        <span class="muted">{countOf(count, 'line')}</span>
      </div>
      {editor.theirs.value ? (
        <div class="row">
          <strong>The file was changed meanwhile.</strong>
          <Button size="small" onClick={showConflict}>
            Look at both sides
          </Button>
        </div>
      ) : (
        <Difference lines={lines} />
      )}
      {editor.saveProblem.value && <ProblemView problem={editor.saveProblem.value} />}
      <div class="row">
        <Button
          kind="primary"
          isBusy={editor.isSaving.value}
          reason={refusal()}
          onClick={() => void editor.save()}
        >
          Save
        </Button>
        <Button onClick={editor.discard}>Discard</Button>
      </div>
    </section>
  )
}

/** Saves when there is something to save and nothing is against it. */
export function saveIfPossible(): void {
  if (editor.hasUnsaved.value && !textMerge.value && refusal() === undefined) void editor.save()
}

/** Why it can't be saved as it is. */
function refusal(): string | undefined {
  const document = editor.base.value
  if (editor.theirs.value) return 'The file was changed meanwhile: load it first'
  if (editor.isTextDirty.value) {
    const bytes = new TextEncoder().encode(editor.textDraft.value?.text ?? '').length
    return bytes > MAX_ENV_FILE_BYTES ? 'The text is too long' : undefined
  }
  const errors = document ? draftErrors(editor.draft.value, document) : new Map()
  return errors.size > 0 ? 'Correct the rows that are marked first' : undefined
}
