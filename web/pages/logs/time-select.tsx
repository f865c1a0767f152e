import type { JSX } from 'preact'
import { TIME_MODES, type TimeMode } from './log-times.ts'

/** Which time the list shows. */
export function TimeSelect(props: { mode: TimeMode; onChange: (mode: TimeMode) => void }): JSX.Element {
  return (
    <select
      class="button"
      data-size="small"
      aria-label="Times"
      value={props.mode}
      onChange={(event) => {
        const chosen = TIME_MODES.find(([mode]) => mode === event.currentTarget.value)
        if (chosen) props.onChange(chosen[0])
      }}
    >
      {TIME_MODES.map(([mode, words]) => (
        <option key={mode} value={mode}>
          {words}
        </option>
      ))}
    </select>
  )
}
