import './progress-bar.css'
import type { JSX } from 'preact'

/** How far something is. @param props.total null when nobody knows how much it will be */
export function ProgressBar(props: {
  label: string
  done: number
  total: number | null
  words: string
}): JSX.Element {
  const isKnown = props.total !== null && props.total > 0
  return (
    <div class="stack-tight">
      <p class="row-apart small">
        <span class="break">{props.label}</span>
        <span class="muted">{props.words}</span>
      </p>
      {isKnown ? (
        <progress
          aria-label={props.label}
          max={100}
          value={Math.round((100 * props.done) / (props.total ?? 1))}
        />
      ) : (
        <progress aria-label={props.label} />
      )}
    </div>
  )
}
