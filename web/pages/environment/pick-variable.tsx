import type { JSX } from 'preact'
import type { EnvDocument } from '../../../contract/env.ts'
import { addVariable, type EnvDraft } from './env-draft.ts'
import * as editor from './env-editor.ts'
import { VariablePicker } from './variable-picker.tsx'

/** The picker over this file: a new variable gets a row, one that is there already gets the focus. */
export function PickVariable(props: {
  document: EnvDocument
  draft: EnvDraft
  onClose: () => void
}): JSX.Element {
  const { draft } = props
  const entries = props.document.entries.filter(
    ({ key, line }) => key !== undefined && !draft.removed.has(line),
  )
  const taken = new Set([...entries, ...draft.added].map(({ key }) => key ?? '').filter(Boolean))
  return (
    <VariablePicker
      taken={taken}
      onClose={props.onClose}
      onPick={(name) => {
        props.onClose()
        if (name === '' || !taken.has(name)) {
          editor.edit(addVariable(editor.draft.value, name))
          return
        }
        // Once the dialog has given the focus back to its button.
        requestAnimationFrame(() => focusRow(name))
      }}
    />
  )
}

function focusRow(name: string): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.env tbody tr')]
  const row = rows.findLast((element) => element.getAttribute('aria-label') === name)
  row?.scrollIntoView?.({ block: 'center' })
  row?.querySelector<HTMLElement>('td .input, .env-actions button')?.focus()
}
