import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendLog, linkLog } from './log-append.ts'
import { openSegments } from './log-segments.ts'

let directory: string
let path: string
const row = (text: string) => Buffer.from(`2026-11-28T04:00:00.000000000Z stdout F ${text}\n`)
const contents = async () => {
  const logs = await openSegments(path)
  const texts: string[] = []
  for (const { handle } of logs) {
    texts.push((await handle.readFile()).toString())
    await handle.close()
  }
  return texts
}
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-append-'))
  path = join(directory, 'gateway.log')
})
afterEach(() => rm(directory, { recursive: true }))

test('rows are appended to what is there, and the file is its user’s alone', async () => {
  await appendLog(path, row('one'))
  await appendLog(path, row('two'))
  expect(await contents()).toEqual([`${row('one')}${row('two')}`])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a full file is kept under its other name, and the next one begins', async () => {
  for (const text of ['one', 'two', 'three', 'four', 'five']) await appendLog(path, row(text), 100)
  expect(await contents()).toEqual([
    `${row('one')}${row('two')}`,
    `${row('three')}${row('four')}`,
    String(row('five')),
  ])
})

test('what is no plain file is refused, and nothing is written through a link', async () => {
  const target = join(directory, 'target')
  await writeFile(target, 'kept')
  await symlink(target, path)
  await expect(appendLog(path, row('one'))).rejects.toMatchObject({ code: 'FILE_REFUSED' })
  expect(await readFile(target, 'utf8')).toBe('kept')
  await unlink(path)
  await mkdir(path)
  await expect(appendLog(path, row('one'))).rejects.toMatchObject({ code: 'FILE_REFUSED' })
})

test('the container’s own file gets the name too: it grows there, and outlives its first name', async () => {
  const own = join(directory, 'ctr.log')
  expect(await linkLog(own, path)).toBe(false)
  await writeFile(own, row('one'))
  await appendLog(path, row('of before'))
  expect(await linkLog(own, path)).toBe(true)
  expect(await linkLog(own, path)).toBe(false)
  await appendFile(own, row('two'))
  await unlink(own)
  expect(await linkLog(own, path)).toBe(false)
  expect(await contents()).toEqual([String(row('of before')), `${row('one')}${row('two')}`])
  await writeFile(own, row('three'))
  expect(await linkLog(own, path)).toBe(true)
  expect((await contents()).at(-1)).toBe(String(row('three')))
  expect(await contents()).toHaveLength(3)
})

test('a name that was left half way is in nobody’s way', async () => {
  const own = join(directory, 'ctr.log')
  await writeFile(own, row('one'))
  await link(own, `${path}.next`)
  expect(await linkLog(own, path)).toBe(true)
  expect(await contents()).toEqual([String(row('one'))])
})
