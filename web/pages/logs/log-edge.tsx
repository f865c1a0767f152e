import './log-edge.css'
import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import type { LogPlace, Older } from './log-place.ts'

/** Height of the edge; the style sheet has the same. */
export const EDGE_PX = 28

/** What stands above the oldest line: why there is none before it. It keeps its height, so that no line moves. */
export function LogEdge({ place, isFiltered }: { place: LogPlace; isFiltered: boolean }): JSX.Element {
  const hasLines = place.version.value >= 0 && place.ring.count > 0
  return (
    <div class="log-edge small" aria-live="polite">
      {hasLines && !place.isCleared.value && (
        <Words older={place.older.value} isFiltered={isFiltered} onLoad={() => void place.loadOlder()} />
      )}
    </div>
  )
}

function Words(props: { older: Older; isFiltered: boolean; onLoad: () => void }): JSX.Element | null {
  const { older } = props
  if (older.kind === 'loading') return <span>Reading earlier lines…</span>
  if (older.kind === 'failed')
    return (
      <span class="row">
        Earlier lines could not be read: {older.problem.title}.
        <Button size="small" kind="quiet" onClick={props.onLoad}>
          Try again
        </Button>
      </span>
    )
  if (older.kind === 'end' && older.reason === 'beginning')
    return <span>{props.isFiltered ? 'No earlier lines are kept' : 'The first line that is kept'}</span>
  // A list that is as short as a filter makes it can't be scrolled.
  return older.kind === 'idle' && props.isFiltered ? (
    <Button size="small" kind="quiet" onClick={props.onLoad}>
      Look through earlier lines
    </Button>
  ) : null
}
