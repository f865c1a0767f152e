import { expect, test } from 'vitest'
import { barsPath, densityOf, lineOfPart } from './log-density.ts'
import { LogIndex } from './log-index.ts'
import { LogRing } from './log-ring.ts'
import { rowsOf } from './test-rows.ts'

/** Each with its second. */
function indexOf(lines: readonly (readonly [number, string])[]): LogIndex {
  const ring = new LogRing(100)
  const index = new LogIndex(ring)
  const time = (second: number) => new Date(second * 1_000).toISOString()
  ring.append(rowsOf(lines.map(([second, text]) => ({ time: time(second), text }))))
  ring.appendGap('rotated')
  index.sync(1e9)
  return index
}

const LINES = [
  [0, 'x'],
  [1, '[a] warn: w'],
  [4, '[a] error: e'],
  [4, '    at a (b.js:1:1)'],
  [5, 'y'],
  [7, '[a] fatal: f'],
  [10, 'z'],
] as const

test('lines, warnings and errors of each part; a stack is one error, a gap is nothing', () => {
  const density = densityOf(indexOf(LINES), 2)
  expect(density).toMatchObject({ from: 0, to: 10_000, warningCount: 1, errorCount: 2 })
  expect([density?.lines, density?.warnings, density?.errors].map((one) => [...(one ?? [])])).toEqual([
    [3, 3],
    [1, 0],
    [1, 1],
  ])
})

test('a click leads to the gravest line of its part', () => {
  const index = indexOf(LINES)
  const density = densityOf(index, 5)
  if (!density) throw new Error('no density')
  expect([0, 1, 2, 3, 4].map((part) => lineOfPart(index, density, part))).toEqual([1, null, 2, 5, 6])
})

test('lines that span no time have no strip', () => {
  expect(densityOf(new LogIndex(new LogRing(10)), 5)).toBeNull()
  expect(densityOf(indexOf([[3, 'x']]), 5)).toBeNull()
})

test('the bars stand on the ground, the largest reaches the top', () => {
  expect(barsPath(Uint32Array.from([4, 0, 1]), 4)).toBe('M0 1V0.000h1V1zM2 1V0.500h1V1z')
})
