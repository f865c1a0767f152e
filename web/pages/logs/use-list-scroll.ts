import { useLayoutEffect, useRef } from 'preact/hooks'
import { keepMarked } from './keep-marked.ts'
import { EDGE_PX } from './log-edge.tsx'
import { isFiltering } from './log-filters.ts'
import type { LogListProps } from './log-list.tsx'
import { loadNear, loadsByItself, topLine } from './log-near.ts'
import type { Target } from './log-places.ts'
import type { LogView } from './log-view.ts'
import { ROW_PX } from './use-aim.ts'
import type { Measured } from './use-columns.ts'
import type { ListLayout } from './use-list-layout.ts'

type Held<T> = { readonly current: T }

export interface ListElements {
  readonly box: Held<HTMLElement | null>
  readonly sizer: Held<HTMLElement | null>
  readonly rows: Held<HTMLElement | null>
  readonly measured: Held<Measured>
  readonly redraw: () => void
}

/** Puts the rows where the layout has them, and asks for lines near the ends. @returns what follows the scrolling */
export function useListScroll(props: LogListProps, layout: ListLayout, elements: ListElements): () => void {
  const { session, isFollowing } = props
  const { view, aim } = layout
  const { box, redraw } = elements
  const placed = useRef(0)
  /** Where somebody stopped following without scrolling: to be there still is no wish to follow again. */
  const stoppedAt = useRef<number | null>(null)
  const wasFollowing = useRef(isFollowing)
  const heightPx = useRef(0)

  function tellTop(tell: (cursor: string, offsetPx: number) => void): void {
    const top = box.current && topLine(box.current, view, session.ring)
    if (top) tell(top.cursor, top.offsetPx)
  }
  function load(): void {
    if (box.current && loadNear(box.current, session) && !isFollowing) tellTop(props.onPast)
  }

  useLayoutEffect(() => {
    if (wasFollowing.current !== isFollowing)
      stoppedAt.current = isFollowing ? null : (box.current?.scrollTop ?? null)
    wasFollowing.current = isFollowing
    const isCorrected = placeRows(layout, elements)
    if (isCorrected === null || !box.current) return
    if (!isFollowing && keepMarked(box.current, heightPx.current)) stoppedAt.current = box.current.scrollTop
    heightPx.current = box.current.clientHeight
    placed.current = box.current.scrollTop
    const { isDone } = layout
    // While lines are looked through the list may be too short yet to be scrolled that far.
    if (!isCorrected && (isDone || Math.abs(placed.current - layout.scrollTop) <= 1)) aim.reached(isDone)
    const isThere = isDone && (!aim.isPending || aim.scrollTop !== null)
    layout.note(isThere ? heldTarget(props, layout) : null)
    // At once only when all has been looked at: otherwise this frame has had its share of work.
    if (!layout.isIndexed) session.askFrame()
    else if (isCorrected) redraw()
    if (isDone && !isCorrected && !aim.isPending && loadsByItself(session, isFiltering(props.filters))) load()
  })

  return () => {
    const element = box.current
    if (!element) return
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW_PX
    // The list itself went to its end, and has drawn it: only who scrolls up leaves it, not lines that grow.
    if (isFollowing && (isAtEnd || element.scrollTop >= placed.current - 1)) return
    const isStill = stoppedAt.current !== null && Math.abs(element.scrollTop - stoppedAt.current) <= 1
    if (!isStill) stoppedAt.current = null
    if (!aim.isPending) {
      if (isAtEnd !== isFollowing && !(isStill && isAtEnd)) props.onFollow(isAtEnd)
      load()
      tellTop(props.onTop)
    }
    redraw()
  }
}

/** @returns whether heights turned out to be others than were thought; null while there is no list */
function placeRows(layout: ListLayout, { box, sizer, rows, measured }: ListElements): boolean | null {
  if (!box.current || !sizer.current || !rows.current) return null
  const { view, from, scrollTop } = layout
  sizer.current.style.height = `${view.rows * ROW_PX}px`
  rows.current.style.transform = `translateY(${view.topOf(from) * ROW_PX}px)`
  if (Math.abs(box.current.scrollTop - scrollTop) > 1) box.current.scrollTop = scrollTop
  // What has another width than was measured gets new heights in a moment, all of them.
  const isMeasured = box.current.clientWidth === measured.current.widthPx
  return layout.hasHeights && isMeasured && correctHeights(view, rows.current, from)
}

/** The line that the reader is at while it is in sight, else the first one in sight. */
function heldTarget({ marks }: LogListProps, { view, scrollTop }: ListLayout): Target | null {
  if (view.count === 0) return null
  const number = marks.placeInSight()
  const place = view.placeOf(number)
  return { number, offsetPx: EDGE_PX + view.topOf(Math.max(0, place)) * ROW_PX - scrollTop }
}

/** Rows whose text is wider than its number of characters says: the drawn height is right. */
function correctHeights(view: LogView, rows: HTMLElement, from: number): boolean {
  let isCorrected = false
  for (const [at, row] of Array.from(rows.children).entries()) {
    if (!(row instanceof HTMLElement)) continue
    if (view.correct(from + at, Math.max(1, Math.round(row.offsetHeight / ROW_PX)))) isCorrected = true
  }
  return isCorrected
}
