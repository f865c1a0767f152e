import { appendFile, readdir, readlink, stat, truncate, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readLines } from '../../../contract/log-rows.ts'
import { followLog } from './log-follow.ts'
import { readLogAfter, readLogPage, readWholeLine } from './log-page.ts'
import { KEPT_FILES, keepLogFile } from './log-segments.ts'
import { beginFile, linesOf, range, row, rows, useLogPlace, writeKeptFiles } from './test-log-files.ts'

let directory: string
let path: string
let controller: AbortController

useLogPlace((place) => {
  ;({ directory, path, controller } = place)
})

const begin = (text: string) => beginFile(path, text)
const writeFiles = () => writeKeptFiles(path)

test('a stream that resumes goes on behind its place over all files, each line once and in order', async () => {
  await writeFiles()
  for (const place of [0, 50, 99, 100, 101, 399]) {
    const all = linesOf(await readLogPage({ path, before: null, limit: 10_000 }))
    const seen: string[] = []
    const gaps: string[] = []
    const end = new AbortController()
    for await (const item of followLog({ path, backlog: 0, after: all[place]?.cursor ?? '' }, end.signal)) {
      seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
      if (item.gap !== undefined) gaps.push(item.gap)
      if (item.live) end.abort()
    }
    expect(seen).toEqual(range(place + 1, KEPT_FILES * 100))
    expect(gaps).toEqual([])
  }
})

test.each([20, 5_000])(
  'a line of which conmon wrote %i bytes to one file and the rest to the next is one line',
  async (bytes) => {
    const part = row(1, 'x'.repeat(bytes)).replace(' F ', ' P ')
    await begin(`${row(0)}${part}`)
    await keepLogFile(path)
    await begin(`${row(1, 'and the rest')}${row(2)}`)
    await keepLogFile(path)
    const whole = `${'x'.repeat(bytes)}and the rest`
    for (const [backlog, expected] of [
      [10, ['line 0', whole, 'line 2']],
      [2, [whole, 'line 2']],
    ] as const) {
      const seen: string[] = []
      const end = new AbortController()
      for await (const item of followLog({ path, backlog }, end.signal)) {
        seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
        if (item.live) end.abort()
      }
      expect(seen).toEqual(expected)
    }
    for (const limit of [2, 10]) {
      const page = linesOf(await readLogPage({ path, before: null, limit }))
      expect(page.map(({ text }) => text)).toEqual(['line 0', whole, 'line 2'].slice(-limit))
      const before = await readLogPage({ path, before: page.at(-2)?.cursor ?? '', limit })
      expect(linesOf(before).map(({ text }) => text)).toEqual(['line 0'])
      const after = await readLogAfter({ path, after: linesOf(before)[0]?.cursor ?? '', limit })
      expect(linesOf(after).map(({ text }) => text)).toEqual([whole, 'line 2'])
      expect(await readWholeLine(path, page.at(-2)?.cursor ?? '')).toEqual({ text: whole, truncated: false })
    }
  },
)

test.each([1, KEPT_FILES])(
  'nothing comes twice when the file that is read was not kept, but %i before it',
  async (older) => {
    for (let file = 0; file < older; file += 1) {
      await begin(rows(file * 10, file * 10 + 10))
      await keepLogFile(path)
    }
    const last = older * 10
    await begin(rows(last, last + 10))
    const seen: string[] = []
    const end = new AbortController()
    for await (const item of followLog({ path, backlog: 1_000 }, end.signal)) {
      seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
      // Nobody keeps the files meanwhile: the one that is read has no name any more.
      if (item.live && !seen.includes(`line ${last + 10}`)) await begin(rows(last + 10, last + 20))
      if (seen.includes(`line ${last + 19}`)) end.abort()
    }
    expect(seen).toEqual(range(0, last + 20))
  },
)

test('a copy in the place of the file that is read is read', async () => {
  await begin(rows(0, 5))
  const seen: string[] = []
  const end = new AbortController()
  for await (const item of followLog({ path, backlog: 0 }, end.signal)) {
    seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
    if (item.live && seen.length === 0) await begin(`${rows(0, 5)}${row(5)}`)
    if (seen.includes('line 5')) end.abort()
  }
  expect(seen).toEqual(range(0, 6))
})

test('a backlog may reach over several files', async () => {
  await writeFiles()
  for (const backlog of [0, 1, 100, 101, 399, 5_000, Number.MAX_SAFE_INTEGER]) {
    const seen: string[] = []
    const end = new AbortController()
    for await (const item of followLog({ path, backlog }, end.signal)) {
      seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
      if (item.live) end.abort()
    }
    expect(seen).toEqual(range(0, KEPT_FILES * 100).slice(backlog === 0 ? KEPT_FILES * 100 : -backlog))
  }
})

