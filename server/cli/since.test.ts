import { expect, test } from 'vitest'
import { parseSince, parseUntil } from './since.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')

test.each([
  ['30s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['0s', 0],
])('%s is an age', (text, ageMs) => {
  expect(NOW - parseSince(text, NOW)).toBe(ageMs)
})

test.each([
  ['2026-11-23T11:40Z', '2026-11-23T11:40:00Z'],
  ['2026-11-23T11:40:08.850Z', '2026-11-23T11:40:08.850Z'],
  ['2026-11-23 11:40:08+02:00', '2026-11-23T09:40:08Z'],
])('%s is a moment', (text, iso) => {
  expect(parseSince(text, NOW)).toBe(Date.parse(iso))
})

test('a date or a time without an offset is local', () => {
  expect(parseSince('2026-11-23', NOW)).toBe(new Date(2026, 10, 23).getTime())
  expect(parseSince('2026-11-23T11:40', NOW)).toBe(new Date(2026, 10, 23, 11, 40).getTime())
})

test.each([
  '',
  'tomorrow',
  '24:00',
  '7:5',
  '10',
  '10x',
  '-5m',
  '2026-13-01',
  '2026-11-23T25:00',
  '1e3s',
  '99999999d',
])('%j is refused', (text) => {
  expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('a time of the day is the last one there was', () => {
  const now = new Date(2026, 10, 23, 12, 0).getTime()
  expect(parseSince('11:40', now)).toBe(new Date(2026, 10, 23, 11, 40).getTime())
  expect(parseSince('7:05:30', now)).toBe(new Date(2026, 10, 23, 7, 5, 30).getTime())
  expect(parseSince('22:00', now)).toBe(new Date(2026, 10, 22, 22, 0).getTime())
  expect(parseSince('today', now)).toBe(new Date(2026, 10, 23).getTime())
  expect(parseSince('yesterday', now)).toBe(new Date(2026, 10, 22).getTime())
})

test('an end is the first such time after the beginning, and never before it', () => {
  const now = new Date(2026, 10, 23, 5, 0).getTime()
  const since = parseSince('22:00', now)
  expect(parseUntil('6:00', now, since)).toBe(new Date(2026, 10, 23, 6, 0).getTime())
  expect(parseUntil('23:30', now, since)).toBe(new Date(2026, 10, 22, 23, 30).getTime())
  expect(parseUntil('4:00', now, undefined)).toBe(new Date(2026, 10, 23, 4, 0).getTime())
  expect(parseUntil('1h', now, since)).toBe(new Date(2026, 10, 23, 4, 0).getTime())
  expect(() => parseUntil('2d', now, since)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  expect(() => parseUntil('noon', now, since)).toThrow(/--until/)
})
