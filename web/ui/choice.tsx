import './choice.css'
import type { ComponentChildren, JSX } from 'preact'

/** One of several ways, as a card with its meaning. */
export function Choice(props: {
  /** Of the group: one of it is chosen. */
  name: string
  value: string
  isChosen: boolean
  isDisabled?: boolean
  onChoose: () => void
  title: string
  children?: ComponentChildren
}): JSX.Element {
  return (
    <label class="choice">
      <input
        type="radio"
        name={props.name}
        value={props.value}
        checked={props.isChosen}
        disabled={props.isDisabled}
        onChange={props.onChoose}
      />
      <strong>{props.title}</strong>
      {props.children !== undefined && <span class="small muted">{props.children}</span>}
    </label>
  )
}

/** A tick, with what it means. */
export function Check(props: {
  isChecked: boolean
  isDisabled?: boolean
  onChange: (isChecked: boolean) => void
  children: ComponentChildren
}): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.isChecked}
        disabled={props.isDisabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.children}</span>
    </label>
  )
}
