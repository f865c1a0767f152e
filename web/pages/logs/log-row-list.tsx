import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { now } from '../../state/clock.ts'
import type { RowRange } from './copy-rows.ts'
import { type ExplainLine, fetchExplainer, mayMeanMore } from './explain-lines.ts'
import { drawRows } from './log-lines.ts'
import type { LogListProps } from './log-list.tsx'
import { markerOf } from './log-marks.ts'
import { LogRow } from './log-row.tsx'
import type { LifeMark } from './marks-between.ts'
import type { ListLayout } from './use-list-layout.ts'

/** The rows that are in the document. */
export function LogRowList(props: {
  list: LogListProps
  layout: ListLayout
  selected: RowRange | null
  unfolded: ReadonlySet<number>
  explain: ExplainLine | null
  life: readonly LifeMark[]
  onFold: (number: number) => void
}): JSX.Element {
  const { list, layout, selected, unfolded, explain, life, onFold } = props
  const { session, filters, marks, timeMode, marked, changes } = list
  const marker = useMemo(() => markerOf(filters), [filters])
  const rows = drawRows(layout.view, session.ring, layout, {
    ...{ timeMode, life },
    isEnd: session.newer === null,
  })
  const needsExplainer = explain === null && rows.some(({ plain }) => mayMeanMore(plain))
  useEffect(() => {
    if (needsExplainer) void fetchExplainer()
  }, [needsExplainer])
  // Lines are taken apart after they have come.
  const levelOf = (number: number) => (changes.value >= 0 ? session.index.levelAt(number) : undefined)
  return (
    <>
      {rows.map(({ number, ...row }) => {
        const cursor = session.ring.cursorOf(number)
        return (
          <LogRow
            key={number}
            {...{ number, ...row, cursor, timeMode, marker, explain, onFold }}
            level={levelOf(number)}
            now={timeMode === 'relative' ? now.value : 0}
            isMarked={cursor !== undefined && cursor === marked}
            isCurrent={number === marks.current}
            isSelected={isWithin(selected, number)}
            isUnfolded={unfolded.has(number)}
          />
        )
      })}
    </>
  )
}

function isWithin(range: RowRange | null, number: number): boolean {
  return range !== null && number >= range.first.number && number <= range.last.number
}
