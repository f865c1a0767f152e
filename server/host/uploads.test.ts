import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createUploads, type Uploads } from './uploads.ts'

let stateDir: string
let uploads: Uploads
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'uploads-'))
  uploads = createUploads(stateDir)
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const names = () => readdir(join(stateDir, 'uploads'))
const save = (text: string, expected: number | null = null) =>
  uploads.saveUpload(Readable.from([Buffer.from(text)]), expected)

describe('an upload', () => {
  it('is a file for root alone', async () => {
    const { path, sizeBytes } = await save('archive')
    expect(sizeBytes).toBe(7)
    expect(await readFile(path, 'utf8')).toBe('archive')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(stateDir, 'uploads'))).mode & 0o777).toBe(0o700)
    expect(path).toMatch(/\/uploads\/upload-[0-9a-f]{32}$/)
  })

  it('leaves nothing when it breaks off', async () => {
    async function* broken() {
      yield Buffer.from('half')
      throw new Error('gone')
    }
    await expect(uploads.saveUpload(Readable.from(broken()), null)).rejects.toThrow('gone')
    expect(await names()).toEqual([])
  })

  it('is refused before it is read when the disk has no room for it', async () => {
    await expect(save('x', Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(await names()).toEqual([])
  })

  it('is one of four: the oldest goes, and what is older than a day', async () => {
    const paths: string[] = []
    for (const text of ['a', 'b', 'c', 'd']) paths.push((await save(text)).path)
    for (const [index, path] of paths.entries())
      await utimes(path, 0, Date.now() / 1000 - (index === 1 ? 90_000 : 100 - index))
    const left = join(stateDir, 'uploads', `upload-${'0'.repeat(32)}.part`)
    await writeFile(left, 'killed')
    await utimes(left, 0, Date.now() / 1000 - 90_000)
    const last = await save('e')
    const kept = await names()
    expect(kept.map((name) => join(stateDir, 'uploads', name)).sort()).toEqual(
      [paths[0], paths[2], paths[3], last.path].sort(),
    )
  })
})

describe('removing', () => {
  it('takes an upload and nothing else', async () => {
    const { path } = await save('x')
    const other = join(stateDir, 'uploads', 'other')
    await writeFile(other, 'x')
    await uploads.removeUpload(other)
    await uploads.removeUpload(join(stateDir, 'state.json'))
    expect((await names()).length).toBe(2)
    await uploads.removeUpload(path)
    await uploads.removeUpload(path)
    expect(await names()).toEqual(['other'])
  })
})
