import './log-filter-bar.css'
import type { ReadonlySignal } from '@preact/signals'
import type { JSX, Ref } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import {
  chipsOf,
  hasMarks,
  LEVEL_WORDS,
  type LogFilters,
  NO_FILTERS,
  STREAM_WORDS,
  toggled,
} from './log-filters.ts'
import { LEVELS, type LogIndex, type LogStream } from './log-index.ts'
import type { Drawn } from './log-list.tsx'

const STREAMS: readonly LogStream[] = ['stdout', 'stderr']
const count = (value: number): JSX.Element => <span class="log-count">{value.toLocaleString('en')}</span>

interface FilterProps {
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

/** Level, stream and subsystem, each with how many of the lines held it has. */
export function FactFilters(
  props: FilterProps & { readonly index: LogIndex; readonly changes: ReadonlySignal<number> },
): JSX.Element {
  const { filters, onChange, index } = props
  // Read, so that the counts are drawn again.
  void props.changes.value
  const parts = index.subsystems().filter(({ name }) => !filters.subsystems.includes(name))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a scrolling row
    <div class="log-facts" role="group" aria-label="Levels, streams and subsystems">
      {LEVELS.filter((level) => index.levelCount(level) > 0 || filters.levels.includes(level)).map(
        (level) => (
          <button
            key={level}
            type="button"
            class="log-fact"
            data-level={level}
            aria-pressed={filters.levels.includes(level)}
            onClick={() => onChange({ ...filters, levels: toggled(filters.levels, level) })}
          >
            {LEVEL_WORDS[level]} {count(index.levelCount(level))}
          </button>
        ),
      )}
      <span class="log-facts-line" />
      {STREAMS.map((stream) => (
        <button
          key={stream}
          type="button"
          class="log-fact"
          aria-pressed={filters.streams.includes(stream)}
          onClick={() => onChange({ ...filters, streams: toggled(filters.streams, stream) })}
        >
          {STREAM_WORDS[stream]} {count(index.streamCount(stream))}
        </button>
      ))}
      <span class="log-facts-line" />
      <select
        class="log-fact"
        aria-label="Subsystem"
        value=""
        disabled={parts.length === 0}
        onChange={(event) => {
          const { value } = event.currentTarget
          event.currentTarget.value = ''
          if (value !== '') onChange({ ...filters, subsystems: toggled(filters.subsystems, value) })
        }}
      >
        <option value="">Subsystem…</option>
        {parts.map((part) => (
          <option key={part.name} value={part.name}>
            {`${part.name} (${part.count.toLocaleString('en')})`}
          </option>
        ))}
      </select>
    </div>
  )
}

/** What is active, each with the way out of it, and out of all of them. */
export function FilterChips({ filters, onChange }: FilterProps): JSX.Element | null {
  const chips = chipsOf(filters)
  if (chips.length === 0) return null
  return (
    <ul class="log-chips" aria-label="Active filters">
      {chips.map(({ key, words, without }) => (
        <li key={key}>
          <button
            type="button"
            class="log-chip"
            aria-label={`${words}: take this filter away`}
            onClick={() => onChange(without)}
          >
            <span>{words}</span>
            <Icon name="cross" size={13} />
          </button>
        </li>
      ))}
      <li>
        <Button size="small" kind="quiet" onClick={() => onChange({ ...NO_FILTERS })}>
          Clear all
        </Button>
      </li>
    </ul>
  )
}
