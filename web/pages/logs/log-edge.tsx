import './log-edge.css'
import type { JSX } from 'preact'
import { lazyPart } from '../../ui/lazy-part.tsx'
import type { EdgeProps } from './edge-words.tsx'

/** Height of the edge; the style sheet has the same. */
export const EDGE_PX = 28

const EdgeWords = lazyPart(async () => (await import('./edge-words.tsx')).EdgeWords)

/** What stands above the oldest line: why there is none before it. It keeps its height, so that no line moves. */
export function LogEdge(props: EdgeProps): JSX.Element {
  const { place, isFiltered } = props
  const hasLines = place.version.value >= 0 && place.ring.count > 0
  // Scrolled to, they come by themselves.
  const isSilent = place.older.value.kind === 'idle' && !isFiltered
  return (
    <div class="log-edge small" aria-live="polite">
      {hasLines && !place.isCleared.value && !isSilent && <EdgeWords {...props} />}
    </div>
  )
}
