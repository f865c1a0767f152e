import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import { LogRow } from './log-row.tsx'
import type { LogSession } from './log-session.ts'
import { LogView } from './log-view.ts'

/** Height of a row of text; the style sheet has the same. */
const ROW_PX = 20
const OVERSCAN_LINES = 12
/** Time a frame may spend on looking through lines. */
const SCAN_MS = 8
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
}

export interface LogListProps {
  readonly session: LogSession
  readonly filter: string
  readonly isWrapped: boolean
  readonly hasTime: boolean
  readonly isFollowing: boolean
  readonly onFollow: (isFollowing: boolean) => void
  readonly drawn: Signal<Drawn>
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
  const view = useMemo(() => new LogView(session.ring), [session])
  useColumns(box, columns, { isWrapped, hasTime, redraw: () => redraw(0) })

  // Reading the version makes this component draw again when lines have come.
  const version = session.version.value
  view.configure({ filter: props.filter, columns: isWrapped ? columns.current : null })
  const { isDone, removedRows, addedRows } = view.sync(SCAN_MS)
  const height = box.current?.clientHeight ?? 0
  const scrollTop = isFollowing
    ? Math.max(0, view.rows * ROW_PX - height)
    : Math.max(0, (box.current?.scrollTop ?? 0) + (addedRows - removedRows) * ROW_PX)
  const from = Math.max(0, view.indexAt(scrollTop / ROW_PX) - OVERSCAN_LINES)
  const to = Math.min(view.count, view.indexAt((scrollTop + height) / ROW_PX) + 1 + OVERSCAN_LINES)

  useLayoutEffect(() => {
    if (!box.current || !sizer.current || !rows.current) return
    sizer.current.style.height = `${view.rows * ROW_PX}px`
    rows.current.style.transform = `translateY(${view.topOf(from) * ROW_PX}px)`
    if (Math.abs(box.current.scrollTop - scrollTop) > 1) box.current.scrollTop = scrollTop
    const isCorrected = isWrapped && correctHeights(view, rows.current, from)
    if (isCorrected) redraw(0)
    else if (!isDone) requestAnimationFrame(() => redraw(0))
  })
  useEffect(() => {
    if (isFollowing) seenEnd.current = session.ring.end
    props.drawn.value = { count: view.count, newCount: view.countFrom(seenEnd.current), isDone }
  }, [version, isFollowing, props.filter, isDone, view.count])

  function onScroll(): void {
    const element = box.current
    if (!element) return
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW_PX
    // The list itself went to its end, and has drawn it.
    if (isAtEnd && isFollowing) return
    if (isAtEnd !== isFollowing) props.onFollow(isAtEnd)
    const wantsOlder = element.scrollTop < LOAD_OLDER_PX && !isAtEnd && !session.isCleared.value
    if (wantsOlder && session.older.value.kind === 'idle') void session.loadOlder()
    redraw(0)
  }

  const drawn: JSX.Element[] = []
  for (let index = from; index < to; index += 1) {
    const number = view.numberAt(index)
    const line = session.ring.get(number)
    if (line) drawn.push(<LogRow key={number} line={line} hasTime={hasTime} />)
  }
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
