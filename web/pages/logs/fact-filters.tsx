import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { hasFacts, LEVEL_WORDS, STREAM_WORDS, toggled } from './log-filters.ts'
import { LEVELS, type LogIndex, type LogStream } from './log-index.ts'
import type { FilterProps } from './text-filter.tsx'

const FilterChips = lazyPart(async () => (await import('./filter-chips.tsx')).FilterChips)

interface FilterBarProps extends FilterProps {
  readonly index: LogIndex
  /** Changes when a count may have. */
  readonly changes: ReadonlySignal<number>
}

/** All filters but the text, and what is active of all of them. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  return (
    <>
      <FactFilters {...props} />
      {(props.filters.text !== '' || hasFacts(props.filters)) && (
        <FilterChips filters={props.filters} onChange={props.onChange} />
      )}
    </>
  )
}

const STREAMS: readonly LogStream[] = ['stdout', 'stderr']
const count = (value: number): JSX.Element => <span class="log-count">{value.toLocaleString('en')}</span>

/** Level, stream and subsystem, each with how many of the lines held it has. */
function FactFilters(props: FilterBarProps): JSX.Element {
  const { filters, onChange, index } = props
  // Read, so that the counts are drawn again.
  void props.changes.value
  const parts = index.subsystems().filter(({ name }) => !filters.subsystems.includes(name))
  const levels = LEVELS.filter((level) => index.levelCount(level) > 0 || filters.levels.includes(level))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a scrolling row
    <div class="log-facts" role="group" aria-label="Levels, streams and subsystems">
      {levels.map((level) => (
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
      ))}
      {levels.length > 0 && <span class="log-facts-line" />}
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
