/** What a list does when it is scrolled near an end of the lines that are held. */
import { EDGE_PX } from './log-edge.tsx'
import type { LogPlace } from './log-place.ts'
import type { LogRing } from './log-ring.ts'
import type { LogView } from './log-view.ts'
import { ROW_PX } from './use-aim.ts'

/** So near to an end, the lines beyond it are asked for. */
const LOAD_PX = 300
/** An earlier stretch grows to so many lines by itself while a filter leaves it too short to be scrolled. */
const FILTERED_HISTORY_LINES = 10_000

/** Of the element that is scrolled. */
export type Sight = Pick<HTMLElement, 'scrollTop' | 'clientHeight' | 'scrollHeight'>

/**
 * Asks for the lines beyond the ends that are near.
 * @returns true when the oldest line that there is room for is near: only another stretch has those before it
 */
export function loadNear(element: Sight, place: LogPlace): boolean {
  if (element.clientHeight === 0 || !place.isLive.value || place.isCleared.value) return false
  const { older, newer } = place
  const isTopNear = element.scrollTop < LOAD_PX
  if (isTopNear && older.value.kind === 'idle') void place.loadOlder()
  const belowPx = element.scrollHeight - element.scrollTop - element.clientHeight
  if (belowPx < LOAD_PX && newer?.value.kind === 'idle') void place.loadNewer()
  return isTopNear && older.value.kind === 'end' && older.value.reason === 'full'
}

/** Whether lines are asked for without being scrolled to: a filter that hardly any line passes must not read them all. */
export const loadsByItself = ({ newer, ring }: LogPlace, isFiltered: boolean): boolean =>
  !isFiltered || (newer !== null && ring.count < FILTERED_HISTORY_LINES)

/** The line at the top of the list, and how far below the edge it begins in px; null for none, and for a gap. */
export function topLine(
  { scrollTop }: Sight,
  view: LogView,
  ring: LogRing,
): { cursor: string; offsetPx: number } | null {
  const index = view.indexAt((scrollTop - EDGE_PX) / ROW_PX)
  const cursor = view.count === 0 ? undefined : ring.cursorOf(view.numberAt(index))
  if (cursor === undefined) return null
  return { cursor, offsetPx: EDGE_PX + view.topOf(index) * ROW_PX - scrollTop }
}
