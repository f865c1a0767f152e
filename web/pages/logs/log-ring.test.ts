import { expect, test } from 'vitest'
import type { LogRows } from '../../../contract/log-rows.ts'
import type { LogLine } from '../../../contract/logs.ts'
import { appendPage, prependPage } from './log-pieces.ts'
import { LogRing } from './log-ring.ts'
import { cursorOf, rowsOf } from './test-rows.ts'

const TIME = '2026-01-01T00:00:00.123456789Z'
const line = (number: number): Partial<LogLine> => ({
  cursor: cursorOf(number),
  time: TIME,
  text: `line ${number}`,
})
const lines = (from: number, to: number): LogRows =>
  rowsOf(Array.from({ length: to - from }, (_, index) => line(from + index)))
const older = (number: number) => ({
  cursor: cursorOf(number),
  time: TIME,
  stream: 'stderr' as const,
  text: `line ${number}`,
})
const texts = (ring: LogRing): string[] => {
  const found: string[] = []
  for (let number = ring.first; number < ring.end; number += 1) found.push(ring.get(number)?.text ?? '?')
  return found
}

test('lines come back as they went in', () => {
  const ring = new LogRing(10)
  ring.append(rowsOf([line(1), { text: 'cut', stream: 'stderr', truncated: true }]))
  expect(ring.get(0)).toEqual({
    kind: 'stdout',
    time: Date.parse('2026-01-01T00:00:00.123Z'),
    text: 'line 1',
    isTruncated: false,
  })
  expect(ring.get(1)).toMatchObject({ kind: 'stderr', isTruncated: true })
  expect(ring.get(2)).toBeUndefined()
  expect(ring.get(-1)).toBeUndefined()
})

test('the newest lines stay, and each keeps its number', () => {
  const ring = new LogRing(5)
  ring.append(lines(0, 12))
  expect([ring.first, ring.end, ring.count]).toEqual([7, 12, 5])
  expect(texts(ring)).toEqual(['line 7', 'line 8', 'line 9', 'line 10', 'line 11'])
  expect(ring.get(6)).toBeUndefined()
})

test('long lines take no more room than short ones: fewer are held then, the newest of them', () => {
  const ring = new LogRing(1_000, 1_000_000)
  const long = (number: number) => ({ ...line(number), text: `${number} ${'x'.repeat(8_000)}` })
  for (let number = 0; number < 1_000; number += 10)
    ring.append(rowsOf(Array.from({ length: 10 }, (_, at) => long(number + at))))
  expect(ring.end).toBe(1_000)
  expect(ring.count).toBeGreaterThanOrEqual(110)
  expect(ring.count).toBeLessThanOrEqual(125)
  expect(ring.get(ring.first - 1)).toBeUndefined()
  expect(ring.get(ring.first)?.text).toMatch(`${ring.first} x`)
  expect(ring.numberOf(cursorOf(999))).toBe(999)
  // There is no room for older ones, and there is again for the lines of a new list.
  expect(
    prependPage(ring, {
      lines: Array.from({ length: 10 }, () => ({ ...older(1), text: 'x'.repeat(8_000) })),
    }),
  ).toBe(0)
  ring.clear()
  ring.append(lines(0, 5))
  expect(prependPage(ring, { lines: [older(1), older(2)] })).toBe(2)
  expect(ring.count).toBe(7)
})

test('older lines go in front, with smaller numbers, below zero too', () => {
  const ring = new LogRing(10)
  ring.append(lines(3, 5))
  expect(prependPage(ring, { lines: [older(1), older(2)] })).toBe(2)
  expect(ring.first).toBe(-2)
  expect(texts(ring)).toEqual(['line 1', 'line 2', 'line 3', 'line 4'])
  expect(ring.get(-1)).toMatchObject({ kind: 'stderr', text: 'line 2' })
})

test('older lines never push newer ones out: as many are taken as there is room for, the newest of them', () => {
  const ring = new LogRing(5)
  ring.append(lines(10, 13))
  expect(prependPage(ring, { lines: [older(7), older(8), older(9)] })).toBe(2)
  expect(texts(ring)).toEqual(['line 8', 'line 9', 'line 10', 'line 11', 'line 12'])
  expect(prependPage(ring, { lines: [older(6)] })).toBe(0)
})

test('the oldest cursor passes gaps by, and is none without lines', () => {
  const ring = new LogRing(5)
  expect(ring.oldestCursor).toBeUndefined()
  ring.appendGap('rotated')
  expect(ring.oldestCursor).toBeUndefined()
  expect(ring.get(0)).toMatchObject({ kind: 'gap', text: 'rotated' })
  ring.append(rowsOf([line(1)]))
  expect(ring.oldestCursor).toBe(cursorOf(1))
})

