import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import { EDGE_PX, LogEdge } from './log-edge.tsx'
import { loadNear, loadsByItself, topLine } from './log-near.ts'
import type { LogPlace } from './log-place.ts'
import type { Target } from './log-places.ts'
import { LogRow } from './log-row.tsx'
import type { LogView } from './log-view.ts'
import { ROW_PX, useAim, useHeldTarget, useView } from './use-aim.ts'

const OVERSCAN_LINES = 12
/** Time a frame may spend on looking through lines. */
const SCAN_MS = 8
/** What the last drawing showed. */
export interface Drawn {
  /** Lines that pass the filter. */
  readonly count: number
  /** Those of them that came since the end was in view. */
  readonly newCount: number
  /** All lines have been looked at. */
  readonly isDone: boolean
}

export interface LogListProps {
  readonly session: LogPlace
  readonly filter: string
  readonly isWrapped: boolean
  readonly hasTime: boolean
  readonly isFollowing: boolean
  readonly onFollow: (isFollowing: boolean) => void
  readonly drawn: Signal<Drawn>
  /** Gets what the list shows. */
  readonly shown: { current: LogView | null }
  /** The line to bring into sight: once, when it is another one than before. */
  readonly target: Target | null
  /** Cursor of the line that is marked. */
  readonly marked: string | null
  /** Which line is at the top now, and how far below the edge in px. */
  readonly onTop: (cursor: string, offsetPx: number) => void
  /** The oldest line that there is room for is near. */
  readonly onPast: (cursor: string, offsetPx: number) => void
  /** The whole of a line that is cut is asked for. */
  readonly onWhole: (cursor: string) => void
  /** The time of a line was clicked, which is the link to it. */
  readonly onLink: (cursor: string) => void
}

