import type { ComponentChildren, JSX } from 'preact'

export interface ButtonProps {
  readonly children: ComponentChildren
  readonly onClick?: () => void
  readonly kind?: 'primary' | 'danger' | 'quiet'
  readonly size?: 'small'
  /** Accessible name, where the text alone does not say it. */
  readonly label?: string
  /** What it does, for who points at it and does not know it yet. */
  readonly hint?: string
  /** Work that this button started is going on. */
  readonly isBusy?: boolean
  /** Why it can't be used now; it stays reachable by keyboard so that the reason can be read. */
  readonly reason?: string | undefined
  readonly isPressed?: boolean
  readonly submits?: boolean
}

/** A button that says why when it can't be used. */
export function Button(props: ButtonProps): JSX.Element {
  const { kind, size, label, hint, isBusy = false, reason, isPressed } = props
  const isOff = isBusy || reason !== undefined
  return (
    <button
      type={props.submits ? 'submit' : 'button'}
      class="button"
      data-kind={kind}
      data-size={size}
      aria-label={label}
      aria-pressed={isPressed}
      aria-busy={isBusy || undefined}
      aria-disabled={isOff || undefined}
      title={reason ?? hint ?? (size === 'small' ? label : undefined)}
      onClick={(event) => {
        if (isOff) event.preventDefault()
        else props.onClick?.()
      }}
    >
      {isBusy && <span class="spinner" />}
      {props.children}
    </button>
  )
}
