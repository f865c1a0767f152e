import {
  appendFileSync,
  linkSync,
  renameSync,
  type StatSyncOptions,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { appendFile, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { readLines } from '../../../contract/log-rows.ts'
import { linkLog } from './log-append.ts'
import { followLog } from './log-follow.ts'
import { keepLogFile } from './log-segments.ts'
import { beginFile, row, useLogPlace } from './test-log-files.ts'

/** What happens right behind the next look at a file, once. */
const meanwhile = vi.hoisted((): { path: string; happens: (() => void) | null } => ({
  path: '',
  happens: null,
}))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const statSync = (path: string, options: StatSyncOptions) => {
    const found = original.statSync(path, options)
    const { happens } = meanwhile
    if (path !== meanwhile.path || happens === null) return found
    meanwhile.happens = null
    happens()
    return found
  }
  return { ...original, statSync }
})

let path: string
let end: AbortController
useLogPlace((place) => {
  ;({ path, controller: end } = place)
  meanwhile.path = path
})

/** conmon leaves the file that is written to while nobody looks. */
function leaveFile(number: number): void {
  writeFileSync(`${path}.tmp`, row(number))
  renameSync(`${path}.tmp`, path)
}

/** Takes up to so many lines, with `gap` where something is missing, and ends. */
async function follow(
  count: number,
  onLive: () => Promise<void> = async () => undefined,
  backlog = 100,
): Promise<string[]> {
  const seen: string[] = []
  let wasLive = false
  for await (const item of followLog({ path, backlog }, end.signal)) {
    if (item.gap !== undefined) seen.push('gap')
    seen.push(...((item.rows && readLines(item.rows)) ?? []).map(({ text }) => text))
    if (seen.length >= count) break
    if (item.live && !wasLive) {
      wasLive = true
      await onLive()
    }
  }
  return seen
}

test('a file that is left while it is given its name is told of', async () => {
  await beginFile(path, row(0))
  await keepLogFile(path)
  await beginFile(path, row(1))
  meanwhile.happens = () => leaveFile(2)
  expect(await keepLogFile(path)).toBe(true)
  expect(meanwhile.happens).toBeNull()
  expect(await follow(3)).toEqual(['line 0', 'gap', 'line 2'])
  const [note] = JSON.parse(await readFile(`${path}.lost`, 'utf8')) as unknown[]
  expect(note).toMatchObject({
    from: row(0).slice(0, 35),
    to: row(2).slice(0, 35),
    isCertain: true,
  })
})

test('nothing is told where no file was kept before', async () => {
  await beginFile(path, row(0))
  meanwhile.happens = () => leaveFile(1)
  expect(await keepLogFile(path)).toBe(true)
  expect(await follow(1)).toEqual(['line 1'])
  await expect(stat(`${path}.lost`)).rejects.toThrow('ENOENT')
})

test('nothing is told where the file that is left had no row', async () => {
  await beginFile(path, row(0))
  await keepLogFile(path)
  await beginFile(path, '')
  meanwhile.happens = () => leaveFile(1)
  await keepLogFile(path)
  await keepLogFile(path)
  expect(await follow(2)).toEqual(['line 0', 'line 1'])
})

/** A kept file, one that nobody kept, and the next one without a row as yet; at `path` unless it is made elsewhere. */
async function loseBeforeEmpty(at = path): Promise<void> {
  await writeFile(at, fresh('one'))
  if (at === path) await keepLogFile(path)
  else await linkLog(at, path)
  // Written to before its name went, on a clock that is slow as well.
  await utimes(at, new Date(), new Date(Date.now() - 1_000))
  await beginFile(at, fresh('lost'))
  const { ctimeNs } = await stat(path === at ? `${path}.1` : path, { bigint: true })
  for (;;) {
    await writeFile(`${at}.tmp`, '')
    if ((await stat(`${at}.tmp`, { bigint: true })).birthtimeNs > ctimeNs) break
    await rm(`${at}.tmp`)
  }
  renameSync(`${at}.tmp`, at)
}
const fresh = (text: string): string =>
  `${new Date().toISOString().replace('Z', '000000+00:00')} stdout F ${text}\n`

test('whether a file is lost before one without a row is told when that has one', async () => {
  await loseBeforeEmpty()
  expect(await keepLogFile(path)).toBe(false)
  expect(await keepLogFile(path)).toBe(false)
  await appendFile(path, fresh('three'))
  expect(await keepLogFile(path)).toBe(true)
  expect(await follow(3)).toEqual(['one', 'gap', 'three'])
})

test('who follows meanwhile is told as well', async () => {
  await loseBeforeEmpty()
  expect(await follow(3, () => appendFile(path, fresh('three')))).toEqual(['one', 'gap', 'three'])
})

test('a file without a row is not given the name of the log', async () => {
  const elsewhere = `${path}.elsewhere`
  await loseBeforeEmpty(elsewhere)
  expect(await linkLog(elsewhere, path)).toBe(false)
  await appendFile(elsewhere, fresh('three'))
  expect(await linkLog(elsewhere, path)).toBe(true)
  expect(await follow(3)).toEqual(['one', 'gap', 'three'])
})

test('who follows from an empty file on is shown no line of before it, whatever takes its place', async () => {
  await beginFile(path, row(0))
  await keepLogFile(path)
  await beginFile(path, '')
  const seen = follow(
    1,
    async () => {
      await beginFile(path, '')
      // Of another time than the file's: whether a file is missing before it is not the question here.
      await appendFile(path, row(1))
    },
    0,
  )
  expect(await seen).toEqual(['line 1'])
})

test('the place behind an empty file is that behind the lines before it', async () => {
  await beginFile(path, row(0))
  await keepLogFile(path)
  await beginFile(path, '')
  for await (const { live, cursor = '' } of followLog({ path, backlog: 0 }, end.signal)) {
    if (!live) continue
    await appendFile(path, fresh('new'))
    const texts: string[] = []
    for await (const { rows } of followLog({ path, backlog: 0, after: cursor }, end.signal)) {
      texts.push(...((rows && readLines(rows)) ?? []).map(({ text }) => text))
      if (texts.length > 0) break
    }
    expect(texts).toEqual(['new'])
    break
  }
})

/** The empty file gets a row and its second name, and the next one begins. */
function goOn(): void {
  appendFileSync(path, row(1))
  renameSync(`${path}.1`, `${path}.2`)
  linkSync(path, `${path}.1`)
  leaveFile(2)
}

test('a file that was empty at the look before is not left out', async () => {
  await beginFile(path, row(0))
  await keepLogFile(path)
  await beginFile(path, '')
  meanwhile.happens = goOn
  expect(await follow(3)).toEqual(['line 0', 'line 1', 'line 2'])
  expect(meanwhile.happens).toBeNull()
})

test('a link in a circle in the place of a kept file does not keep the others from their names', async () => {
  await beginFile(path, row(0))
  symlinkSync(`${path}.1`, `${path}.1`)
  expect(await keepLogFile(path)).toBe(true)
  expect((await stat(`${path}.1`)).ino).toBe((await stat(path)).ino)
})
