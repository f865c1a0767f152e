import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogPlaces } from './log-places.ts'
import { LogSession } from './log-session.ts'
import { lineOf, serveLog, type TestLog, timeOf } from './test-log-api.ts'
import { cursorOf, rowsOf } from './test-rows.ts'

let log: TestLog
let live: LogSession
let places: LogPlaces
const onShow = vi.fn()

beforeEach(() => {
  log = serveLog(0, 10_000)
  live = new LogSession()
  live.take({
    type: 'lines',
    rows: rowsOf(Array.from({ length: 2_000 }, (_, index) => lineOf(8_000 + index))),
  })
  live.take({ type: 'live' })
  onShow.mockReset()
  places = new LogPlaces(live, onShow)
})
afterEach(() => vi.unstubAllGlobals())

const shown = () => places.current.value.ring.get(places.target.value?.number ?? Number.NaN)?.text

test('a line that is held needs no request and no other place', async () => {
  await places.lookAtLine(cursorOf(9_000))
  expect([shown(), places.isHistory, places.marked.value]).toEqual(['line 9000', false, cursorOf(9_000)])
  expect(log.requests).toEqual([])
  expect(onShow).toHaveBeenCalledOnce()
})

test('another line is shown in a history; the way back forgets it', async () => {
  await places.lookAtLine(cursorOf(3_000))
  expect([shown(), places.isHistory, places.marked.value]).toEqual(['line 3000', true, cursorOf(3_000)])
  const asked = log.requests.length
  await places.lookAtLine(cursorOf(3_100))
  expect([shown(), log.requests.length]).toEqual(['line 3100', asked])
  places.back()
  expect([places.isHistory, places.target.value, places.marked.value]).toEqual([false, null, null])
})

test('a line that is gone, and text that is no cursor, are told', async () => {
  await places.lookAtLine(cursorOf(20_000))
  expect([places.jump.value.kind, places.isHistory]).toEqual(['missing', false])
  expect(onShow).not.toHaveBeenCalled()
  places.dismiss()
  await places.lookAtLine('<b>')
  expect(places.jump.value.kind).toBe('missing')
})

test('a time: in the history, among the live lines, after the last line', async () => {
  await places.lookAtTime(timeOf(1_234))
  expect([shown(), places.isHistory]).toEqual(['line 1234', true])
  await places.lookAtTime(timeOf(9_500))
  expect([shown(), places.isHistory]).toEqual(['line 9500', false])
  await places.lookAtTime(timeOf(1_234))
  await places.lookAtTime(timeOf(10_000))
  expect([places.jump.value, places.isHistory]).toEqual([{ kind: 'silent', time: timeOf(10_000) }, false])
})

test('scrolled down to where the live lines are, those are shown in the same place', async () => {
  await places.lookAtLine(cursorOf(7_990))
  places.settle(cursorOf(8_100), 13)
  expect(places.isHistory).toBe(true)
  places.settle(cursorOf(8_600), 13)
  expect([shown(), places.isHistory]).toEqual(['line 8600', false])
  expect(places.target.value?.offsetPx).toBe(13)
  expect(places.marked.value).toBe(cursorOf(7_990))
})

test('past the oldest live line it goes on in a history, at the same place', async () => {
  await places.lookPast(cursorOf(8_003), 7)
  expect([shown(), places.isHistory]).toEqual(['line 8003', true])
  expect(places.target.value?.offsetPx).toBe(7)
  places.settle(cursorOf(8_003), 7)
  expect(places.isHistory).toBe(true)
})

test('what has failed is not asked for again by scrolling alone', async () => {
  log.failure = new TypeError('away')
  await places.lookPast(cursorOf(8_003), 7)
  const asked = log.requests.length
  await places.lookPast(cursorOf(8_003), 7)
  expect(log.requests).toHaveLength(asked)
  places.dismiss()
  await places.lookPast(cursorOf(8_003), 7)
  expect(shown()).toBe('line 8003')
})

test('the later of two jumps counts, and one that failed can be told', async () => {
  const late = Promise.withResolvers<void>()
  log.gate = late.promise
  const first = places.lookAtLine(cursorOf(1_000))
  await places.lookAtLine(cursorOf(2_000))
  late.resolve()
  await first
  expect(shown()).toBe('line 2000')
  log.failure = new TypeError('away')
  await places.lookAtLine(cursorOf(9))
  expect(places.jump.value).toMatchObject({ kind: 'failed', problem: { code: 'DAEMON_UNREACHABLE' } })
  expect(shown()).toBe('line 2000')
})

test('a line in sight is marked where it is; lines that come while a history is shown are counted', async () => {
  places.mark(cursorOf(9_990))
  expect([places.marked.value, places.target.value, places.jump.value.kind]).toEqual([
    cursorOf(9_990),
    null,
    'named',
  ])
  expect([onShow.mock.calls.length, places.newCount]).toEqual([1, 0])
  await places.lookAtLine(cursorOf(3_000))
  live.take({ type: 'lines', rows: rowsOf([lineOf(10_000), lineOf(10_001)]) })
  expect(places.newCount).toBe(2)
})

test('opened at a line, the lines that had been written before are not counted as new ones', async () => {
  live = new LogSession()
  places = new LogPlaces(live, onShow)
  await places.lookAtLine(cursorOf(3_000))
  live.take({ type: 'lines', rows: rowsOf([lineOf(9_998), lineOf(9_999)]) })
  expect(places.newCount).toBe(0)
  live.take({ type: 'live' })
  expect(places.newCount).toBe(0)
  live.take({ type: 'lines', rows: rowsOf([lineOf(10_000)]) })
  expect(places.newCount).toBe(1)
})
