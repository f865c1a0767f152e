import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { isSecretVariable } from '../../../contract/rules.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { Icon } from '../../ui/icons.tsx'
import { SecretField } from '../../ui/secret-field.tsx'
import { type AddedVariable, changeAdded, dropAdded } from './env-draft.ts'
import * as editor from './env-editor.ts'

/** A variable that is not in the file yet. */
export function AddedRow(props: {
  variable: AddedVariable
  error: string | undefined
  findings: readonly Finding[]
  isShown: boolean
}): JSX.Element {
  const { id, key, value } = props.variable
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (field.current?.value === '') field.current.focus()
  }, [])
  const change = (part: Partial<AddedVariable>): void =>
    editor.edit(changeAdded(editor.draft.value, id, part))
  return (
    <tr aria-label={key === '' ? 'New variable' : key} data-change="added">
      <th scope="row">
        <input
          ref={field}
          class="input mono"
          aria-label="Name of the new variable"
          placeholder="NAME"
          aria-invalid={props.error !== undefined || undefined}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={key}
          onInput={(event) => change(splitPasted(event.currentTarget.value, value))}
        />
      </th>
      <td>
        <SecretField
          label="Value of the new variable"
          value={value}
          placeholder="value"
          isHidden={isSecretVariable(key, value) && !props.isShown}
          isInvalid={false}
          hasFocus={false}
          onInput={(text) => change({ value: text })}
        />
        {props.error !== undefined && (
          <p class="field-error" role="alert">
            {props.error}
          </p>
        )}
        {props.findings.length > 0 && <FindingList findings={props.findings} />}
      </td>
      <td class="env-actions">
        <Button
          size="small"
          kind="quiet"
          label={`Undo ${key || 'new variable'}`}
          onClick={() => editor.edit(dropAdded(editor.draft.value, id))}
        >
          <Icon name="undo" />
        </Button>
      </td>
    </tr>
  )
}

/** `KEY=value` pasted into the name fills both fields. */
function splitPasted(text: string, value: string): Partial<AddedVariable> {
  const equals = text.indexOf('=')
  if (equals === -1) return { key: text.trim() }
  return { key: text.slice(0, equals).trim(), value: text.slice(equals + 1) || value }
}
