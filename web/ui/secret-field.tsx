import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A one-line field for a value of `.env`, in dots while it holds a secret. It has the focus when it appears. */
export function SecretField(props: {
  label: string
  value: string
  placeholder: string
  isHidden: boolean
  isInvalid: boolean
  hasFocus: boolean
  onInput: (value: string) => void
  onEscape?: () => void
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (props.hasFocus) field.current?.focus()
  }, [])
  // Spread, since the types of text and password fields differ.
  const type = props.isHidden ? ({ type: 'password' } as const) : ({ type: 'text' } as const)
  return (
    <input
      {...type}
      ref={field}
      class="input mono"
      aria-label={props.label}
      aria-invalid={props.isInvalid || undefined}
      placeholder={props.placeholder}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onEscape?.()
      }}
    />
  )
}
