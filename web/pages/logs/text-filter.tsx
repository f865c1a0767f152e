import './log-filter-bar.css'
import type { ReadonlySignal } from '@preact/signals'
import type { JSX, Ref } from 'preact'
import { hasMarks, type LogFilters } from './log-filters.ts'
import type { Drawn } from './use-tell-drawn.ts'

export interface FilterProps {
  readonly filters: LogFilters
  readonly onChange: (filters: LogFilters) => void
}

/** The field for a text, how it is meant, and the way from match to match. */
export function TextFilter(
  props: FilterProps & {
    readonly field: Ref<HTMLInputElement>
    readonly drawn: ReadonlySignal<Drawn>
    readonly onStep: (direction: 1 | -1) => void
  },
): JSX.Element {
  const { filters, onChange, onStep } = props
  const { matchCount, matchPosition } = props.drawn.value
  const toggle = (
    name: 'isCaseExact' | 'isInverse' | 'isMarkOnly',
    words: string,
    text: string,
  ): JSX.Element => (
    <button
      type="button"
      class="log-mode"
      aria-pressed={filters[name]}
      aria-label={words}
      title={words}
      onClick={() => onChange({ ...filters, [name]: !filters[name] })}
    >
      {text}
    </button>
  )
  return (
    <div class="log-filter">
      <input
        ref={props.field}
        class="input"
        type="search"
        aria-label="Filter"
        placeholder="Filter ( / )"
        autocomplete="off"
        spellcheck={false}
        value={filters.text}
        onInput={(event) => onChange({ ...filters, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange({ ...filters, text: '' })
          else if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1)
        }}
      />
      {hasMarks(filters) && (
        <span class="log-matches small muted" aria-live="polite">
          {matchPosition > 0 && `${matchPosition.toLocaleString('en')} of `}
          {matchCount.toLocaleString('en')}
        </span>
      )}
      {toggle('isCaseExact', 'Aa: exact case', 'Aa')}
      {toggle('isInverse', 'Not: lines without the text', 'Not')}
      {toggle('isMarkOnly', 'Mark the text, keep all lines', 'Mark')}
    </div>
  )
}
