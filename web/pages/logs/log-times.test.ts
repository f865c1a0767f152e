import { afterEach, expect, test, vi } from 'vitest'
import {
  copiedTime,
  dayOf,
  formatDay,
  formatTime,
  nextTimeMode,
  readTimeMode,
  rememberTimeMode,
} from './log-times.ts'

const TIME = Date.parse('2026-01-02T03:04:05.678Z')

afterEach(() => {
  localStorage.clear()
  vi.unstubAllGlobals()
})

test('one time, in each way', () => {
  expect(formatTime(TIME, 'utc', 0)).toBe('03:04:05.678Z')
  expect(formatTime(TIME, 'local', 0)).toMatch(/^\d\d:\d\d:05\.678$/)
  expect(formatTime(TIME, 'off', 0)).toBe('')
  expect(formatTime(Number.NaN, 'utc', 0)).toBe('')
})

test.each([
  [-5_000, 'now'],
  [999, 'now'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [47 * 3_600_000, '47 h ago'],
  [72 * 3_600_000, '3 days ago'],
])('%i ms before now is %j', (ms, words) => {
  expect(formatTime(TIME, 'relative', TIME + ms)).toBe(words)
})

test('a day ends at midnight of the zone that is shown', () => {
  const before = Date.parse('2026-01-02T23:59:59.999Z')
  expect(dayOf(before, 'utc')).toBe(dayOf(TIME, 'utc'))
  expect(dayOf(before + 1, 'utc')).not.toBe(dayOf(before, 'utc'))
  const midnight = new Date(2026, 0, 3).getTime()
  expect(dayOf(midnight, 'local')).not.toBe(dayOf(midnight - 1, 'local'))
  expect(dayOf(midnight, 'local')).toBe(dayOf(midnight + 3_600_000, 'local'))
  expect(formatDay(TIME, 'utc')).toBe('Fri, 2 Jan 2026')
})

test('a copied time says its day', () => {
  expect(copiedTime(TIME, 'utc')).toBe('2026-01-02T03:04:05.678Z')
  expect(copiedTime(TIME, 'relative')).toBe('2026-01-02T03:04:05.678Z')
  expect(copiedTime(TIME, 'local')).toMatch(/^2026-01-0[123] \d\d:\d\d:05\.678$/)
  expect(copiedTime(TIME, 'off')).toBe('')
})

test('the choice is remembered; without one it goes by the width', () => {
  expect([readTimeMode(true), readTimeMode(false)]).toEqual(['local', 'off'])
  rememberTimeMode('relative')
  expect([readTimeMode(true), readTimeMode(false)]).toEqual(['relative', 'relative'])
  localStorage.setItem('razroom-panel.log-times', 'nonsense')
  expect(readTimeMode(true)).toBe('local')
})

test('a page without storage shows times all the same', () => {
  const denied = () => {
    throw new DOMException('denied')
  }
  vi.stubGlobal('localStorage', { getItem: denied, setItem: denied, clear: () => undefined })
  rememberTimeMode('utc')
  expect(readTimeMode(true)).toBe('local')
})

test('the ways go round', () => {
  expect((['local', 'utc', 'relative', 'off'] as const).map(nextTimeMode)).toEqual([
    'utc',
    'relative',
    'off',
    'local',
  ])
})
