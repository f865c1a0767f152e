import { expect, test } from 'vitest'
import { createEntrySplitter, formatTime, missingRow, readEntry, readTime } from './journal-entry.ts'

const AT = 1_795_838_400_123_456
const entry = (more: object) =>
  JSON.stringify({ __REALTIME_TIMESTAMP: String(AT), PRIORITY: '6', SYSLOG_IDENTIFIER: 'razroom', ...more })
const rows = (more: object) => readEntry(entry(more))?.bytes.toString('latin1')
const TIME = formatTime(AT)

test('an entry becomes a row with its time, its stream and its text', () => {
  expect(TIME).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123456000Z$/)
  expect(rows({ MESSAGE: 'listening' })).toBe(`${TIME} stdout F listening\n`)
  expect(rows({ MESSAGE: 'broken', PRIORITY: '3' })).toBe(`${TIME} stderr F broken\n`)
  expect(rows({ MESSAGE: 'with its line end\n' })).toBe(`${TIME} stdout F with its line end\n`)
  expect(rows({ MESSAGE: '\n' })).toBe(`${TIME} stdout F \n`)
  expect(rows({ MESSAGE: '' })).toBe(`${TIME} stdout F \n`)
  expect(rows({ MESSAGE: 'part', CONTAINER_PARTIAL_MESSAGE: 'true' })).toBe(`${TIME} stdout P part\n`)
})

test('bytes that are no text stay what they are', () => {
  expect(rows({ MESSAGE: [27, 91, 51, 49, 109, 255] })).toBe(`${TIME} stdout F \x1b[31m\xff\n`)
})

test('a message of several lines is several rows, and of several messages the first counts', () => {
  expect(rows({ MESSAGE: 'one\ntwo' })).toBe(`${TIME} stdout F one\n${TIME} stdout F two\n`)
  expect(rows({ MESSAGE: ['first', 'second'] })).toBe(`${TIME} stdout F first\n`)
})

test.each([
  ['podman’s own event', entry({ MESSAGE: 'container died', SYSLOG_IDENTIFIER: 'podman' })],
  ['an entry without a message', entry({ MESSAGE: null })],
  ['an entry without a time', entry({ MESSAGE: 'a', __REALTIME_TIMESTAMP: 'x' })],
  ['a list', '[]'],
  ['what was cut off', '{"MESSAGE":"a'],
])('%s is no row', (_what, line) => {
  expect(readEntry(line)).toBeNull()
})

test('times are read as they are written, by whichever writer', () => {
  expect(readTime(formatTime(AT))).toBe(AT)
  expect(readTime('2026-11-28T04:00:00.5+00:00')).toBe(Date.parse('2026-11-28T04:00:00.5Z') * 1_000)
  expect(readTime('2026-11-28T05:00:00.123456789+01:00')).toBe(
    Date.parse('2026-11-28T04:00:00Z') * 1_000 + 123_456,
  )
  expect(readTime('')).toBeNull()
})

test('lines are split wherever the pieces end, and one that is too long is told once', () => {
  const seen: string[] = []
  const push = createEntrySplitter(
    (line) => seen.push(line),
    () => seen.push('(too long)'),
    6,
  )
  for (const byte of Buffer.from('ab\nlonger than six\nläng\n')) push(Buffer.of(byte))
  push(Buffer.from('x\nyyyyyyyyy'))
  push(Buffer.from('yy\nz\n'))
  expect(seen).toEqual(['ab', '(too long)', 'läng', 'x', '(too long)', 'z'])
  expect(missingRow(AT).bytes.toString()).toContain(`${TIME} stderr F [`)
})
