import { act, configure, renderHook, waitFor } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { useLifeMarks } from './use-life-marks.ts'

configure({ asyncUtilTimeout: 10_000 })

const BEGIN = Date.parse('2026-01-01T00:00:00Z')
const END = 1_000
const timeOf = (seq: number): number => BEGIN + seq * 1_000
const asked: string[] = []
let isAway = false

/** Starts of the gateway, one each second; of operations nothing. */
function serveStarts(): void {
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    if (isAway) throw new TypeError('away')
    const query = new URL(url, 'http://panel').searchParams
    const before = Number(query.get('before') ?? END + 1)
    const first = Math.max(1, before - Number(query.get('limit')))
    const numbers = query.get('kind') === 'gateway' ? range(first, before - 1).toReversed() : []
    const entries = numbers.map((seq) => ({
      ...{ seq, at: new Date(timeOf(seq)).toISOString(), kind: 'gateway', action: 'gateway.started' },
      ...{ what: `start ${seq}`, details: [], who: { by: 'panel' }, outcome: 'done' },
    }))
    return new Response(JSON.stringify({ entries, hasMore: first > 1, unreadable: 0 }))
  })
}
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at)

afterEach(() => {
  vi.unstubAllGlobals()
  asked.length = 0
  isAway = false
})

test('the newest marks come by themselves; earlier ones when lines of their time are in sight', async () => {
  serveStarts()
  const { result } = renderHook(useLifeMarks)
  await waitFor(() => expect(result.current.marks).toHaveLength(200))
  const [before] = [asked.length]
  for (const time of [timeOf(900), Number.NaN]) result.current.reach(time)
  expect(asked).toHaveLength(before)
  // As the list asks at each drawing, also while an answer is on its way.
  await act(async () => {
    result.current.reach(timeOf(700))
    result.current.reach(timeOf(700))
  })
  await waitFor(() => expect(result.current.marks).toHaveLength(400))
  expect(result.current.marks.map(({ time }) => time)).toEqual(range(601, 1_000).map(timeOf))
  expect(asked.filter((url) => url.includes('before='))).toHaveLength(1)
})

test('what could not be read is not asked for with each drawing', async () => {
  serveStarts()
  const { result } = renderHook(useLifeMarks)
  await waitFor(() => expect(result.current.marks).toHaveLength(200))
  isAway = true
  await act(async () => result.current.reach(timeOf(1)))
  await waitFor(() => expect(asked.filter((url) => url.includes('before='))).toHaveLength(1))
  await act(async () => result.current.reach(timeOf(1)))
  expect(asked.filter((url) => url.includes('before='))).toHaveLength(1)
  expect(result.current.marks).toHaveLength(200)
})
