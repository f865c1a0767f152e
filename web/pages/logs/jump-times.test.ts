import { expect, test } from 'vitest'
import { lastOf, QUICK_TIMES, toLocalField } from './jump-times.ts'

const NOW = new Date(2026, 4, 6, 7, 8, 9, 123).getTime()

test('a time as its field has it, which reads back to the second', () => {
  expect(toLocalField(NOW)).toBe('2026-05-06T07:08:09')
  expect(Date.parse(toLocalField(NOW))).toBe(NOW - 123)
})

test('the quick times', () => {
  const times = Object.fromEntries(QUICK_TIMES.map(({ words, timeOf }) => [words, timeOf(NOW)]))
  expect(times).toEqual({
    '5 min ago': NOW - 300_000,
    '1 h ago': NOW - 3_600_000,
    Today: new Date(2026, 4, 6).getTime(),
    'First line kept': 0,
  })
})

test('the last start and the last end, among what was asked for', () => {
  const of = (time: number, kind?: 'start' | 'end') => ({
    ...{ time, words: '', tone: 'good' as const },
    ...(kind && { of: kind }),
  })
  const marks = [of(1, 'start'), of(2, 'end'), of(3), of(4, 'start'), of(5)]
  expect([lastOf(marks, 'start'), lastOf(marks, 'end'), lastOf([], 'end')]).toEqual([4, 2, null])
})
