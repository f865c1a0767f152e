import type { JSX } from 'preact'
import { useId } from 'preact/hooks'

/** A labelled field of several lines, in the monospace face. */
export function TextArea(props: {
  label: string
  value: string
  rows: number
  onInput: (value: string) => void
  hint?: string
  error?: string | undefined
  placeholder?: string
}): JSX.Element {
  const id = useId()
  const describedBy = [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class="input mono"
        rows={props.rows}
        value={props.value}
        placeholder={props.placeholder}
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
