import './log-edge.css'
import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import type { LogPlace, Older } from './log-place.ts'

/** Height of the edge; the style sheet has the same. */
export const EDGE_PX = 28

/** What stands above the oldest line: why there is none before it. It keeps its height, so that no line moves. */
export function LogEdge({ place }: { place: LogPlace }): JSX.Element {
  const hasLines = place.version.value >= 0 && place.ring.count > 0
  return (
    <div class="log-edge small" aria-live="polite">
      {hasLines && !place.isCleared.value && (
        <Words older={place.older.value} onRetry={() => void place.loadOlder()} />
      )}
    </div>
  )
}

function Words({ older, onRetry }: { older: Older; onRetry: () => void }): JSX.Element | null {
  if (older.kind === 'loading') return <span>Reading earlier lines…</span>
  if (older.kind === 'failed')
    return (
      <span class="row">
        Earlier lines could not be read: {older.problem.title}.
        <Button size="small" kind="quiet" onClick={onRetry}>
          Try again
        </Button>
      </span>
    )
  if (older.kind === 'end' && older.reason === 'beginning') return <span>The first line that is kept</span>
  return null
}
