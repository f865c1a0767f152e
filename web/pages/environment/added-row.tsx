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
import { openImport } from './import-dialog.tsx'
import { KnownMeaning, KnownSource } from './known-meaning.tsx'
import { MendButton } from './mend-button.tsx'
import { mendTyped } from './mend-typed.ts'

/** A variable that is not in the file yet. */
export function AddedRow(props: {
  variable: AddedVariable
  error: string | undefined
  findings: readonly Finding[]
  isShown: boolean
}): JSX.Element {
  const { id, key, value } = props.variable
  // The name of a family of variables ends where the rest is to be typed.
  const isUnnamed = useRef(key === '' || key.endsWith('_'))
  const change = (part: Partial<AddedVariable>, field?: string): void =>
    editor.edit(changeAdded(editor.draft.value, id, part), field && `${field} new${id}`)
  const drop = (): void => editor.edit(dropAdded(editor.draft.value, id))
  const leave = (): void => {
    if (key === '' && value === '') drop()
  }

  return (
    <tr aria-label={key === '' ? 'New variable' : key} data-change="added">
      <th scope="row">
        <NameField
          name={key}
          isInvalid={props.error !== undefined}
          hasFocus={isUnnamed.current}
          onInput={(text) => change(splitPasted(text, value), 'name')}
          onEscape={leave}
        />
        <KnownMeaning name={key} />
      </th>
      <td>
        <SecretField
          label="Value of the new variable"
          value={value}
          placeholder="value"
          isHidden={isSecretVariable(key, value) && !props.isShown}
          isInvalid={false}
          hasFocus={!isUnnamed.current && value === ''}
          onInput={(text) => change({ value: text }, 'value')}
          onEscape={leave}
        />
        <KnownSource name={key} />
        {props.error !== undefined && (
          <p class="field-error" role="alert">
            {props.error}
          </p>
        )}
        {props.findings.length > 0 && (
          <FindingList
            findings={props.findings}
            actions={(finding) => {
              const mended = mendTyped(key, value, finding.id)
              return mended && <MendButton finding={finding} where={key} onMend={() => change(mended)} />
            }}
          />
        )}
      </td>
      <td class="env-actions">
        <Button size="small" kind="quiet" label={`Undo ${key || 'new variable'}`} onClick={drop}>
          <Icon name="undo" />
        </Button>
      </td>
    </tr>
  )
}

function NameField(props: {
  name: string
  isInvalid: boolean
  hasFocus: boolean
  onInput: (text: string) => void
  onEscape: () => void
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!props.hasFocus) return
    field.current?.focus()
    field.current?.setSelectionRange(props.name.length, props.name.length)
  }, [])
  return (
    <input
      ref={field}
      class="input mono"
      aria-label="Name of the new variable"
      placeholder="NAME"
      aria-invalid={props.isInvalid || undefined}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      value={props.name}
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onEscape()
      }}
      onPaste={(event) => {
        const text = event.clipboardData?.getData('text/plain') ?? ''
        if (!/[\n\r]./.test(text.trim())) return
        // A field of one line would run the lines together.
        event.preventDefault()
        openImport(text)
      }}
    />
  )
}

/** `KEY=value` pasted into the name fills both fields. */
function splitPasted(text: string, value: string): Partial<AddedVariable> {
  const equals = text.indexOf('=')
  if (equals === -1) return { key: text.trim() }
  return { key: text.slice(0, equals).trim(), value: text.slice(equals + 1) || value }
}
