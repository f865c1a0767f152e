import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogQuery } from '../../../contract/logs.ts'
import { createLogMatcher } from './log-matcher.ts'
import { readLogPage } from './log-page.ts'
import { MAX_THREADS, searchLog } from './log-search.ts'
import { search } from './log-search-thread.ts'
import { keepLogFile } from './log-segments.ts'
import type { LogSearchItem } from './protocol.ts'

let directory: string
let path: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-search-'))
  path = join(directory, 'gateway.log')
})
afterEach(() => rm(directory, { recursive: true }))

const TIME = '2026-11-23T11:40:08.850000000+00:00'
const row = (text: string, stream = 'stdout'): string => `${TIME} ${stream} F ${text}\n`
const query = (more: Partial<LogQuery> & { text: string }) => ({
  path,
  kind: 'plain' as const,
  limit: 1_000,
  context: 0,
  ...more,
})

async function collect(items: AsyncIterable<LogSearchItem>) {
  const texts: string[] = []
  const all: LogSearchItem[] = []
  for await (const item of items) {
    all.push(item)
    if (item.type === 'hits') texts.push(...item.hits.map(({ line }) => line.text))
  }
  const last = all.at(-1)
  return { texts, all, reason: last?.type === 'end' ? last.reason : undefined }
}

test('newest hits first, over all files, to the limit', async () => {
  await writeFile(
    path,
    Array.from({ length: 30_000 }, (_, at) => row(`first ${at} ${'x'.repeat(80)}`)).join(''),
  )
  await keepLogFile(path)
  await rm(path)
  await writeFile(
    path,
    Array.from({ length: 30_000 }, (_, at) => row(`second ${at} ${'x'.repeat(80)}`)).join(''),
  )
  await keepLogFile(path)
  const found = await collect(search(query({ text: ' 29999 ' })))
  expect(found.texts.map((text) => text.split(' ')[0])).toEqual(['second', 'first'])
  expect(found.reason).toBe('whole')
  const progress = found.all.flatMap((item) => (item.type === 'hits' ? [item.searchedBytes] : []))
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  const limited = await collect(search(query({ text: 'second', limit: 5 })))
  expect(limited.texts.map((text) => text.split(' ')[1])).toEqual([
    '29999',
    '29998',
    '29997',
    '29996',
    '29995',
  ])
  expect(limited.reason).toBe('limit')
})

test('what lies between the letters of what is shown does not hide it', async () => {
  await writeFile(path, row('\x1b[36m[gate\x1b[39mway]\x1b[0m \x1b[33mWarnung: Größe\x1b[39m') + row('other'))
  for (const text of ['[gateway]', 'gateway] Warn', 'Größe'])
    expect((await collect(search(query({ text })))).texts).toHaveLength(1)
  expect((await collect(search(query({ text: 'GRÖSSE' })))).texts).toHaveLength(0)
  expect((await collect(search(query({ text: 'GRÖ', ignoresCase: true })))).texts).toHaveLength(1)
  expect((await collect(search(query({ text: '36m' })))).texts).toHaveLength(0)
  expect((await collect(search(query({ text: '2026-11-23' })))).texts).toHaveLength(0)
})

test('patterns, their inverse, and one stream', async () => {
  await writeFile(path, row('GET 200') + row('GET 404', 'stderr') + row('PUT 500'))
  expect((await collect(search(query({ text: '^GET \\d+$', kind: 'regex' })))).texts).toEqual([
    'GET 404',
    'GET 200',
  ])
  expect(
    (await collect(search(query({ text: 'get', kind: 'regex', ignoresCase: true })))).texts,
  ).toHaveLength(2)
  expect((await collect(search(query({ text: 'GET', isInverse: true })))).texts).toEqual(['PUT 500'])
  expect((await collect(search(query({ text: 'GET', stream: 'stderr' })))).texts).toEqual(['GET 404'])
})

test('a hit has its neighbours, and a cursor that leads to it', async () => {
  await writeFile(path, Array.from({ length: 20 }, (_, at) => row(`line ${at}.`)).join(''))
  const found = await collect(search(query({ text: 'line 10.', context: 2 })))
  const [first] = found.all
  const hit = first?.type === 'hits' ? first.hits[0] : undefined
  expect([hit?.before.map(({ text }) => text), hit?.after.map(({ text }) => text)]).toEqual([
    ['line 8.', 'line 9.'],
    ['line 11.', 'line 12.'],
  ])
  const { batches } = await readLogPage({ path, before: hit?.line.cursor ?? '', limit: 1 })
  expect(batches[0]?.texts).toBe('line 9.')
})

