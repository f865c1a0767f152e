import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readLogAfter, readLogPage, readWholeLine } from './log-page.ts'
import { KEPT_FILES, keepLog, keepLogFile } from './log-segments.ts'
import type { LogPageValue } from './protocol.ts'
import { beginFile, linesOf, range, row, rows, START, useLogPlace, writeKeptFiles } from './test-log-files.ts'

let directory: string
let path: string
let controller: AbortController

useLogPlace((place) => {
  ;({ directory, path, controller } = place)
})

const begin = (text: string) => beginFile(path, text)
const writeFiles = () => writeKeptFiles(path)

test('files that conmon drops are kept, the newest few', async () => {
  for (let file = 0; file < KEPT_FILES + 2; file += 1) {
    await begin(row(file))
    expect(await keepLogFile(path)).toBe(true)
    expect(await keepLogFile(path)).toBe(false)
  }
  const names = await readdir(directory)
  expect(names.sort()).toEqual([
    'gateway.log',
    ...range(1, KEPT_FILES + 1).map((_, at) => `gateway.log.${at + 1}`),
  ])
  expect(await readFile(`${path}.1`, 'utf8')).toBe(row(KEPT_FILES + 1))
  expect(await readFile(`${path}.${KEPT_FILES}`, 'utf8')).toBe(row(2))
})

test.each(['mkfifo "$0"', 'mkdir "$0"', 'ln -s /dev/zero "$0"', 'ln -s "$0" "$0"'])(
  'what is no file, %s, is not kept, and hides nothing that is',
  async (command) => {
    const put = (place: string) => execFileSync('sh', ['-c', command, place])
    const readAll = async () =>
      linesOf(await readLogPage({ path, before: null, limit: 10 })).map(({ text }) => text)
    for (let file = 0; file < 3; file += 1) {
      await begin(row(file))
      await keepLogFile(path)
    }
    await rm(`${path}.2`)
    put(`${path}.2`)
    expect(await readAll()).toEqual(['line 0', 'line 2'])
    await rename(path, `${path}.moved`)
    put(path)
    expect(await keepLogFile(path)).toBe(false)
    await expect(readAll()).rejects.toMatchObject({ code: 'FILE_REFUSED' })
    await rm(path, { recursive: true })
    await begin(row(3))
    expect(await keepLogFile(path)).toBe(true)
    expect(await readAll()).toEqual(['line 0', 'line 2', 'line 3'])
  },
)

test.each([2, KEPT_FILES])(
  'a directory in the place of a kept file, %d, does not end the keeping',
  async (number) => {
    await begin(row(0))
    await keepLogFile(path)
    await mkdir(join(`${path}.${number}`, 'full'), { recursive: true })
    for (let file = 1; file <= 2 * KEPT_FILES; file += 1) {
      await begin(row(file))
      expect(await keepLogFile(path)).toBe(true)
      expect(await readFile(`${path}.1`, 'utf8')).toBe(row(file))
    }
    const kept = linesOf(await readLogPage({ path, before: null, limit: 10 }))
    expect(kept.map(({ text }) => text)).toEqual(range(2 * KEPT_FILES - KEPT_FILES + 2, 2 * KEPT_FILES + 1))
  },
)

test('a log that is not there is no file to keep', async () => {
  expect(await keepLogFile(path)).toBe(false)
})

test('it is kept by itself, also when files follow each other fast', async () => {
  const begun: true[] = []
  const run = async (): Promise<void> => {
    for await (const one of keepLog(path, controller.signal)) begun.push(one)
  }
  const done = run()
  for (let file = 0; file < 3; file += 1) {
    await begin(rows(file * 10, file * 10 + 10))
    while (begun.length <= file) await new Promise((resolve) => setTimeout(resolve, 2))
    await appendFile(path, row(1_000 + file))
  }
  controller.abort()
  await done
  expect(linesOf(await readLogPage({ path, before: null, limit: 100 })).map(({ text }) => text)).toEqual([
    ...range(0, 10),
    'line 1000',
    ...range(10, 20),
    'line 1001',
    ...range(20, 30),
    'line 1002',
  ])
})

