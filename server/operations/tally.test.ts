import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTally, type TallySum } from './tally.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function start(maxKeys = 3) {
  const sums: TallySum<string>[] = []
  return { sums, tally: createTally<string>({ windowMs: 60_000, each: 2, maxKeys }, (sum) => sums.push(sum)) }
}

test('the first ones are told one by one, the rest when the window closes', () => {
  const { tally, sums } = start()
  const told = Array.from({ length: 7 }, (_, index) => tally.take('a', index < 5 ? 'X' : 'Y', `a${index}`))
  expect(told).toEqual([true, true, false, false, false, false, false])
  expect(sums).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(sums).toEqual([
    {
      first: 'a2',
      count: 5,
      reasons: new Map([
        ['X', 3],
        ['Y', 2],
      ]),
      isRest: false,
    },
  ])
  expect(tally.take('a', 'X', 'next')).toBe(true)
})

test('nothing is told of a window in which nothing was held back', () => {
  const { tally, sums } = start()
  tally.take('a', 'X', 'one')
  vi.advanceTimersByTime(120_000)
  tally.close()
  expect(sums).toEqual([])
})

test('one key does not use up the room of another', () => {
  const { tally } = start()
  for (let index = 0; index < 1_000; index += 1) tally.take('flood', 'X', 'x')
  expect(tally.take('calm', 'X', 'x')).toBe(true)
})

test('however many keys there are, few are told apart', () => {
  const { tally, sums } = start(3)
  let told = 0
  for (let index = 0; index < 1_000; index += 1) if (tally.take(`k${index}`, 'X', `k${index}`)) told += 1
  expect(told).toBe(3 + 2)
  tally.close()
  expect(sums).toEqual([{ first: 'k5', count: 995, reasons: new Map([['X', 995]]), isRest: true }])
})

test('closing tells what was held back, and no timer is left', () => {
  const { tally, sums } = start()
  for (let index = 0; index < 3; index += 1) tally.take('a', 'X', 'x')
  tally.close()
  expect(sums.map(({ count }) => count)).toEqual([1])
  expect(vi.getTimerCount()).toBe(0)
})
