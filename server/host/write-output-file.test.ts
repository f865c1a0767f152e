import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeOutputFile } from './write-output-file.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'razroom-panel-output-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('a new file, for its owner alone', async () => {
  const path = join(directory, 'new.yaml')
  await writeOutputFile(path, 'kind: Secret\n')
  expect(await readFile(path, 'utf8')).toBe('kind: Secret\n')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('what is there stays: a file, and what a link leads to', async () => {
  const path = join(directory, 'old.yaml')
  await writeFile(path, 'old')
  await expect(writeOutputFile(path, 'new')).rejects.toMatchObject({ code: 'FILE_EXISTS', detail: path })
  const link = join(directory, 'link.yaml')
  await symlink(join(directory, 'elsewhere'), link)
  await expect(writeOutputFile(link, 'new')).rejects.toMatchObject({ code: 'FILE_EXISTS' })
  expect(await readFile(path, 'utf8')).toBe('old')
})

test('no such directory', async () => {
  const path = join(directory, 'no', 'new.yaml')
  await expect(writeOutputFile(path, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND', detail: path })
})
