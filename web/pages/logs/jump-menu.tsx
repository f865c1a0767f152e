import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { lastOf, QUICK_TIMES, toLocalField } from './jump-times.ts'
import { useLifeMarks } from './use-life-marks.ts'

const LIFE_TIMES = [
  ['start', 'Last start', 'No start of the gateway is known'],
  ['end', 'Last end', 'No end of the gateway is known'],
] as const

/** Goes to a time of the log, by its hour or from here. @param props.onTime ISO 8601 */
export function JumpMenu({ onTime }: { onTime: (time: string) => void }): JSX.Element {
  const [now] = useState(() => Date.now())
  const [value, setValue] = useState(() => toLocalField(now))
  const id = useId()
  const time = Date.parse(value)
  const { marks: life } = useLifeMarks()
  return (
    <>
      <div class="log-menu-choices">
        {QUICK_TIMES.map(({ words, timeOf }) => (
          <Button key={words} size="small" onClick={() => onTime(new Date(timeOf(Date.now())).toISOString())}>
            {words}
          </Button>
        ))}
        {LIFE_TIMES.map(([of, words, reason]) => {
          const mark = lastOf(life, of)
          return (
            <Button
              key={of}
              size="small"
              reason={mark === null ? reason : undefined}
              onClick={() => mark !== null && onTime(new Date(mark).toISOString())}
            >
              {words}
            </Button>
          )
        })}
      </div>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault()
          if (!Number.isNaN(time)) onTime(new Date(time).toISOString())
        }}
      >
        <label for={id}>A time</label>
        <input
          id={id}
          class="input"
          type="datetime-local"
          step={1}
          value={value}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <Button
          size="small"
          kind="primary"
          submits
          reason={Number.isNaN(time) ? 'Say the day and the hour first' : undefined}
        >
          Go there
        </Button>
        <p class="small muted">In the time of this browser. The first line at that time or later is shown.</p>
      </form>
    </>
  )
}
