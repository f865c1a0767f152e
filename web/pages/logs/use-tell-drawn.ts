import { useEffect, useRef } from 'preact/hooks'
import type { LogListProps } from './log-list.tsx'
import type { ListLayout } from './use-list-layout.ts'

/** Counts are told so often at most while lines are read. */
const TELL_MS = 200

/** What the last drawing showed. */
export interface Drawn {
  /** Lines that pass the filter. */
  readonly count: number
  /** Those of them that came since the end was in view. */
  readonly newCount: number
  /** All lines have been looked at. */
  readonly isDone: boolean
  /** Lines with the text that is marked, and which of them the reader is at, from 1 on. */
  readonly matchCount: number
  readonly matchPosition: number
}

export const NOTHING_DRAWN: Drawn = {
  count: 0,
  newCount: 0,
  isDone: true,
  matchCount: 0,
  matchPosition: 0,
}

/** Tells the page what the list shows. */
export function useTellDrawn(props: LogListProps, layout: ListLayout): void {
  const { session, marks, filters, isFollowing } = props
  const { view, isDone, areMarksDone, isIndexed } = layout
  const seenEnd = useRef(0)
  const toldAt = useRef(0)
  const { position, count } = marks
  const { changes } = session.index
  useEffect(() => {
    if (isFollowing) seenEnd.current = session.ring.end
    if (isIndexed || performance.now() - toldAt.current > TELL_MS) {
      props.changes.value = changes
      toldAt.current = performance.now()
    }
    props.drawn.value = {
      count: view.count,
      newCount: view.countFrom(seenEnd.current),
      isDone: areMarksDone,
      matchCount: count,
      matchPosition: position,
    }
  }, [
    ...[session.version.value, session, isFollowing, filters, isDone, areMarksDone],
    ...[view.count, changes, count, position],
  ])
}
