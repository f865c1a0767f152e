import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatCursor, readLines } from '../../../contract/log-rows.ts'
import { followLog } from './log-follow.ts'
import { readLogPage } from './log-page.ts'
import type { LogBatch, LogFollowParams } from './protocol.ts'

let directory: string
let path: string
let controller: AbortController

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-reader-'))
  path = join(directory, 'gateway.log')
  controller = new AbortController()
})
afterEach(async () => {
  controller.abort()
  await rm(directory, { recursive: true })
})

let clock = 0
function row(text: string, tag: 'F' | 'P' = 'F', stream = 'stdout'): string {
  clock += 1
  return `2026-11-23T11:40:08.${String(clock).padStart(9, '0')}+00:00 ${stream} ${tag} ${text}\n`
}
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => row(`line ${from + index}`)).join('')
/** The lines of a page, with their cursors. */
async function page(before: string | null, limit: number) {
  const { batches, hasMore } = await readLogPage({ path, before, limit })
  const all = batches.flatMap(({ file, ends, texts }: LogBatch) =>
    ends.length === 0
      ? []
      : texts.split('\n').map((text, at) => ({ text, cursor: formatCursor(file, ends[at] ?? 0) })),
  )
  return { texts: all.map(({ text }) => text), cursors: all.map(({ cursor }) => cursor), hasMore }
}

interface Follower {
  readonly lines: string[]
  readonly cursors: string[]
  readonly gaps: string[]
  readonly live: boolean[]
  until(condition: () => boolean): Promise<void>
}