test('a reader loses nothing while files follow each other, and is told when its place has gone', async () => {
  const seen: string[] = []
  const gaps: string[] = []
  await begin(rows(0, 10))
  await keepLogFile(path)
  const run = async (): Promise<void> => {
    for await (const item of followLog({ path, backlog: 100_000 }, controller.signal)) {
      seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
      if (item.gap !== undefined) gaps.push(item.gap)
    }
  }
  const done = run()
  let next = 10
  for (let file = 0; file < 12; file += 1) {
    await appendFile(path, rows(next, next + 500))
    next += 500
    await begin(rows(next, next + 5))
    next += 5
    await keepLogFile(path)
    const deadline = Date.now() + 12_000
    // Files of this size would take conmon seconds; here the reader is given the time to come after.
    while (seen.length < next - 1_000 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const deadline = Date.now() + 12_000
  while (seen.length < next && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(seen).toEqual(range(0, next))
  expect(gaps).toEqual([])
  await truncate(path)
  await appendFile(path, row(next))
  while (!seen.includes(`line ${next}`) && Date.now() < deadline + 5_000)
    await new Promise((resolve) => setTimeout(resolve, 2))
  expect(gaps).toHaveLength(1)
  controller.abort()
  await done
})

const wide = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) =>
    row(from + index, `line ${from + index} ${'x'.repeat(900)}`),
  ).join('')

/** Files of the test that are open and have no name any more: they take up the disk. */
async function droppedFiles(): Promise<string[]> {
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map(async (fd) => {
      const place = `/proc/self/fd/${fd}`
      // That of the listing itself is closed by now.
      const name = await readlink(place).catch(() => '')
      return name.startsWith(directory) && (await stat(place)).nlink === 0 ? name : null
    }),
  )
  return open.filter((name) => name !== null)
}

/** Takes the first frame, leaves the stream alone while `files` more files are written, then takes all. */
async function readLate(files: number, isKept = true): Promise<{ numbers: number[]; gaps: string[] }> {
  const last = (files + 1) * 500 - 1
  await begin(wide(0, 500))
  if (isKept) await keepLogFile(path)
  const [numbers, gaps]: [number[], string[]] = [[], []]
  let hasWaited = false
  const stream = followLog({ path, backlog: 100_000 }, controller.signal)
  for (let item = await stream.next(); !item.done; item = await stream.next()) {
    const { rows: frame, gap } = item.value
    if (gap !== undefined) gaps.push(gap)
    for (const { text } of (frame && readLines(frame)) ?? []) numbers.push(Number(text.split(' ')[1]))
    if (!hasWaited) {
      hasWaited = true
      for (let file = 1; file <= files; file += 1) {
        await begin(wide(file * 500, file * 500 + 500))
        if (isKept) await keepLogFile(path)
      }
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    if (numbers.at(-1) === last) break
  }
  expect(await droppedFiles()).toEqual([])
  await stream.return(undefined)
  return { numbers, gaps }
}
const count = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)

test.each([1, KEPT_FILES - 1])('a reader that stalls over %i files loses nothing', async (files) => {
  expect(await readLate(files)).toEqual({ numbers: count(0, (files + 1) * 500), gaps: [] })
})

test('a file that nobody kept is read to its end by who reads it', async () => {
  expect(await readLate(1, false)).toEqual({ numbers: count(0, 1_000), gaps: [] })
})

test.each([KEPT_FILES, 3 * KEPT_FILES])(
  'one that stalls over %i files is told what it lost, and goes on with the oldest that is kept',
  async (files) => {
    const { numbers, gaps } = await readLate(files)
    const kept = count((files + 1 - KEPT_FILES) * 500, (files + 1) * 500)
    const before = numbers.slice(0, -kept.length)
    expect(numbers.slice(-kept.length)).toEqual(kept)
    expect(before).toEqual(count(0, before.length))
    expect(before.length).toBeLessThan(500)
    const time = (number: number) => row(number).split(' ')[0]
    const around = `${time(before.length - 1)} and ${time(kept[0] ?? 0)}`
    expect(gaps).toEqual([
      `lines between ${around} are lost: the log went on, and files that old are not kept`,
    ])
  },
)

test.each([
  [{ text: 'LINE 1' }, []],
  [{ text: 'line 1', isInverse: true }, ['line 2', 'line 3']],
  [{ text: 'LINE 1', ignoresCase: true }, ['line 1', 'line 10']],
  [{ text: 'line', stream: 'stderr' as const }, []],
])('the filter %j', async (filter, expected) => {
  await writeFile(path, `${rows(1, 4)}${row(10)}`)
  const seen: string[] = []
  const end = new AbortController()
  for await (const item of followLog({ path, backlog: 10, filter }, end.signal)) {
    seen.push(...(item.rows ? (readLines(item.rows) ?? []) : []).map(({ text }) => text))
    if (item.live) end.abort()
  }
  expect(seen).toEqual(expected)
})
