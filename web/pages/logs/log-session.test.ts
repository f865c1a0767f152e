import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogSession } from './log-session.ts'
import { cursorOf, rowsOf } from './test-rows.ts'

const TIME = '2026-01-01T00:00:00Z'
const list = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    cursor: cursorOf(from + index),
    time: TIME,
    stream: 'stdout' as const,
    text: `line ${from + index}`,
  }))
const lines = (from: number, to: number) => rowsOf(list(from, to))
const texts = (log: LogSession): string[] => {
  const found: string[] = []
  for (let number = log.ring.first; number < log.ring.end; number += 1) {
    found.push(log.ring.get(number)?.text ?? '?')
  }
  return found
}
const page = (from: number, to: number, hasMore: boolean) =>
  new Response(
    JSON.stringify({
      lines: list(from, to),
      hasMore,
    }),
  )

const fetchMock = vi.fn<(url: string) => Promise<Response>>()
beforeEach(() => {
  fetchMock.mockReset()
  vi.stubGlobal('fetch', fetchMock)
})
afterEach(() => vi.unstubAllGlobals())

test('lines, a gap and the end of the backlog', () => {
  const log = new LogSession()
  log.take({ type: 'lines', rows: lines(0, 2) })
  log.take({ type: 'gap', reason: 'rotated' })
  expect(log.isLive.value).toBe(false)
  log.take({ type: 'live' })
  expect(log.isLive.value).toBe(true)
  expect(texts(log)).toEqual(['line 0', 'line 1', 'rotated'])
  expect(log.lastCursor).toBe(cursorOf(1))
})

test('without a line so far it resumes where the backlog ended', () => {
  const log = new LogSession()
  log.take({ type: 'live', cursor: cursorOf(7) })
  expect(log.lastCursor).toBe(cursorOf(7))
  log.take({ type: 'lines', rows: lines(8, 9) })
  log.take({ type: 'live', cursor: cursorOf(7) })
  expect(log.lastCursor).toBe(cursorOf(8))
})

test('while it is paused lines wait, count, and are where a new connection resumes', () => {
  const log = new LogSession()
  log.take({ type: 'lines', rows: lines(0, 2) })
  log.setPaused(true)
  log.take({ type: 'lines', rows: lines(2, 5) })
  log.take({ type: 'gap', reason: 'rotated' })
  expect(texts(log)).toEqual(['line 0', 'line 1'])
  expect(log.heldCount.value).toBe(4)
  expect(log.lastCursor).toBe(cursorOf(4))
  log.setPaused(false)
  expect(texts(log)).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'rotated'])
  expect(log.heldCount.value).toBe(0)
})

test('what waits is bounded', () => {
  const log = new LogSession()
  log.setPaused(true)
  for (let at = 0; at < 250; at += 1) log.take({ type: 'lines', rows: lines(at * 1_000, at * 1_000 + 1_000) })
  expect(log.heldCount.value).toBe(log.ring.capacity)
  log.setPaused(false)
  expect(log.ring.count).toBe(log.ring.capacity)
  expect(log.ring.get(log.ring.end - 1)?.text).toBe('line 249999')
})

test('older lines are asked for before the oldest one, until there are no more', async () => {
  const log = new LogSession()
  log.take({ type: 'lines', rows: lines(10, 12) })
  fetchMock.mockResolvedValueOnce(page(8, 10, true))
  await log.loadOlder()
  expect(fetchMock.mock.calls[0]?.[0]).toBe(`/api/logs?before=${cursorOf(10)}&limit=1000`)
  expect(log.older.value).toEqual({ kind: 'idle' })
  fetchMock.mockResolvedValueOnce(page(6, 8, false))
  await log.loadOlder()
  expect(fetchMock.mock.calls[1]?.[0]).toBe(`/api/logs?before=${cursorOf(8)}&limit=1000`)
  expect(log.older.value).toEqual({ kind: 'end', reason: 'beginning' })
  expect(texts(log)[0]).toBe('line 6')
  expect(log.lastCursor).toBe(cursorOf(11))
})

test('after clearing, earlier lines come back up to the last one read: the stream brings the rest', async () => {
  const log = new LogSession()
  log.take({ type: 'lines', rows: lines(0, 5) })
  log.clear()
  expect(log.ring.count).toBe(0)
  expect(log.isCleared.value).toBe(true)
  fetchMock.mockResolvedValueOnce(page(0, 7, false))
  await log.loadOlder()
  expect(fetchMock.mock.calls[0]?.[0]).toBe('/api/logs?limit=1000')
  expect(texts(log)).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4'])
  log.take({ type: 'lines', rows: lines(5, 7) })
  expect(texts(log).at(-1)).toBe('line 6')
})

test('a failure to read older lines is kept to be shown, and can be tried again', async () => {
  const log = new LogSession()
  log.take({ type: 'lines', rows: lines(10, 12) })
  fetchMock.mockRejectedValueOnce(new TypeError('away'))
  await log.loadOlder()
  expect(log.older.value).toMatchObject({ kind: 'failed', problem: { code: 'DAEMON_UNREACHABLE' } })
  fetchMock.mockResolvedValueOnce(page(8, 10, false))
  await log.loadOlder()
  expect(texts(log)[0]).toBe('line 8')
})

test('the first lines of a flood are drawn at once, and from then on not each frame; single lines always', () => {
  const asked: FrameRequestCallback[] = []
  let now = 1_000
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => asked.push(callback))
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const log = new LogSession()
  const drawnAfter = (frames: number): number => {
    for (let frame = 0; frame < frames; frame += 1) {
      now += 16
      for (const callback of asked.splice(0)) callback(now)
    }
    return log.version.value
  }
  log.take({ type: 'lines', rows: lines(0, 100) })
  expect(drawnAfter(1)).toBe(1)
  log.take({ type: 'live' })
  log.take({ type: 'lines', rows: lines(100, 101) })
  expect(drawnAfter(1)).toBe(2)
  log.take({ type: 'lines', rows: lines(101, 200) })
  expect(drawnAfter(1)).toBe(3)
  log.take({ type: 'lines', rows: lines(200, 201) })
  expect(drawnAfter(3)).toBe(3)
  expect(drawnAfter(1)).toBe(4)
  // What came meanwhile was no flood.
  log.take({ type: 'lines', rows: lines(201, 202) })
  expect(drawnAfter(1)).toBe(5)
  vi.restoreAllMocks()
})
