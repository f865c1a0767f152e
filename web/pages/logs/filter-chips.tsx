import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { LEVEL_WORDS, type LogFilters, NO_FILTERS, STREAM_WORDS, toggled } from './log-filters.ts'
import type { FilterProps } from './text-filter.tsx'

/** A filter that is active, and the choice without it. */
export interface FilterChip {
  readonly key: string
  readonly words: string
  readonly without: LogFilters
}

/** What is active, each with the way out of it, and out of all of them. */
export function FilterChips({ filters, onChange }: FilterProps): JSX.Element {
  const chips = chipsOf(filters)
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

/** Says each filter that is active, for people. */
export function chipsOf(filters: LogFilters): FilterChip[] {
  const { text, isInverse, isCaseExact, isMarkOnly } = filters
  const chips: FilterChip[] = []
  if (text !== '') {
    const verb = isMarkOnly ? 'Marked' : isInverse ? 'Without' : 'With'
    chips.push({
      key: 'text',
      words: `${verb} “${text}”${isCaseExact ? ', exact case' : ''}`,
      without: { ...filters, text: '' },
    })
  }
  for (const level of filters.levels)
    chips.push({
      key: `level ${level}`,
      words: LEVEL_WORDS[level],
      without: { ...filters, levels: toggled(filters.levels, level) },
    })
  for (const stream of filters.streams)
    chips.push({
      key: `stream ${stream}`,
      words: STREAM_WORDS[stream],
      without: { ...filters, streams: toggled(filters.streams, stream) },
    })
  for (const name of filters.subsystems)
    chips.push({
      key: `part ${name}`,
      words: `[${name}]`,
      without: { ...filters, subsystems: toggled(filters.subsystems, name) },
    })
  return chips
}
