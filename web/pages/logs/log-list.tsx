import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import { now } from '../../state/clock.ts'
import { useCopyRows } from './copy-rows.ts'
import { type LogFilters, shownTest, toggled } from './log-filters.ts'
import { copySource, drawRows } from './log-lines.ts'
import { type KeptPlace, type LogMarks, markerOf } from './log-marks.ts'
import { LogRow } from './log-row.tsx'
import type { LogSession } from './log-session.ts'
import type { TimeMode } from './log-times.ts'
import { LogView } from './log-view.ts'
import { useColumns } from './use-columns.ts'

/** Height of a row of text; the style sheet has the same. */
const ROW_PX = 20
const OVERSCAN_LINES = 12
/** Time a frame may spend on looking for where lines lie, and then on reading what they say of themselves. */
const SCAN_MS = 20
const INDEX_MS = 8
/** Counts are told so often at most while lines are read. */
const TELL_MS = 200
/** So near to the top, older lines are asked for. */
const LOAD_OLDER_PX = 300

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

export interface LogListProps {
  readonly session: LogSession
  readonly filters: LogFilters
  readonly marks: LogMarks
  readonly isWrapped: boolean
  readonly timeMode: TimeMode
  readonly isFollowing: boolean
  readonly onFollow: (isFollowing: boolean) => void
  readonly drawn: Signal<Drawn>
  /** Rises with what is known of the lines. */
  readonly changes: Signal<number>
  /** A line to be brought into view: null again when that has happened. */
  readonly target: Signal<number | null>
  readonly onCopied: (count: number) => void
}

/** The lines in sight, out of up to 200,000. */
export function LogList(props: LogListProps): JSX.Element {
  const { session, filters, marks, isFollowing, isWrapped, timeMode, target } = props
  const { ring, index } = session
  const box = useRef<HTMLDivElement>(null)
  const sizer = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const columns = useRef(80)
  const seenEnd = useRef(0)
  const placed = useRef(0)
  const kept = useRef<KeptPlace | null>(null)
  const toldAt = useRef(0)
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const view = useMemo(() => new LogView(ring, index), [session])
  useColumns(box, columns, { isWrapped, timeMode, redraw: () => redraw(0) })
  const selected = useCopyRows(box, copySource(view, ring, props)).value

  // Reading the version makes this component draw again when lines have come.
  const version = session.version.value
  const marker = useMemo(() => markerOf(filters), [filters])
  const flatColumns = unfolded.size > 0 ? Infinity : null
  const filter = shownTest(filters, index)
  const isAnew = view.configure({ filter, columns: isWrapped ? columns.current : flatColumns })
  // Who reads above keeps the place when other lines are shown, or lines have other heights.
  if (isAnew && !isFollowing) kept.current = marks.placeInSight()
  marks.configure(filters, view)
  const { isDone, removedRows, addedRows } = view.sync(SCAN_MS)
  // One after the other: the lines themselves come first.
  const areMarksDone = isDone && marks.sync(INDEX_MS)
  const isIndexed = areMarksDone && index.sync(INDEX_MS)
  const height = box.current?.clientHeight ?? 0
  const wanted = target.value === null ? kept.current : { number: target.value, isCentred: true }
  const place = wanted === null ? -1 : view.placeOf(wanted.number)
  const scrollTop =
    place !== -1
      ? clamp(view.topOf(place) * ROW_PX - (wanted?.isCentred ? height / 2 : 0), view.rows * ROW_PX - height)
      : isFollowing
        ? Math.max(0, view.rows * ROW_PX - height)
        : Math.max(0, (box.current?.scrollTop ?? 0) + (addedRows - removedRows) * ROW_PX)
  const top = view.indexAt(scrollTop / ROW_PX)
  const from = Math.max(0, top - OVERSCAN_LINES)
  const bottom = view.indexAt((scrollTop + height) / ROW_PX)
  const to = Math.min(view.count, bottom + 1 + OVERSCAN_LINES)
  marks.sight = { first: view.numberAt(top), last: view.numberAt(bottom) }

  useLayoutEffect(() => {
    if (!box.current || !sizer.current || !rows.current) return
    sizer.current.style.height = `${view.rows * ROW_PX}px`
    rows.current.style.transform = `translateY(${view.topOf(from) * ROW_PX}px)`
    if (Math.abs(box.current.scrollTop - scrollTop) > 1) box.current.scrollTop = scrollTop
    placed.current = box.current.scrollTop
    const hasHeights = isWrapped || unfolded.size > 0
    const isCorrected = hasHeights && correctHeights(view, rows.current, from)
    if (!isCorrected && (place !== -1 || isDone)) {
      target.value = null
      kept.current = null
    }
    // At once only when all has been looked at: otherwise this frame has had its share of work.
    if (!isIndexed) session.askFrame()
    else if (isCorrected) redraw(0)
  })
  const matchPosition = marks.position
  useEffect(() => {
    if (isFollowing) seenEnd.current = ring.end
    if (isIndexed || performance.now() - toldAt.current > TELL_MS) {
      props.changes.value = index.changes
      toldAt.current = performance.now()
    }
    props.drawn.value = {
      count: view.count,
      newCount: view.countFrom(seenEnd.current),
      isDone: areMarksDone,
      matchCount: marks.count,
      matchPosition,
    }
  }, [
    version,
    isFollowing,
    filters,
    isDone,
    areMarksDone,
    view.count,
    index.changes,
    marks.count,
    matchPosition,
  ])

  function onScroll(): void {
    const element = box.current
    if (!element) return
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW_PX
    // The list itself went to its end, and has drawn it: only who scrolls up leaves it, not lines that grow.
    if (isFollowing && (isAtEnd || element.scrollTop >= placed.current - 1)) return
    if (isAtEnd !== isFollowing) props.onFollow(isAtEnd)
    const wantsOlder = element.scrollTop < LOAD_OLDER_PX && !isAtEnd && !session.isCleared.value
    if (wantsOlder && session.older.value.kind === 'idle') void session.loadOlder()
    redraw(0)
  }

  function onFold(number: number): void {
    props.onFollow(false)
    setUnfolded(new Set(toggled([...unfolded], number)))
  }

  const drawn = drawRows(view, ring, { from, to }, timeMode).map(({ number, line, ...row }) => (
    <LogRow
      key={number}
      number={number}
      line={line}
      {...row}
      timeMode={timeMode}
      now={timeMode === 'relative' ? now.value : 0}
      marker={marker}
      isCurrent={number === marks.current}
      isSelected={selected !== null && number >= selected.first.number && number <= selected.last.number}
      isUnfolded={unfolded.has(number)}
      onFold={onFold}
    />
  ))
  return (
    <div
      ref={box}
      class="log-list"
      role="log"
      aria-label="Log of the gateway"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      data-wrap={isWrapped}
      data-times={timeMode}
      onScroll={onScroll}
    >
      <div ref={sizer} class="log-sizer">
        <div ref={rows} class="log-rows">
          {drawn}
        </div>
      </div>
    </div>
  )
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most))
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