test('pages bring what is said of lost lines to its place, in front and behind', () => {
  const ring = new LogRing(20)
  const lostBefore = (number: number) => ({ before: cursorOf(number), reason: `lost before ${number}` })
  const page = (from: number, to: number, ...lost: number[]) => ({
    lines: Array.from({ length: to - from }, (_, index) => older(from + index)),
    gaps: lost.map(lostBefore),
  })
  appendPage(ring, page(10, 13, 12))
  appendPage(ring, page(13, 15, 13, 99))
  expect(prependPage(ring, page(6, 10, 6, 8))).toBe(4)
  expect(texts(ring)).toEqual([
    'lost before 6',
    ...['line 6', 'line 7', 'lost before 8', 'line 8', 'line 9', 'line 10', 'line 11', 'lost before 12'],
    ...['line 12', 'lost before 13', 'line 13', 'line 14'],
  ])
  expect(ring.get(ring.first)).toMatchObject({ kind: 'gap' })
  expect(ring.oldestCursor).toBe(cursorOf(6))
  expect(ring.get(ring.numberOf(cursorOf(12)) ?? 99)?.text).toBe('line 12')
  // They take up room as lines do.
  const small = new LogRing(4)
  appendPage(small, page(10, 11))
  expect(prependPage(small, page(6, 10, 9))).toBe(2)
  expect(texts(small)).toEqual(['line 8', 'lost before 9', 'line 9', 'line 10'])
})

test('a cleared ring is empty and goes on', () => {
  const ring = new LogRing(5)
  ring.append(lines(0, 4))
  ring.clear()
  expect(ring.count).toBe(0)
  ring.append(lines(4, 6))
  expect(texts(ring)).toEqual(['line 4', 'line 5'])
  expect(prependPage(ring, { lines: [older(3)] })).toBe(1)
  expect(texts(ring)).toEqual(['line 3', 'line 4', 'line 5'])
})

test('large frames stay as they are, small ones are gathered; both go line by line', () => {
  const ring = new LogRing(3_000)
  const big = (from: number) =>
    rowsOf(
      Array.from({ length: 400 }, (_, at) => ({
        cursor: cursorOf(from + at),
        text: `${from + at} ${'x'.repeat(200)}`,
      })),
    )
  const small = (number: number) =>
    rowsOf([{ cursor: cursorOf(number), text: `${number} ${'y'.repeat(20)}` }])
  let next = 0
  for (let round = 0; round < 20; round += 1) {
    ring.append(big(next))
    next += 400
    for (let count = 0; count < 150; count += 1) ring.append(small(next++))
  }
  expect([ring.count, ring.end]).toEqual([3_000, next])
  for (let number = ring.first; number < ring.end; number += 1) {
    expect(ring.get(number)?.text.split(' ')[0]).toBe(String(number))
    expect(ring.cursorOf(number)).toBe(cursorOf(number))
  }
})

test('what has gone from the front does not come back with older lines', () => {
  const ring = new LogRing(5)
  ring.append(lines(10, 17))
  ring.clear()
  ring.append(lines(17, 20))
  expect(prependPage(ring, { lines: [older(15), older(16)] })).toBe(2)
  expect(texts(ring)).toEqual(['line 15', 'line 16', 'line 17', 'line 18', 'line 19'])
})

test('a line is found by its cursor, in whichever chunk it lies, until it has gone', () => {
  const ring = new LogRing(6)
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({
      cursor: cursorOf(from + index),
      time: '2026-01-01T00:00:00Z',
      stream: 'stdout' as const,
      text: `line ${from + index}`,
    }))
  appendPage(ring, { lines: lines(10, 13) })
  ring.appendGap('rotated')
  appendPage(ring, { lines: lines(20, 22) })
  expect(ring.newestCursor).toBe(cursorOf(21))
  for (const number of [10, 12, 20, 21])
    expect(ring.get(ring.numberOf(cursorOf(number)) ?? -1)?.text).toBe(`line ${number}`)
  for (const cursor of [cursorOf(9), cursorOf(13), cursorOf(22), 'ffffffffffff.a', 'no cursor'])
    expect(ring.numberOf(cursor)).toBeUndefined()
  appendPage(ring, { lines: lines(22, 24) })
  expect(ring.numberOf(cursorOf(11))).toBeUndefined()
  expect(ring.get(ring.numberOf(cursorOf(12)) ?? -1)?.text).toBe('line 12')
})
