import { afterEach, expect, test, vi } from 'vitest'
import { LogHistory, openAtLine, openAtTime } from './log-history.ts'
import { lineOf, serveLog, timeOf } from './test-log-api.ts'
import { cursorOf } from './test-rows.ts'

afterEach(() => vi.unstubAllGlobals())

const edges = ({ ring }: LogHistory) => [ring.get(ring.first)?.text, ring.get(ring.end - 1)?.text]
const page = (from: number, to: number, hasMore: boolean) => ({
  lines: Array.from({ length: to - from }, (_, index) => lineOf(from + index)),
  hasMore,
})
const open = (capacity: number) =>
  new LogHistory({ before: page(2_000, 3_000, true), from: page(3_000, 4_000, true) }, capacity)

test('a line is opened with those before and behind it', async () => {
  serveLog(0, 10_000)
  const found = await openAtLine(cursorOf(5_000))
  expect(found?.history.ring.get(found.number)?.text).toBe('line 5000')
  expect(found && edges(found.history)).toEqual(['line 4700', 'line 5299'])
  expect(found?.history.older.value).toEqual({ kind: 'idle' })
  expect(found?.history.newer.value).toEqual({ kind: 'idle' })
})

test('the first and the last line that are kept can be opened too', async () => {
  serveLog(100, 1_000)
  const first = await openAtLine(cursorOf(100))
  expect(first?.history.ring.get(first.number)?.text).toBe('line 100')
  expect(first?.history.older.value).toEqual({ kind: 'end', reason: 'beginning' })
  const last = await openAtLine(cursorOf(999))
  expect(last?.history.ring.get(last.number)?.text).toBe('line 999')
  expect(last?.history.newer.value).toEqual({ kind: 'end' })
})

test('a line that is not kept any more is not opened', async () => {
  serveLog(100, 1_000)
  expect(await openAtLine(cursorOf(99))).toBeNull()
  expect(await openAtLine(cursorOf(1_000))).toBeNull()
})

test('a time is opened at the first line that is not older', async () => {
  serveLog(0, 5_000)
  const found = await openAtTime(timeOf(2_500))
  expect(found?.history.ring.get(found.number)?.text).toBe('line 2500')
  expect(found?.history.ring.get(found.number - 1)?.text).toBe('line 2499')
  expect(await openAtTime(timeOf(5_000))).toBeNull()
})

test('it grows to the first line that is kept and to the newest one', async () => {
  serveLog(1_500, 4_500)
  const history = open(50_000)
  await history.loadOlder()
  expect(history.older.value).toEqual({ kind: 'end', reason: 'beginning' })
  await history.loadNewer()
  expect(history.newer.value).toEqual({ kind: 'end' })
  expect(edges(history)).toEqual(['line 1500', 'line 4499'])
  expect(history.ring.numberOf(cursorOf(1_500))).toBe(history.ring.first)
})

test('scrolling down drops the oldest, which can be read again; scrolling up stops where there is no room', async () => {
  serveLog(0, 9_000)
  const history = open(2_500)
  await history.loadNewer()
  expect(edges(history)).toEqual(['line 2500', 'line 4999'])
  expect(history.older.value).toEqual({ kind: 'idle' })
  await history.loadOlder()
  expect(history.older.value).toEqual({ kind: 'end', reason: 'full' })
  await history.loadNewer()
  expect(history.older.value).toEqual({ kind: 'idle' })
})

test('where the lines behind have gone, the gap is told and it goes on at the first line kept', async () => {
  serveLog(7_000, 9_500)
  const history = open(50_000)
  await history.loadNewer()
  const { ring } = history
  const gap = (ring.numberOf(cursorOf(7_000)) ?? 0) - 1
  expect(ring.get(gap)).toMatchObject({ kind: 'gap', text: 'they are not kept any more' })
  expect(ring.get(gap - 1)?.text).toBe('line 3999')
})

test('a failure is kept to be shown, and can be tried again', async () => {
  const log = serveLog(0, 9_000)
  const history = open(50_000)
  log.failure = new TypeError('away')
  await history.loadNewer()
  expect(history.newer.value).toMatchObject({ kind: 'failed', problem: { code: 'DAEMON_UNREACHABLE' } })
  log.failure = new TypeError('away')
  await history.loadOlder()
  expect(history.older.value).toMatchObject({ kind: 'failed' })
  await Promise.all([history.loadNewer(), history.loadOlder()])
  expect(edges(history)).toEqual(['line 1000', 'line 4999'])
})

test('a line is opened where it is, below what is said of lines that are lost before it', async () => {
  const log = serveLog(0, 10_000)
  log.gaps = [{ before: cursorOf(5_000), reason: 'nobody kept them' }]
  for (const found of [await openAtLine(cursorOf(5_000)), await openAtTime(timeOf(5_000))]) {
    const { ring } = found?.history ?? {}
    expect(ring?.get(found?.number ?? 0)?.text).toBe('line 5000')
    expect(ring?.get((found?.number ?? 0) - 1)).toMatchObject({ kind: 'gap', text: 'nobody kept them' })
    expect(ring?.get((found?.number ?? 0) - 2)?.text).toBe('line 4999')
  }
})
