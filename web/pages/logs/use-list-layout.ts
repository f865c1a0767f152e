/** Which lines the list draws now, and how far it is scrolled for it. */
import { EDGE_PX } from './log-edge.tsx'
import { shownTest } from './log-filters.ts'
import type { LogListProps } from './log-list.tsx'
import type { Target } from './log-places.ts'
import type { LogView } from './log-view.ts'
import { type Aim, ROW_PX, useAim, useHeldTarget, useView } from './use-aim.ts'

const OVERSCAN_LINES = 12
/** Time a frame may spend on looking for where lines lie, and then on reading what they say of themselves. */
const SCAN_MS = 20
const INDEX_MS = 8

export interface ListLayout {
  readonly view: LogView
  /** Lines are of several heights. */
  readonly hasHeights: boolean
  readonly scrollTop: number
  /** Places of the first line drawn, and behind the last one. */
  readonly from: number
  readonly to: number
  /** All lines have a place; then, all matches are known; then, all that lines say of themselves is. */
  readonly isDone: boolean
  readonly areMarksDone: boolean
  readonly isIndexed: boolean
  readonly aim: Aim
  /** The line that stays where it is when other lines are shown, or lines get other heights. */
  readonly note: (top: Target | null) => void
}

/**
 * Takes in what has changed, and lays the list out.
 * @param columns see `ViewOptions`
 */
export function useListLayout(
  props: LogListProps,
  box: { readonly current: HTMLElement | null },
  columns: number | null,
): ListLayout {
  const { session, filters, marks, isFollowing } = props
  const { ring, index } = session
  // Reading the version makes the list draw again when lines have come.
  void session.version.value
  const view = useView(session)
  props.shown.current = view
  const isReset = view.configure({ filter: shownTest(filters, index), columns })
  marks.configure(filters, view)
  const { target, note } = useHeldTarget(view, isReset, props)
  const { isDone, removedRows, addedRows } = view.sync(SCAN_MS)
  // One after the other: the lines themselves come first.
  const areMarksDone = isDone && marks.sync(INDEX_MS)
  const isIndexed = areMarksDone && index.sync(INDEX_MS)
  const height = box.current?.clientHeight ?? 0
  const kept = Math.max(0, (box.current?.scrollTop ?? 0) + (addedRows - removedRows) * ROW_PX)
  const aim = useAim(view, { ring, target, isFollowing }, { scrollTop: kept, height })
  const mostPx = Math.max(0, EDGE_PX + view.rows * ROW_PX - height)
  const aimed = aim.scrollTop === null || !isDone ? aim.scrollTop : Math.min(aim.scrollTop, mostPx)
  const scrollTop = isFollowing ? mostPx : (aimed ?? kept)
  const topRow = (scrollTop - EDGE_PX) / ROW_PX
  const first = view.indexAt(topRow)
  const last = view.indexAt(topRow + height / ROW_PX)
  marks.sight = { first: view.numberAt(first), last: view.numberAt(last) }
  const from = Math.max(0, first - OVERSCAN_LINES)
  const to = Math.min(view.count, last + 1 + OVERSCAN_LINES)
  return {
    ...{ view, hasHeights: columns !== null, scrollTop, from, to },
    ...{ isDone, areMarksDone, isIndexed, aim, note },
  }
}