/** The lines in sight, out of up to 200,000. */
export function LogList(props: LogListProps): JSX.Element {
  const { session, isFollowing, isWrapped, hasTime } = props
  const box = useRef<HTMLDivElement>(null)
  const sizer = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const columns = useRef(80)
  const seenEnd = useRef(0)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const view = useView(session.ring)
  props.shown.current = view
  const measuredPx = useRef(0)
  useColumns(box, columns, {
    isWrapped,
    hasTime,
    redraw: () => {
      measuredPx.current = box.current?.clientWidth ?? 0
      redraw(0)
    },
  })

  // Reading the version makes this component draw again when lines have come.
  const version = session.version.value
  const isReset = view.configure({ filter: props.filter, columns: isWrapped ? columns.current : null })
  const place = useHeldTarget(view, isReset, props)
  const { isDone, removedRows, addedRows } = view.sync(useFrameBudget(SCAN_MS))
  const height = box.current?.clientHeight ?? 0
  const kept = Math.max(0, (box.current?.scrollTop ?? 0) + (addedRows - removedRows) * ROW_PX)
  const aim = useAim(
    view,
    { ring: session.ring, target: place.target, isFollowing },
    { scrollTop: kept, height },
  )
  const scrollTop = isFollowing ? Math.max(0, EDGE_PX + view.rows * ROW_PX - height) : (aim.scrollTop ?? kept)
  const topRow = (scrollTop - EDGE_PX) / ROW_PX
  const from = Math.max(0, view.indexAt(topRow) - OVERSCAN_LINES)
  const to = Math.min(view.count, view.indexAt(topRow + height / ROW_PX) + 1 + OVERSCAN_LINES)

  useLayoutEffect(() => {
    if (!box.current || !sizer.current || !rows.current) return
    sizer.current.style.height = `${view.rows * ROW_PX}px`
    rows.current.style.transform = `translateY(${view.topOf(from) * ROW_PX}px)`
    if (Math.abs(box.current.scrollTop - scrollTop) > 1) box.current.scrollTop = scrollTop
    // What has another width than was measured gets new heights in a moment, all of them.
    const isMeasured = box.current.clientWidth === measuredPx.current
    const isCorrected = isWrapped && isMeasured && correctHeights(view, rows.current, from)
    // While lines are looked through the list may be too short yet to be scrolled that far.
    if (!isCorrected && (isDone || Math.abs(box.current.scrollTop - scrollTop) <= 1)) aim.reached()
    const isThere = isDone && (!aim.isPending || aim.scrollTop !== null)
    place.note(isThere ? targetAt(scrollTop) : null)
    // What goes on looking through lines leaves room for a frame in between, also after a correction.
    if (!isDone) requestAnimationFrame(() => redraw(0))
    else if (isCorrected) redraw(0)
    else if (!aim.isPending && loadsByItself(session, props.filter)) load()
  })
  useEffect(() => {
    if (isFollowing) seenEnd.current = session.ring.end
    props.drawn.value = { count: view.count, newCount: view.countFrom(seenEnd.current), isDone }
  }, [version, isFollowing, props.filter, isDone, view.count])

  function targetAt(top: number): Target | null {
    const index = view.indexAt((top - EDGE_PX) / ROW_PX)
    if (view.count === 0) return null
    return { number: view.numberAt(index), offsetPx: EDGE_PX + view.topOf(index) * ROW_PX - top }
  }

  function load(): void {
    if (box.current && loadNear(box.current, session) && !isFollowing) tellTop(props.onPast)
  }

  function tellTop(tell: (cursor: string, offsetPx: number) => void): void {
    const top = box.current && topLine(box.current, view, session.ring)
    if (top) tell(top.cursor, top.offsetPx)
  }

  function onScroll(): void {
    const element = box.current
    if (!element) return
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW_PX
    // The list itself went to its end, and has drawn it.
    if (isAtEnd && isFollowing) return
    if (!aim.isPending) {
      if (isAtEnd !== isFollowing) props.onFollow(isAtEnd)
      load()
      tellTop(props.onTop)
    }
    redraw(0)
  }

  const drawn: JSX.Element[] = []
  for (let index = from; index < to; index += 1) {
    const number = view.numberAt(index)
    const line = session.ring.get(number)
    const cursor = session.ring.cursorOf(number)
    if (line)
      drawn.push(
        <LogRow
          key={number}
          line={line}
          hasTime={hasTime}
          cursor={cursor}
          isMarked={cursor !== undefined && cursor === props.marked}
        />,
      )
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: clicks on links and buttons in it, which have their keys themselves
    <div
      ref={box}
      class="log-list"
      role="log"
      aria-label="Log of the gateway"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      data-wrap={isWrapped}
      onScroll={onScroll}
      onClick={(event) => {
        const { target } = event
        const found = target instanceof Element ? target.closest('[data-whole], [data-line]') : null
        const whole = found?.getAttribute('data-whole')
        const line = found?.getAttribute('data-line')
        if (whole) props.onWhole(whole)
        // A click that opens another tab is the browser's.
        if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        props.onLink(line)
      }}
    >
      <LogEdge place={session} isFiltered={props.filter !== ''} />
      <div ref={sizer} class="log-sizer">
        <div ref={rows} class="log-rows">
          {drawn}
        </div>
      </div>
    </div>
  )
}

/**
 * Time for the first drawing in a frame, none for others: what is drawn changes the counts, which draws the page again,
 * and the list with it, before there is a frame.
 */
function useFrameBudget(budgetMs: number): number {
  const scannedAt = useRef<CSSNumberish | null>(-1)
  const frame = document.timeline?.currentTime ?? null
  if (frame !== null && scannedAt.current === frame) return 0
  scannedAt.current = frame
  return budgetMs
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

/** Keeps the number of characters in a row right while the width, the font or the time column change. */
function useColumns(
  box: { readonly current: HTMLElement | null },
  columns: { current: number },
  options: { isWrapped: boolean; hasTime: boolean; redraw: () => void },
): void {
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = (): void => {
      const probe = document.createElement('div')
      probe.className = 'log-row log-probe'
      const text = document.createElement('span')
      text.className = 'log-text'
      text.textContent = '0'.repeat(100)
      if (options.hasTime) {
        const time = document.createElement('span')
        time.className = 'log-time'
        probe.append(time)
      }
      probe.append(text)
      element.append(probe)
      const characterPx = text.scrollWidth / 100
      const before = text.getBoundingClientRect().left - probe.getBoundingClientRect().left
      const behind = Number.parseFloat(getComputedStyle(probe).paddingRight)
      const roomPx = probe.clientWidth - before - behind
      probe.remove()
      if (characterPx > 0) columns.current = Math.max(10, Math.floor(roomPx / characterPx))
      options.redraw()
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [options.isWrapped, options.hasTime])
}
