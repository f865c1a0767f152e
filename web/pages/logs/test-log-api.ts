/** A log of numbered lines behind `fetch`, for tests: pages as the panel cuts them. */
import { vi } from 'vitest'
import type { LogGap, LogLine } from '../../../contract/logs.ts'
import { cursorOf } from './test-rows.ts'

/** Line n is written n seconds after that. */
const BEGIN = Date.parse('2026-01-01T00:00:00Z')

export const lineOf = (number: number): LogLine => ({
  cursor: cursorOf(number),
  time: new Date(BEGIN + number * 1_000).toISOString(),
  stream: 'stdout',
  text: `line ${number}`,
})

export const timeOf = (number: number): string => new Date(BEGIN + number * 1_000).toISOString()

export interface TestLog {
  /** The lines that are kept. */
  first: number
  end: number
  /** What is said of lines that are lost. */
  gaps: readonly LogGap[]
  readonly requests: string[]
  /** What the next request is answered with instead. */
  failure: Error | null
  /** What the next answer waits for. */
  gate: Promise<void> | null
}

/** Puts the log in the place of `fetch`. */
export function serveLog(first: number, end: number): TestLog {
  const log: TestLog = { first, end, gaps: [], requests: [], failure: null, gate: null }
  vi.stubGlobal('fetch', async (url: string) => {
    log.requests.push(url.replace('/api/logs?', ''))
    const { failure, gate } = log
    log.failure = null
    log.gate = null
    await gate
    if (failure) throw failure
    const page = pageOf(log, new URL(url, 'http://panel').searchParams)
    const gaps = log.gaps.filter(({ before }) => page.lines.some(({ cursor }) => cursor === before))
    return new Response(JSON.stringify({ ...page, ...(gaps.length > 0 ? { gaps } : {}) }))
  })
  return log
}

function pageOf({ first, end }: TestLog, query: URLSearchParams): { lines: LogLine[]; hasMore: boolean } {
  const limit = Number(query.get('limit'))
  const [before, after, at] = ['before', 'after', 'at'].map((name) => query.get(name))
  const place = (cursor: string) => Number.parseInt(cursor.split('.')[1] ?? '', 36)
  const cut = (from: number, to: number): LogLine[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => lineOf(from + index))
  if (after || at) {
    if (after && place(after) < first) return { lines: [], hasMore: false }
    const wanted = after ? place(after) + 1 : Math.ceil((Date.parse(at ?? '') - BEGIN) / 1_000)
    const from = Math.max(first, wanted)
    return { lines: cut(from, Math.min(end, from + limit)), hasMore: from + limit < end }
  }
  const to = before ? place(before) : end
  if (to < first) return { lines: [], hasMore: false }
  const from = Math.max(first, to - limit)
  return { lines: cut(from, to), hasMore: from > first }
}