function follow(params: Partial<LogFollowParams>): Follower {
  const follower = {
    lines: [] as string[],
    cursors: [] as string[],
    gaps: [] as string[],
    live: [] as boolean[],
    async until(condition: () => boolean) {
      const deadline = Date.now() + 15_000
      while (!condition()) {
        if (failed) throw failed
        if (Date.now() > deadline)
          throw new Error(`not in time; have ${JSON.stringify(follower.lines.slice(-5))}`)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
  }
  let failed: unknown
  const run = async (): Promise<void> => {
    for await (const batch of followLog({ path, backlog: 100, ...params }, controller.signal)) {
      const lines = batch.rows ? readLines(batch.rows) : []
      if (lines === null) throw new Error('a frame of another shape')
      follower.lines.push(...lines.map(({ text }) => text))
      follower.cursors.push(...lines.map(({ cursor }) => cursor))
      if (batch.gap !== undefined) follower.gaps.push(batch.gap)
      follower.live.push(batch.live)
    }
  }
  run().catch((error: unknown) => {
    failed = error
  })
  return follower
}

describe('readLogPage', () => {
  it.each([1, 2, 7, 1_000, 5_000])('gives the last %d lines, and pages back to the start', async (limit) => {
    await writeFile(path, rows(1, 3_000))
    const seen: string[] = []
    let before: string | null = null
    for (let pages = 0; pages < Math.min(5_000 / limit, 40); pages++) {
      const { texts, cursors, hasMore } = await page(before, limit)
      seen.unshift(...texts)
      before = cursors[0] ?? before
      expect(hasMore).toBe(seen[0] !== 'line 1')
      if (!hasMore) break
    }
    const expected = Array.from({ length: 3_000 }, (_, index) => `line ${index + 1}`)
    expect(seen).toEqual(expected.slice(-seen.length))
    expect(seen.length).toBeGreaterThanOrEqual(Math.min(40 * limit, 3_000))
  })

  it('counts a line of many rows once and has its start', async () => {
    const long = Array.from({ length: 20 }, () => row('p'.repeat(100), 'P')).join('') + row('end')
    await writeFile(path, `${rows(1, 5)}${long}${rows(6, 7)}`)
    const last = await page(null, 3)
    expect(last.texts).toEqual([`${'p'.repeat(2_000)}end`, 'line 6', 'line 7'])
    const earlier = await page(last.cursors[0] ?? '', 2)
    expect(earlier.texts).toEqual(['line 4', 'line 5'])
  })

  it('finds rows whose prefix lies on the border of a block', async () => {
    for (let shift = 0; shift < 64; shift += 3) {
      await writeFile(path, `${row('first')}${row('x'.repeat(shift))}${row('y'.repeat(65_400))}${rows(1, 2)}`)
      const { texts } = await page(null, 4)
      expect(texts.map((text) => text.slice(0, 6))).toEqual([
        'x'.repeat(shift).slice(0, 6),
        'yyyyyy',
        'line 1',
        'line 2',
      ])
    }
  })

  it('leaves an unfinished row out', async () => {
    await writeFile(path, `${rows(1, 2)}2026-11-23T11:40:08.850000000+00:00 stdout F unfin`)
    expect((await page(null, 10)).texts).toEqual(['line 1', 'line 2'])
  })

  it('has nothing before the cursor of another file, nor in a missing one', async () => {
    expect(await page(null, 10)).toMatchObject({ hasMore: false, texts: [] })
    await writeFile(path, rows(1, 2))
    for (const cursor of ['0123456789ab.5', 'junk', '']) {
      expect(await page(cursor, 10)).toMatchObject({ hasMore: false, texts: [] })
    }
  })

  it('leads behind thousands of line ends that somebody put there', async () => {
    await writeFile(path, `${rows(1, 3)}${'\n'.repeat(2_500)}`)
    const texts: string[] = []
    for (let before: string | null = null; ; ) {
      const found = await page(before, 1_000)
      texts.unshift(...found.texts)
      before = found.cursors[0] ?? null
      if (!found.hasMore) break
      expect(before).not.toBe(null)
    }
    expect(texts).toEqual(['line 1', 'line 2', 'line 3', ...Array.from({ length: 2_500 }, () => '')])
  })

  it('has no more before it where no line ends for as far as it looks', async () => {
    await writeFile(path, row('first'))
    await truncate(path, 300_000_000)
    expect(await page(null, 10)).toMatchObject({ texts: [], hasMore: false })
  })

  it('bounds the text of a page', async () => {
    await writeFile(path, Array.from({ length: 1_000 }, () => row('z'.repeat(8_000))).join(''))
    const { texts, hasMore } = await page(null, 1_000)
    expect(texts.join('').length).toBeLessThan(2_200_000)
    expect(texts.length).toBeGreaterThan(200)
    expect(hasMore).toBe(true)
  })
})

describe('followLog', () => {
  it('gives the backlog, says when it is live, then what is added', async () => {
    await writeFile(path, rows(1, 300))
    const follower = follow({ backlog: 3 })
    await follower.until(() => follower.live.includes(true))
    expect(follower.lines).toEqual(['line 298', 'line 299', 'line 300'])
    for (let at = 301; at <= 305; at++) {
      await appendFile(path, rows(at, at))
      await follower.until(() => follower.lines.includes(`line ${at}`))
    }
    expect(follower.lines.slice(3)).toEqual(['line 301', 'line 302', 'line 303', 'line 304', 'line 305'])
    expect(follower.gaps).toEqual([])
  })

  it('is quick after a quiet time', async () => {
    await writeFile(path, rows(1, 1))
    const follower = follow({})
    await follower.until(() => follower.live.includes(true))
    const delays: number[] = []
    for (let at = 2; at < 12; at++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const started = performance.now()
      await appendFile(path, rows(at, at))
      await follower.until(() => follower.lines.includes(`line ${at}`))
      delays.push(performance.now() - started)
    }
    // Some milliseconds where nothing else runs; one that looks once a second would need half of that.
    expect(delays.sort((a, b) => a - b)[5]).toBeLessThan(100)
  })

  it('loses nothing of a burst', async () => {
    await writeFile(path, '')
    const follower = follow({ backlog: 0 })
    await follower.until(() => follower.live.includes(true))
    for (let at = 0; at < 100; at++) await appendFile(path, rows(at * 200, at * 200 + 199))
    await follower.until(() => follower.lines.length >= 20_000)
    expect(follower.lines).toEqual(Array.from({ length: 20_000 }, (_, index) => `line ${index}`))
    expect(new Set(follower.cursors).size).toBe(20_000)
  })

  it('waits for a missing file', async () => {
    const follower = follow({})
    await follower.until(() => follower.live.includes(true))
    await writeFile(path, rows(1, 2))
    await follower.until(() => follower.lines.length === 2)
    expect(follower.gaps).toEqual([])
  })

  it('goes on after a place, and says when that place is gone', async () => {
    await writeFile(path, rows(1, 10))
    const after = (await page(null, 10)).cursors[3] ?? ''
    const follower = follow({ after })
    await follower.until(() => follower.live.includes(true))
    expect(follower.lines[0]).toBe('line 5')
    expect(follower.gaps).toEqual([])

    await writeFile(path, rows(11, 12))
    const other = follow({ after })
    await other.until(() => other.live.includes(true))
    expect(other.lines).toEqual(['line 11', 'line 12'])
    expect(other.gaps).toHaveLength(1)
  })

  it('finishes a rotated file before the new one, without a gap', async () => {
    await writeFile(path, rows(1, 2))
    const follower = follow({})
    await follower.until(() => follower.live.includes(true))
    await appendFile(path, rows(3, 500))
    await writeFile(`${path}.new`, rows(501, 510))
    await rename(`${path}.new`, path)
    await appendFile(path, rows(511, 511))
    await follower.until(() => follower.lines.includes('line 511'))
    expect(follower.lines).toEqual(Array.from({ length: 511 }, (_, index) => `line ${index + 1}`))
    expect(follower.gaps).toEqual([])
  })

  it('starts again in a file that was emptied, and says so', async () => {
    await writeFile(path, rows(1, 50))
    const follower = follow({ backlog: 1 })
    await follower.until(() => follower.live.includes(true))
    await truncate(path, 0)
    await follower.until(() => true)
    await appendFile(path, rows(51, 52))
    await follower.until(() => follower.lines.includes('line 52'))
    expect(follower.lines).toEqual(['line 50', 'line 51', 'line 52'])
    expect(follower.gaps).toHaveLength(1)
  })

  it('follows a file that was removed and made again', async () => {
    await writeFile(path, rows(1, 1))
    const follower = follow({})
    await follower.until(() => follower.live.includes(true))
    await rm(path)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await writeFile(path, rows(2, 2))
    await follower.until(() => follower.lines.includes('line 2'))
  })

  it('reads no further than it is asked to', async () => {
    await writeFile(path, rows(1, 50_000))
    const iterator = followLog({ path, backlog: 50_000 }, controller.signal)
    const first = await iterator.next()
    await appendFile(path, rows(50_001, 50_001))
    const before = process.memoryUsage().rss
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000)
    expect(first.value?.rows?.length ?? 0).toBeLessThan(270_000)
    await iterator.return(undefined)
  })

  it.each([
    ['a file with lines', () => rows(1, 3)],
    ['an empty file', () => ''],
    ['no file', () => null],
  ])('resumes behind the place at which it was live, without a line in between: %s', async (_what, text) => {
    const begun = text()
    if (begun !== null) await writeFile(path, begun)
    const iterator = followLog({ path, backlog: 0 }, controller.signal)
    const first = await iterator.next()
    await iterator.return(undefined)
    expect(first.value).toMatchObject({ live: true })
    await appendFile(path, rows(4, 5))
    const follower = follow({ backlog: 0, after: first.value?.cursor ?? '' })
    await follower.until(() => follower.live.includes(true))
    expect(follower.lines).toEqual(['line 4', 'line 5'])
    expect(follower.gaps).toEqual([])
  })

  it('leaves out nothing of what comes faster than it is read, however old it is', async () => {
    await writeFile(path, rows(1, 1))
    const follower = follow({ backlog: 1 })
    await follower.until(() => follower.live.at(-1) === true)
    await appendFile(path, rows(2, 100_000))
    await follower.until(() => follower.lines.at(-1) === 'line 100000')
    expect(follower.lines).toEqual(Array.from({ length: 100_000 }, (_, index) => `line ${index + 1}`))
    expect(follower.gaps).toEqual([])
  })

  it('makes no frame larger than the panel takes of lines that something else wrote between parts', async () => {
    const count = 120_000
    await writeFile(path, `${row('begun', 'P')}${'y\n'.repeat(count)}${row('ended')}${rows(1, 1)}`)
    let [seen, frames] = [0, 0]
    for await (const { rows: frame, live } of followLog({ path, backlog: 1_000_000 }, controller.signal)) {
      expect(frame?.length ?? 0).toBeLessThan(1_048_576)
      frames += frame ? 1 : 0
      seen += frame ? (readLines(frame)?.length ?? 0) : 0
      if (live) controller.abort()
    }
    expect(seen).toBe(count + 2)
    expect(frames).toBeGreaterThan(3)
  })

  it('refuses what is not a regular file', async () => {
    const iterator = followLog({ path: '/dev/zero', backlog: 1 }, controller.signal)
    await expect(iterator.next()).rejects.toMatchObject({ code: 'FILE_REFUSED' })
  })
})