test.each([
  ['removed', () => rm(`${path}.1`)],
  ['moved away', () => rename(`${path}.1`, join(directory, 'elsewhere'))],
])('a second name that was %s is given again', async (_, take) => {
  const isKept = async (): Promise<void> => expect((await stat(`${path}.1`)).ino).toBe((await stat(path)).ino)
  await begin(row(0))
  const kept = keepLog(path, controller.signal)
  const done = kept.next().then(() => kept.next())
  await vi.waitFor(isKept)
  await take()
  await vi.waitFor(isKept)
  controller.abort()
  await done
})

test.each([1, 99, 100, 101, 250, 10_000])('pages of %i lines lead back over all files', async (limit) => {
  await writeFiles()
  const seen: string[] = []
  let before: string | null = null
  for (let pages = 0; pages < 500; pages += 1) {
    const page: LogPageValue = await readLogPage({ path, before, limit })
    const lines = linesOf(page)
    seen.unshift(...lines.map(({ text }) => text))
    before = lines[0]?.cursor ?? before
    expect(page.hasMore).toBe(seen.length < KEPT_FILES * 100)
    if (!page.hasMore) break
  }
  expect(seen).toEqual(range(0, KEPT_FILES * 100))
})

test.each([1, 99, 100, 250])('pages of %i lines lead on over all files', async (limit) => {
  await writeFiles()
  const first = linesOf(await readLogPage({ path, before: null, limit: 10_000 }))
  const seen: string[] = []
  let after = first[0]?.cursor ?? ''
  for (let pages = 0; pages < 500; pages += 1) {
    const page = await readLogAfter({ path, after, limit })
    const lines = linesOf(page)
    seen.push(...lines.map(({ text }) => text))
    after = lines.at(-1)?.cursor ?? after
    if (!page.hasMore) break
  }
  expect(seen).toEqual(range(1, KEPT_FILES * 100))
})

test.each([
  [-5, 0],
  [0, 0],
  [57, 57],
  [100, 100],
  [399, 399],
])('lines from second %i on', async (second, expected) => {
  await writeFiles()
  const page = await readLogAfter({ path, time: START + second * 1_000, limit: 3 })
  expect(linesOf(page)[0]?.text).toBe(`line ${expected}`)
})

test('lines from a time on, in a large file', async () => {
  await writeFile(
    path,
    Array.from({ length: 20_000 }, (_, at) => row(at, `line ${at} ${'x'.repeat(60)}`)).join(''),
  )
  for (const second of [1, 9_999, 12_345, 19_999]) {
    const page = await readLogAfter({ path, time: START + second * 1_000, limit: 1 })
    expect(linesOf(page)[0]?.text.split(' ')[1]).toBe(String(second))
  }
  expect(linesOf(await readLogAfter({ path, time: START + 1e9, limit: 1 }))).toEqual([])
})

test('a line that is cut elsewhere comes as a whole, of several rows too', async () => {
  const long = 'long '.repeat(10_000)
  await writeFile(path, `${rows(0, 2)}${row(2, long)}${row(3).replace(' F ', ' P ')}${row(4)}`)
  const lines = linesOf(await readLogPage({ path, before: null, limit: 10 }))
  expect(lines[2]?.text.length).toBeLessThan(long.length)
  expect(await readWholeLine(path, lines[2]?.cursor ?? '')).toEqual({ text: long, truncated: false })
  expect(await readWholeLine(path, lines[3]?.cursor ?? '')).toEqual({
    text: 'line 3line 4',
    truncated: false,
  })
  expect(await readWholeLine(path, '0123456789ab.5')).toBeNull()
})

test('a whole line of control characters is sent as what is shown of it', async () => {
  await writeFile(path, row(0, `a${'\0'.repeat(3_000_000)}b`))
  const [line] = linesOf(await readLogPage({ path, before: null, limit: 1 }))
  expect(await readWholeLine(path, line?.cursor ?? '')).toEqual({ text: 'ab', truncated: false })
})
