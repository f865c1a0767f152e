import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useReducer, useRef } from 'preact/hooks'
import { useCopyRows } from './copy-rows.ts'
import { explainer } from './explain-lines.ts'
import { LogEdge } from './log-edge.tsx'
import { isFiltering, type LogFilters } from './log-filters.ts'
import { fetchJsonLayout } from './log-json.ts'
import { copySource } from './log-lines.ts'
import type { LogMarks } from './log-marks.ts'
import type { LogPlace } from './log-place.ts'
import type { Target } from './log-places.ts'
import { LogRowList } from './log-row-list.tsx'
import type { TimeMode } from './log-times.ts'
import type { LogView } from './log-view.ts'
import { useColumns } from './use-columns.ts'
import { useLifeMarks } from './use-life-marks.ts'
import { useListLayout } from './use-list-layout.ts'
import { useListScroll } from './use-list-scroll.ts'
import { type Drawn, useTellDrawn } from './use-tell-drawn.ts'
import { useUnfolded } from './use-unfolded.ts'

export interface LogListProps {
  readonly session: LogPlace
  readonly filters: LogFilters
  readonly marks: LogMarks
  readonly isWrapped: boolean
  readonly timeMode: TimeMode
  readonly isFollowing: boolean
  readonly onFollow: (isFollowing: boolean) => void
  readonly drawn: Signal<Drawn>
  /** Rises with what is known of the lines. */
  readonly changes: Signal<number>
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
  readonly onCopied: (count: number) => void
}

/** The lines in sight, out of up to 200,000. */
export function LogList(props: LogListProps): JSX.Element {
  const { session } = props
  const { elements, rows, onScroll } = useLogList(props)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: clicks on links and buttons in it, which have their keys themselves
    <div
      ref={elements.box}
      class="log-list"
      role="log"
      aria-label="Log of the gateway"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      data-wrap={props.isWrapped}
      data-times={props.timeMode}
      onScroll={onScroll}
      onClick={(event) => tellClick(event, props)}
    >
      <LogEdge place={session} isFiltered={isFiltering(props.filters)} count={() => rows.layout.view.count} />
      <div ref={elements.sizer} class="log-sizer">
        <div ref={elements.rows} class="log-rows">
          <LogRowList list={props} explain={explainer.value} {...rows} />
        </div>
      </div>
    </div>
  )
}

/** Lays the list out. @returns its elements, what its rows need, and what follows the scrolling */
function useLogList(props: LogListProps) {
  const { session, isWrapped, timeMode } = props
  const elements = {
    box: useRef<HTMLDivElement>(null),
    sizer: useRef<HTMLDivElement>(null),
    rows: useRef<HTMLDivElement>(null),
  }
  const { box } = elements
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const redraw = (): void => draw(0)
  const measured = useColumns(box, { isWrapped, timeMode, redraw })
  const unfolded = useUnfolded(session)
  const life = useLifeMarks()
  const flatColumns = unfolded.numbers.size > 0 || life.marks.length > 0 ? Infinity : null
  const layout = useListLayout(props, box, isWrapped ? measured.current.columns : flatColumns)
  const selected = useCopyRows(box, session, copySource(layout.view, session.ring, props)).value
  const onScroll = useListScroll(props, layout, { ...elements, measured, redraw })
  useTellDrawn(props, layout)
  useEffect(() => life.reach(session.ring.get(layout.view.numberAt(layout.from))?.time ?? Number.NaN))
  const onFold = (number: number): void => {
    props.onFollow(false)
    void fetchJsonLayout().then(() => unfolded.toggle(number))
  }
  const rows = { layout, selected, unfolded: unfolded.numbers, life: life.marks, onFold }
  return { elements, rows, onScroll }
}

/** Listens for all rows at once: they come and go with each step of scrolling. */
function tellClick(event: MouseEvent, { onWhole, onLink }: LogListProps): void {
  const { target } = event
  const found = target instanceof Element ? target.closest('[data-whole], [data-line]') : null
  const whole = found?.getAttribute('data-whole')
  const line = found?.getAttribute('data-line')
  if (whole) onWhole(whole)
  // A click that opens another tab is the browser's.
  if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  onLink(line)
}
