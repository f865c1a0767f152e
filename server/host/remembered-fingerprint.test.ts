import { chmod, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rememberFingerprint } from './remembered-fingerprint.ts'

/** Longer than the kernel's clock of files takes for a tick. */
const TICK_MS = 20

let path: string
let made: number
const make = async () => {
  made += 1
  return `print ${made}`
}

beforeEach(async () => {
  made = 0
  path = await mkdtemp(join(tmpdir(), 'fingerprint-'))
  await mkdir(join(path, 'tree/deep'), { recursive: true })
  await writeFile(join(path, 'tree/deep/file'), 'one')
  await writeFile(join(path, 'Dockerfile'), 'FROM scratch\n')
})
afterEach(() => rm(path, { recursive: true }))

const directory = () => ({ path, reader: null, parts: ['Dockerfile', 'tree'], excludes: [] })

it('is made once for files that stay as they are, and again after each kind of change', async () => {
  const print = rememberFingerprint(TICK_MS)
  await wait(2 * TICK_MS)
  expect([await print(directory(), make), await print(directory(), make)]).toEqual(['print 1', 'print 1'])
  const file = join(path, 'tree/deep/file')
  const changes = [
    // As many bytes as before: first a file that is put in its place, then other bytes in place with the time set back.
    async () => {
      await writeFile(`${file}.new`, 'two')
      await utimes(`${file}.new`, 1, 1)
      await rename(`${file}.new`, file)
    },
    async () => {
      await writeFile(file, 'six')
      await utimes(file, 1, 1)
    },
    () => chmod(file, 0o755),
    () => writeFile(join(path, 'tree/more'), ''),
    () => rm(join(path, 'tree/more')),
    () => writeFile(join(path, 'Dockerfile'), 'FROM scratch\nUSER node\n'),
  ]
  for (const [index, change] of changes.entries()) {
    await change()
    await wait(2 * TICK_MS)
    for (const _look of ['first', 'second'])
      expect(await print(directory(), make), `change ${index}`).toBe(`print ${index + 2}`)
  }
})

it('is not kept while a file has changed just now, or changes meanwhile', async () => {
  const doubting = rememberFingerprint(60_000)
  await doubting(directory(), make)
  await doubting(directory(), make)
  expect(made).toBe(2)
  const print = rememberFingerprint(TICK_MS)
  await wait(2 * TICK_MS)
  const changing = async () => {
    await chmod(join(path, 'tree/deep/file'), 0o700)
    return make()
  }
  await print(directory(), changing)
  await wait(2 * TICK_MS)
  await print(directory(), make)
  expect(made).toBe(4)
})
