import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { appendFile, copyFile, readFile, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readLines } from '../../../contract/log-rows.ts'
import { linkLog } from './log-append.ts'
import { followLog } from './log-follow.ts'
import { describeLostFile, judgeLoss, type LeftFile, type NextFile } from './log-lost-file.ts'
import { readLogAfter, readLogPage, readWholeLine } from './log-page.ts'
import { search } from './log-search-thread.ts'
import { KEPT_FILES, keepLogFile } from './log-segments.ts'
import type { LogSearchParams } from './protocol.ts'
import { linesOf, useLogPlace } from './test-log-files.ts'

let path: string

useLogPlace((place) => {
  ;({ path } = place)
})

const NS = 1_000_000n
const ns = (ms: number) => BigInt(ms) * NS
/** Left at 5,000 ms by conmon, with its last row of 4,000; the next that is kept is born at 9,000 for the row of 8,990. */
const left: LeftFile = { bornNs: ns(1_000), writtenNs: ns(4_000), changedNs: ns(5_000), lastRowMs: 4_000 }
const next: NextFile = { bornNs: ns(9_000), firstRowMs: 8_990 }

test.each<[string, Partial<LeftFile>, Partial<NextFile>, ReturnType<typeof judgeLoss>]>([
  ['a file between', {}, {}, 'lost'],
  ['a whole minute to bring it to the disk', {}, { firstRowMs: 9_000 - 60_000, bornNs: ns(9_000) }, 'none'],
  ['a slow disk', {}, { firstRowMs: 8_000 }, 'lost'],
  ['clocks that are a tick apart', {}, { firstRowMs: 9_049 }, 'lost'],
  ['left when the next was born', { changedNs: ns(9_000) }, {}, 'none'],
  ['left a moment after that', { changedNs: ns(9_000) + 1n }, {}, 'none'],
  ['left a moment before', { changedNs: ns(9_000) - 1n }, {}, 'lost'],
  ['a gateway that says nothing for a day, and then one row', { changedNs: ns(9_001) }, {}, 'none'],
  ['a starting container made the file', {}, { firstRowMs: 9_100 }, 'none'],
  ['a copy of an old file', {}, { bornNs: ns(100_000) }, 'none'],
  ['rows of before', { lastRowMs: 8_991 }, {}, 'none'],
  ['the same row', { lastRowMs: 8_990 }, {}, 'none'],
  ['no row in the file before', { lastRowMs: Number.NaN }, {}, 'none'],
  ['no row yet', {}, { firstRowMs: Number.NaN }, 'none'],
  ['births that nobody knows', { bornNs: 0n }, { bornNs: 0n }, 'none'],
  ['births that are the time of the last change', { bornNs: ns(5_000) }, {}, 'none'],
  ['a name that was taken away by hand, perhaps', { writtenNs: ns(5_000) }, {}, 'may be lost'],
])('%s', (_what, ofLeft, ofNext, verdict) => {
  expect(judgeLoss({ ...left, ...ofLeft }, { ...next, ...ofNext })).toBe(verdict)
})

const stamp = () => new Date().toISOString().replace('Z', '000000+00:00')
const rowOf = (text: string, tag = 'F') => `${stamp()} stdout ${tag} ${text}\n`
const changedNs = (of: string) => statSync(of, { bigint: true }).ctimeNs

