import type { JSX } from 'preact'
import { useId } from 'preact/hooks'

/** A labelled choice from a short list. @param options pairs of the value and its words */
export function Select<T extends string>(props: {
  label: string
  value: T
  options: readonly (readonly [T, string])[]
  onChange: (value: T) => void
  hint?: string
}): JSX.Element {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        class="input"
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          const found = props.options.find(([value]) => value === event.currentTarget.value)
          if (found) props.onChange(found[0])
        }}
      >
        {props.options.map(([value, words]) => (
          <option key={value} value={value} selected={value === props.value}>
            {words}
          </option>
        ))}
      </select>
      {props.hint !== undefined && (
        <p id={`${id}-hint`} class="small muted">
          {props.hint}
        </p>
      )}
    </div>
  )
}
