import { expect, test } from 'vitest'
import { drawRows } from './log-lines.ts'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import type { LifeMark } from './marks-between.ts'
import { rowsOf } from './test-rows.ts'

const timeOf = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`
const mark = (second: number): LifeMark => ({
  ...{ time: Date.parse(timeOf(second)), words: `at ${second}`, tone: 'accent' },
})

test('marks of the gateway stand before the line that came after them, the last ones behind the last line', () => {
  const ring = new LogRing(10)
  ring.append(rowsOf([10, 20].map((second) => ({ text: `line ${second}`, time: timeOf(second) }))))
  ring.appendGap('rotated')
  ring.append(rowsOf([{ text: 'line 40', time: timeOf(40) }]))
  const view = new LogView(ring)
  view.sync(1e9)
  const life = [5, 15, 18, 30, 50].map(mark)
  const words = (isEnd: boolean) =>
    drawRows(view, ring, { from: 0, to: 4 }, { timeMode: 'off', life, isEnd }).map(({ marks, marksBehind }) =>
      [...marks, ...marksBehind].map((each) => each.words).join(),
    )
  // What was before the first line is not told: other lines may be between.
  expect(words(true)).toEqual(['', 'at 15,at 18', '', 'at 30,at 50'])
  expect(words(false)).toEqual(['', 'at 15,at 18', '', 'at 30'])
})
