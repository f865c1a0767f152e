import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readApiToken } from './api-token.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'razroom-panel-token-'))
})
afterEach(() => rm(directory, { recursive: true }))
const path = () => join(directory, 'api-token')

test('the token is 256 bits, open to its owner alone, and the same at each start', async () => {
  const token = await readApiToken(directory)
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect((await stat(path())).mode & 0o777).toBe(0o600)
  expect(await readFile(path(), 'utf8')).toBe(`${token}\n`)
  expect(await readApiToken(directory)).toBe(token)
})

test('another one is made when its file was removed, or holds something else', async () => {
  const first = await readApiToken(directory)
  await rm(path())
  const second = await readApiToken(directory)
  expect(second).not.toBe(first)
  await writeFile(path(), 'password\n')
  expect(await readApiToken(directory)).toMatch(/^[A-Za-z0-9_-]{43}$/)
})