test('it goes on before a hit', async () => {
  await writeFile(path, Array.from({ length: 10 }, (_, at) => row(`line ${at}`)).join(''))
  const first = await collect(search(query({ text: 'line', limit: 4 })))
  const [item] = first.all
  const before = item?.type === 'hits' ? (item.hits.at(-1)?.line.cursor ?? '') : ''
  const second = await collect(search(query({ text: 'line', before })))
  expect([...first.texts, ...second.texts]).toEqual(Array.from({ length: 10 }, (_, at) => `line ${9 - at}`))
})

test('nothing is found in a log that is not there', async () => {
  expect(await collect(search(query({ text: 'x' })))).toMatchObject({ texts: [], reason: 'whole' })
})

test('no row of any kind is passed by: the quick way finds what looking at each line does', async () => {
  const letter = fc.constantFrom('a', 'b', 'A', 'é', ' ', '\x1b[31m', '\x1b[0m', 'P', '\ud83d\ude00')
  const word = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(''))
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 1, maxLength: 12 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', ' ', 'P'), minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (words, text, ignoresCase) => {
        await writeFile(path, words.map((one) => row(one)).join(''))
        const wanted = query({ text, ignoresCase })
        const matcher = createLogMatcher(wanted)
        const expected = words.filter((one) => matcher.matches(one)).toReversed()
        expect((await collect(search(wanted))).texts).toEqual(expected)
      },
    ),
    { numRuns: 200 },
  )
})

test('a pattern that takes for ever is given up, and the program lives on', async () => {
  await writeFile(path, row(`${'a'.repeat(64)}!`))
  const program = join(import.meta.dirname, 'main.ts')
  const slow = searchLog(query({ text: '^(a+)+$', kind: 'regex' }), program, new AbortController().signal)
  expect((await collect(slow)).reason).toBe('slow')
  const plain = searchLog(query({ text: 'a!' }), program, new AbortController().signal)
  expect(await collect(plain)).toMatchObject({ reason: 'whole', texts: [expect.stringContaining('aaa')] })
})

test('a few searches run at a time, the others wait for them or for their own end', async () => {
  // A thread that answers at once, and has never done.
  const program = join(directory, 'thread.mjs')
  const answer = JSON.stringify({ type: 'hits', hits: [], searchedBytes: 1, totalBytes: 1 })
  await writeFile(
    program,
    `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', () => parentPort.postMessage(${answer}))`,
  )
  const begun = performance.now()
  const begin = (signal = new AbortController().signal) => searchLog(query({ text: 'a' }), program, signal)
  const running = Array.from({ length: MAX_THREADS }, () => begin())
  for (const one of running) expect((await one.next()).value).toMatchObject({ type: 'hits' })
  const tookMs = performance.now() - begun
  const cancelled = new AbortController()
  const gone = begin(cancelled.signal).next()
  let hasCome = false
  const late = begin()
  const first = late.next().then((item) => {
    hasCome = true
    return item
  })
  cancelled.abort()
  expect(await gone).toMatchObject({ done: true })
  await new Promise((resolve) => setTimeout(resolve, tookMs + 100))
  expect(hasCome).toBe(false)
  for (const one of running) await one.return(undefined)
  expect((await first).value).toMatchObject({ type: 'hits' })
  await late.return(undefined)
})

test('a search that is cancelled ends', async () => {
  await writeFile(path, row('a'.repeat(200)).repeat(50_000))
  const cancelled = new AbortController()
  const items = searchLog(
    query({ text: 'b', kind: 'regex' }),
    join(import.meta.dirname, 'main.ts'),
    cancelled.signal,
  )
  for await (const _item of items) cancelled.abort()
  expect(cancelled.signal.aborted).toBe(true)
})

test('only lines from a time on; what is older is not searched', async () => {
  const timed = (number: number): string =>
    `${new Date(Date.parse(TIME) + number * 1_000).toISOString().replace('Z', '000000+00:00')} stdout F line ${number}\n`
  await writeFile(path, Array.from({ length: 60_000 }, (_, at) => timed(at)).join(''))
  const since = new Date(Date.parse(TIME) + 59_998_000).toISOString()
  const found = await collect(search({ ...query({ text: 'line' }), since }))
  expect(found.texts).toEqual(['line 59999', 'line 59998'])
  expect(found.reason).toBe('whole')
  const bytes = found.all.flatMap((item) => (item.type === 'hits' ? [item.searchedBytes] : []))
  expect(bytes).toHaveLength(1)
})

test('hits with what is around them come in pieces that every frame takes', async () => {
  await writeFile(
    path,
    Array.from({ length: 1_500 }, (_, at) => row(`line ${at} ${'x'.repeat(400)}`)).join(''),
  )
  const found = await collect(search(query({ text: 'line', limit: 10_000, context: 20 })))
  expect(found.texts.map((text) => Number(text.split(' ')[1]))).toEqual(
    Array.from({ length: 1_500 }, (_, at) => 1_499 - at),
  )
  expect(Math.max(...found.all.map((item) => JSON.stringify(item).length))).toBeLessThan(1_000_000)
})
