import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readInputFile } from './read-input-file.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'razroom-panel-input-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('reads the bytes of a file, also through a symlink', async () => {
  await writeFile(join(directory, 'a.env'), Uint8Array.of(65, 61, 255, 10))
  await symlink('a.env', join(directory, 'link'))
  expect(await readInputFile(join(directory, 'link'))).toEqual(Uint8Array.of(65, 61, 255, 10))
})

test('takes 1 MiB and not a byte more', async () => {
  const path = join(directory, 'big')
  await writeFile(path, Buffer.alloc(1_048_576, 97))
  expect(await readInputFile(path)).toHaveLength(1_048_576)
  await writeFile(path, Buffer.alloc(1_048_577, 97))
  await expect(readInputFile(path)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
})

test('refuses what is no regular file, without waiting for it', async () => {
  const fifo = join(directory, 'fifo')
  execFileSync('mkfifo', [fifo])
  for (const path of [fifo, directory, '/dev/zero'])
    await expect(readInputFile(path)).rejects.toMatchObject({ code: 'FILE_REFUSED' })
})

test('a file that is not there is a problem of its own', async () => {
  await expect(readInputFile(join(directory, 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(readInputFile('/dev/null/x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