/** As conmon ends a file: the next one is made and renamed over it. The clocks have gone on since `than` changed. */
async function rotate(text: string, than: string | null, tag = 'F'): Promise<void> {
  for (const begun = Date.now(); ; ) {
    await rm(`${path}.tmp`, { force: true })
    await writeFile(`${path}.tmp`, rowOf(text, tag))
    const { birthtimeNs } = statSync(`${path}.tmp`, { bigint: true })
    if (than === null || (birthtimeNs > changedNs(than) && Date.now() > begun)) break
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await rename(`${path}.tmp`, path)
}

/** A file that is kept, and no panel any more; then conmon begins one file, and the next. */
async function loseFile(): Promise<void> {
  await writeFile(path, `${rowOf('one')}${rowOf('two')}`)
  await keepLogFile(path)
  await loseNext('four')
}

async function loseNext(text: string): Promise<void> {
  await rotate('lost', null)
  // It was written to before its name went, on a clock that is slow as well.
  await utimes(`${path}.1`, new Date(), new Date(Date.now() - 1_000))
  await rotate(text, `${path}.1`)
}

interface Seen {
  readonly texts: string[]
  readonly gaps: string[]
}

/** Lines, and what is said before each, as a stream has them. */
async function follow(request: { backlog: number; after?: string }): Promise<Seen> {
  const seen: Seen = { texts: [], gaps: [] }
  const end = new AbortController()
  for await (const item of followLog({ path, ...request }, end.signal)) {
    if (item.gap !== undefined) {
      seen.texts.push('gap')
      seen.gaps.push(item.gap)
    }
    seen.texts.push(...((item.rows && readLines(item.rows)) ?? []).map(({ text }) => text))
    if (item.live) end.abort()
  }
  return seen
}

const pageTexts = (page: Awaited<ReturnType<typeof readLogPage>>): string[] =>
  page.batches.flatMap((batch) => [
    ...(batch.gap === undefined ? [] : ['gap']),
    ...(batch.texts === '' ? [] : batch.texts.split('\n')),
  ])

/** What a search for any line says, oldest first. */
async function searched(part: Partial<LogSearchParams> = {}): Promise<string[]> {
  const found: string[] = []
  const query = { path, text: '.', kind: 'regex', limit: 1_000, context: 0, ...part } as const
  for await (const item of search(query)) {
    if (item.type !== 'hits') continue
    found.unshift(...item.hits.map(({ line }) => line.text).reverse())
    if (item.gap !== undefined) found.unshift('gap')
  }
  return found
}

async function expectToldEverywhere(texts: readonly string[]): Promise<void> {
  expect((await follow({ backlog: 1_000 })).texts).toEqual(texts)
  const page = await readLogPage({ path, before: null, limit: 1_000 })
  expect(pageTexts(page)).toEqual(texts)
  expect(await searched()).toEqual(texts)
  const [first] = linesOf(page)
  expect(pageTexts(await readLogAfter({ path, after: first?.cursor ?? '', limit: 100 }))).toEqual(
    texts.slice(1),
  )
  expect((await follow({ backlog: 0, after: first?.cursor ?? '' })).texts).toEqual(texts.slice(1))
  // Page by page, it is told once.
  const all: string[] = []
  for (let before: string | null = null; ; ) {
    const one = await readLogPage({ path, before, limit: 1 })
    all.unshift(...pageTexts(one))
    before = linesOf(one)[0]?.cursor ?? null
    if (!one.hasMore || before === null) break
  }
  expect(all).toEqual(texts)
}

test('a file that was begun and left while nobody kept it is told of, before and after the files move on', async () => {
  await loseFile()
  await expectToldEverywhere(['one', 'two', 'gap', 'four'])
  const { gaps } = await follow({ backlog: 100 })
  // Also to who begins right there.
  expect(await follow({ backlog: 1 })).toEqual({ texts: ['gap', 'four'], gaps })
  await keepLogFile(path)
  await expectToldEverywhere(['one', 'two', 'gap', 'four'])
  expect((await follow({ backlog: 100 })).gaps).toEqual(gaps)
  const [, two = '', four = ''] = (await readLogPage({ path, before: null, limit: 9 })).batches.flatMap(
    ({ times }) => times.split('\n'),
  )
  expect(gaps).toEqual([describeLostFile({ from: two, to: four, isCertain: true })])
  expect(gaps[0]).toContain(`lines between ${two} and ${four} are lost`)
  // For as long as there are lines before it.
  for (let file = 5; file < 5 + KEPT_FILES; file += 1) {
    await rotate(String(file), `${path}.1`)
    await keepLogFile(path)
    const isKept = file < 5 + KEPT_FILES - 2
    expect((await follow({ backlog: 100 })).gaps).toHaveLength(isKept ? 1 : 0)
  }
})

test('a search tells of what is lost within its range alone', async () => {
  await loseFile()
  const page = await readLogPage({ path, before: null, limit: 9 })
  const [, two, four] = linesOf(page)
  const times = page.batches.flatMap((batch) => batch.times.split('\n'))
  expect(await searched({ limit: 1 })).toEqual(['four'])
  expect(await searched({ limit: 2 })).toEqual(['two', 'gap', 'four'])
  // It goes on there: what was told is told again only where it lies before that.
  expect(await searched({ before: four?.cursor ?? '' })).toEqual(['one', 'two', 'gap'])
  expect(await searched({ before: two?.cursor ?? '' })).toEqual(['one'])
  expect(await searched({ since: times[2] ?? '' })).toEqual(['gap', 'four'])
  // Where nothing is found as well.
  expect(await searched({ text: 'nowhere' })).toEqual(['gap'])
  const later = new Date(Date.now() + 60_000).toISOString()
  await appendFile(path, rowOf('later').replace(/^\S+/, later))
  expect(await searched({ since: later })).toEqual(['later'])
})

test('a name that somebody may have taken away is no proof, which is said', async () => {
  await writeFile(path, rowOf('one'))
  await keepLogFile(path)
  await unlink(path)
  // conmon does not know.
  await appendFile(`${path}.1`, rowOf('two'))
  await rotate('three', `${path}.1`)
  await keepLogFile(path)
  await expectToldEverywhere(['one', 'two', 'gap', 'three'])
  expect((await follow({ backlog: 100 })).gaps[0]).toMatch(/^lines between \S+ and \S+ may be lost: /)
})

test('nothing is told where one file followed the other, however long nothing was said between', async () => {
  await writeFile(path, `${rowOf('one')}${rowOf('two')}`)
  await keepLogFile(path)
  // Long quiet: the last row is of yesterday.
  await utimes(path, new Date(), new Date(Date.now() - 86_400_000))
  await rotate('three', path)
  await expectToldEverywhere(['one', 'two', 'three'])
  await keepLogFile(path)
  await expectToldEverywhere(['one', 'two', 'three'])
  await appendFile(path, rowOf('of a container that was made anew'))
  expect(await keepLogFile(path)).toBe(false)
  await rotate('four', path)
  await keepLogFile(path)
  await expectToldEverywhere(['one', 'two', 'three', 'of a container that was made anew', 'four'])
})

test('nothing is told where somebody took the file away, and a container that starts makes the next', async () => {
  await writeFile(path, rowOf('one'))
  await keepLogFile(path)
  await unlink(path)
  const changed = changedNs(`${path}.1`)
  // conmon opens the file, and the first row comes when the program has started.
  for (;;) {
    await writeFile(path, '')
    if (statSync(path, { bigint: true }).birthtimeNs > changed) break
    await unlink(path)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const born = statSync(path).birthtimeMs
  while (Date.now() < born + 80) await new Promise((resolve) => setTimeout(resolve, 5))
  await appendFile(path, rowOf('two'))
  await keepLogFile(path)
  await expectToldEverywhere(['one', 'two'])
})

test('nothing is told of a copy of the log', async () => {
  await writeFile(path, `${rowOf('one')}${rowOf('two')}`)
  await copyFile(path, `${path}.1`)
  for (let born = 0n; born <= changedNs(`${path}.1`); ) {
    await copyFile(`${path}.1`, `${path}.tmp`)
    born = statSync(`${path}.tmp`, { bigint: true }).birthtimeNs
    if (born <= changedNs(`${path}.1`)) await unlink(`${path}.tmp`)
  }
  await rename(`${path}.tmp`, path)
  expect((await follow({ backlog: 10 })).gaps).toEqual([])
})

test('a part of a line is not joined with the rest of another', async () => {
  await writeFile(path, `${rowOf('one')}${rowOf('begins', 'P')}`)
  await keepLogFile(path)
  await rotate('lost', null, 'P')
  await rotate('ends', `${path}.1`)
  await keepLogFile(path)
  await expectToldEverywhere(['one', 'gap', 'ends'])
  const [last] = linesOf(await readLogPage({ path, before: null, limit: 1 }))
  expect(await readWholeLine(path, last?.cursor ?? '')).toEqual({ text: 'ends', truncated: false })
})

test('the file of a container that logs elsewhere may be lost as well, while nobody gives it the name', async () => {
  const elsewhere = `${path}.elsewhere`
  await writeFile(elsewhere, rowOf('one'))
  await linkLog(elsewhere, path)
  const own = path
  path = elsewhere
  await rotate('lost', null)
  await rotate('three', own)
  path = own
  await linkLog(elsewhere, path)
  await expectToldEverywhere(['one', 'gap', 'three'])
})

test.each([
  'mkfifo "$0"',
  'mkdir "$0"',
  'ln -s /dev/zero "$0"',
  'ln -s "$0" "$0"',
  'echo "[null,{}]" > "$0"',
])('what somebody puts in the place of the notes, %s, hides no line and tells nothing', async (command) => {
  await loseFile()
  execFileSync('sh', ['-c', command, `${path}.lost`])
  await keepLogFile(path)
  const texts = ['one', 'two', 'four']
  expect((await follow({ backlog: 10 })).texts.filter((text) => text !== 'gap')).toEqual(texts)
  for (const name of ['.lost', '.lost.next']) await rm(`${path}${name}`, { recursive: true, force: true })
  execFileSync('sh', ['-c', command, `${path}.lost.next`])
  await loseNext('five')
  expect(await keepLogFile(path)).toBe(true)
  expect((await follow({ backlog: 10 })).texts.filter((text) => text !== 'gap')).toEqual([...texts, 'five'])
})

test('a note is of two times and nothing else', async () => {
  await loseFile()
  await keepLogFile(path)
  const notes = await readFile(`${path}.lost`, 'utf8')
  const [note] = JSON.parse(notes) as [{ from: string }]
  await writeFile(`${path}.lost`, notes.replace(note.from, '<b>2026-11-23T11:40:08</b>'))
  expect((await follow({ backlog: 10 })).gaps).toEqual([])
  await writeFile(`${path}.lost`, notes)
  expect((await follow({ backlog: 10 })).gaps).toHaveLength(1)
})
