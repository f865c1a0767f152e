import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import type { LogFilters } from './log-filters.ts'

/** What stands in the place of lines while none passes the filters. */
export function NonePasses(props: {
  filters: LogFilters
  isDone: boolean
  onSearch: () => void
}): JSX.Element {
  if (!props.isDone) return <p>Looking through the lines…</p>
  return (
    <div class="stack-tight">
      <p>{noneWords(props.filters)}</p>
      <p>
        <Button size="small" onClick={props.onSearch}>
          Search in all of the log
        </Button>
      </p>
    </div>
  )
}

function noneWords({ text, isInverse, ...filters }: LogFilters): string {
  const isTextAlone =
    text !== '' && filters.levels.length + filters.streams.length + filters.subsystems.length === 0
  if (!isTextAlone) return 'None of the lines that are here passes the filters.'
  return isInverse
    ? `All of the lines that are here have “${text}” in them.`
    : `None of the lines that are here has “${text}” in it.`
}
