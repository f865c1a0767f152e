import type { JSX } from 'preact'
import { useId } from 'preact/hooks'

/** A labelled text field with its hint and its error. */
export function Field(props: {
  label: string
  value: string
  onInput: (value: string) => void
  hint?: string
  error?: string | undefined
  placeholder?: string
  isDisabled?: boolean
  isMono?: boolean
  inputMode?: 'numeric' | 'text'
  /** Shown in dots; no password manager is asked. */
  isSecret?: boolean
}): JSX.Element {
  const id = useId()
  const describedBy = [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(' ')
  // Spread, since the types of text and password fields differ.
  const type = props.isSecret ? ({ type: 'password' } as const) : ({ type: 'text' } as const)
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        {...type}
        id={id}
        class={props.isMono ? 'input mono' : 'input'}
        value={props.value}
        placeholder={props.placeholder}
        disabled={props.isDisabled}
        inputMode={props.inputMode}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={props.error !== undefined || undefined}
        aria-describedby={describedBy || undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {props.error !== undefined && (
        <p id={`${id}-error`} class="field-error">
          {props.error}
        </p>
      )}
      {props.hint !== undefined && (
        <p id={`${id}-hint`} class="small muted">
          {props.hint}
        </p>
      )}
    </div>
  )
}
