import { afterEach, expect, test, vi } from 'vitest'
import { loadNewestLife, loadOlderLife } from './gateway-life.ts'

const BEGIN = Date.parse('2026-01-01T00:00:00Z')
/** Entry n was made n seconds after that; even numbers are of the gateway, odd ones operations. */
const timeOf = (seq: number): number => BEGIN + seq * 1_000
const requests: string[] = []

function serveAudit(end: () => number): void {
  vi.stubGlobal('fetch', async (url: string) => {
    requests.push(url)
    const query = new URL(url, 'http://panel').searchParams
    const rest = query.get('kind') === 'gateway' ? 0 : 1
    const before = Number(query.get('before') ?? end() + 1)
    const numbers = Array.from({ length: end() }, (_, at) => end() - at).filter(
      (seq) => seq % 2 === rest && seq < before,
    )
    const entries = numbers
      .slice(0, Number(query.get('limit')))
      .map((seq) => ({ seq, at: new Date(timeOf(seq)).toISOString() }))
    return new Response(JSON.stringify({ entries, hasMore: numbers.length > entries.length }))
  })
}
const seqs = (entries: readonly { seq: number }[]): number[] =>
  entries.map(({ seq }) => seq).toSorted((one, other) => one - other)
const upTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at)

afterEach(() => {
  vi.unstubAllGlobals()
  requests.length = 0
})

test('the newest come first, and then page by page what is older, each once', async () => {
  let end = 1_000
  serveAudit(() => end)
  const newest = await loadNewestLife(null)
  expect(seqs(newest.entries)).toEqual(upTo(601, 1_000))
  // Of both kinds nothing is missing from there on.
  expect(newest.from).toBe(timeOf(602))
  const older = await loadOlderLife(newest, timeOf(450))
  expect(seqs(older.entries)).toEqual(upTo(201, 1_000))
  end = 1_010
  const grown = await loadNewestLife(older)
  expect(seqs(grown.entries)).toEqual(upTo(201, 1_010))
  const all = await loadOlderLife(grown, timeOf(1))
  expect([seqs(all.entries), all.from]).toEqual([upTo(1, 1_010), -Infinity])
})

test('a kind that is known that far back is not asked for again', async () => {
  serveAudit(() => 500)
  const life = await loadNewestLife(null)
  requests.length = 0
  expect((await loadOlderLife(life, life.from)).entries).toEqual(life.entries)
  expect(requests).toEqual([])
})
