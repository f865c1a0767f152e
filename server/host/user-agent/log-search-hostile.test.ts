import { once } from 'node:events'
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogHit, LogQuery } from '../../../contract/logs.ts'
import { MAX_THREADS, searchLog } from './log-search.ts'
import { search } from './log-search-thread.ts'
import type { LogSearchItem } from './protocol.ts'

const PROGRAM = join(import.meta.dirname, 'main.ts')
const BLOCK_BYTES = 1_048_576
const row = (text: string, tag = 'F', stream = 'stdout'): string =>
  `2026-11-23T11:40:08.850000000+00:00 ${stream} ${tag} ${text}\n`

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-search-'))
  path = join(directory, 'gateway.log')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(directory, { recursive: true })
})

const query = (more: Partial<LogQuery> & { text: string }) => ({
  path,
  kind: 'plain' as const,
  limit: 1_000,
  context: 0,
  ...more,
})

async function collect(items: AsyncIterable<LogSearchItem>): Promise<{ hits: LogHit[]; reason: string }> {
  const hits: LogHit[] = []
  let reason = 'none'
  for await (const item of items)
    if (item.type === 'hits') hits.push(...item.hits)
    else reason = item.reason
  return { hits, reason }
}
test('what is around many hits is told before the search counts as one that hangs', async () => {
  await writeFile(path, Array.from({ length: 5_000 }, (_, at) => row(`line ${at}`)).join(''))
  // Each look at the clock is a tenth of a second later.
  let clock = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    clock += 100
    return clock
  })
  const items: LogHit[][] = []
  for await (const item of search(query({ text: 'line', limit: 200, context: 5 })))
    if (item.type === 'hits') items.push([...item.hits])
  expect(Math.max(...items.map(({ length }) => length))).toBeLessThan(5)
  const hits = items.flat()
  expect(hits).toHaveLength(200)
  expect(hits[199]?.before.map(({ text }) => text)).toEqual(
    Array.from({ length: 5 }, (_, at) => `line ${4_795 + at}`),
  )
  expect(hits[199]?.after[0]?.text).toBe('line 4801')
})

test('a block of half a million lines that are all hits takes no more memory than its thread has', async () => {
  await writeFile(path, 'x\n'.repeat(BLOCK_BYTES))
  // Less than the search has; and without its limit of time, since other programs run as well.
  const thread = new Worker(PROGRAM, {
    workerData: query({ text: 'x', kind: 'regex', limit: 10 }),
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  })
  const items: LogSearchItem[] = []
  while (items.at(-1)?.type !== 'end') {
    const told = once(thread, 'message')
    thread.postMessage('more')
    items.push(((await told) as [LogSearchItem])[0])
  }
  await thread.terminate()
  expect(items.flatMap((item) => (item.type === 'hits' ? item.hits : []))).toHaveLength(10)
})

test('a line that is far longer than a block is found by its beginning, once, and so is what is before it', async () => {
  await writeFile(
    path,
    `${row('needle 1')}${row(`needle 2 ${'y'.repeat(20 * BLOCK_BYTES)}`)}${row('needle 3')}`,
  )
  const all = await collect(search(query({ text: 'needle' })))
  expect(all.hits.map(({ line }) => line.text.slice(0, 8))).toEqual(['needle 3', 'needle 2', 'needle 1'])
  expect(all.hits[1]?.line.truncated).toBe(true)
  for (const [index, hit] of all.hits.entries()) {
    const older = await collect(search(query({ text: 'needle', before: hit.line.cursor })))
    expect(older.hits).toEqual(all.hits.slice(index + 1))
  }
})

test('it says how far it has come in what has no line at all, and goes on behind it', async () => {
  await writeFile(path, `${row('needle 1')}${row('z')}`)
  await truncate(path, 50 * BLOCK_BYTES)
  const progress: number[] = []
  for await (const item of search(query({ text: 'needle' })))
    if (item.type === 'hits') progress.push(item.searchedBytes)
  expect(progress.length).toBeGreaterThan(40)
  expect(progress.at(-1)).toBe(50 * BLOCK_BYTES)
  expect((await collect(search(query({ text: 'needle' })))).hits).toHaveLength(1)
  // The row ends after all.
  await appendFile(path, `\n${row('needle 2')}`)
  expect((await collect(search(query({ text: 'needle' })))).hits).toHaveLength(2)
})

test('a line of several rows is found wherever a block begins in it, beside one of the other stream', async () => {
  const [first, second, last] = [row('nee', 'P'), row('d', 'P'), row('le')]
  const long = `${first}${row('other', 'F', 'stderr')}${second}${last}`
  // A few rows more or less, so that the block begins at each place of it.
  for (let shift = 0; shift <= long.length + 60; shift += 7) {
    const behind = BLOCK_BYTES - shift
    await writeFile(path, `${row('z').repeat(30)}${long}${row('z'.repeat(behind - row('').length))}`)
    const { hits } = await collect(search(query({ text: 'e', kind: 'regex' })))
    expect(hits.map(({ line }) => line.text).toSorted(), `${shift}`).toEqual(['needle', 'other'])
  }
})

test('a thread that breaks while nobody waits for it ends its search, and nothing else', async () => {
  const program = join(directory, 'thread.mjs')
  const answer = JSON.stringify({ type: 'hits', hits: [], searchedBytes: 1, totalBytes: 1 })
  await writeFile(
    program,
    `import { parentPort } from 'node:worker_threads'
    parentPort.once('message', () => {
      parentPort.postMessage(${answer})
      setTimeout(() => { throw new Error('it broke') }, 10)
    })`,
  )
  const items = searchLog(query({ text: 'a' }), program, new AbortController().signal)
  expect((await items.next()).value).toMatchObject({ type: 'hits' })
  await new Promise((resolve) => setTimeout(resolve, 300))
  await expect(items.next()).rejects.toThrow('it broke')
})

// A machine may stand still for a moment; a search that keeps its place does so each time.
test('a search that is cancelled gives its place to the next one at once', { retry: 2 }, async () => {
  const program = join(directory, 'thread.mjs')
  await writeFile(
    program,
    `import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => {})`,
  )
  const cancelled = new AbortController()
  const running = Array.from({ length: MAX_THREADS }, () =>
    collect(searchLog(query({ text: 'a' }), program, cancelled.signal)),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  const begun = performance.now()
  cancelled.abort()
  await Promise.all(running)
  // Silence is taken for hanging after two seconds.
  expect(performance.now() - begun).toBeLessThan(1_500)
})
