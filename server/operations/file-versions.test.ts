import { describe, expect, it, vi } from 'vitest'
import {
  beginAuthor,
  endAuthor,
  noticeVersion,
  noticeVersions,
  saveVersioned,
  withAuthor,
} from './file-versions.ts'
import { ABSENT_ETAG } from './gateway-files.ts'
import { type FileWorld, makeFileWorld, PATHS, USER } from './test-file-world.ts'

const { envFile, configFile } = PATHS
const save = (world: FileWorld, text: string, expectedEtag = world.etag(envFile)) =>
  saveVersioned(world.host, USER, {
    file: 'env',
    path: envFile,
    bytes: new TextEncoder().encode(text),
    mode: 0o600,
    expectedEtag,
    by: 'page',
  })

describe('saveVersioned', () => {
  it('keeps what it brings, and first what it replaces when nobody had seen that', async () => {
    const world = makeFileWorld()
    world.put(envFile, 'A=1\n')
    await save(world, 'A=2\n')
    await save(world, 'A=3\n')
    expect(world.history(envFile)).toEqual(['page: A=3', 'page: A=2', 'outside: A=1'])
  })

  it('begins with the file itself where there was none', async () => {
    const world = makeFileWorld()
    await save(world, 'A=1\n')
    expect(world.history(envFile)).toEqual(['page: A=1'])
    expect(await world.host.listVersions(envFile)).toMatchObject([{ added: 1, removed: 0, sizeBytes: 4 }])
  })

  it('keeps nothing of a save that is refused, or that changes nothing', async () => {
    const world = makeFileWorld()
    await save(world, 'A=1\n')
    await expect(save(world, 'A=2\n', 'f'.repeat(64))).rejects.toMatchObject({ code: 'ENV_CHANGED' })
    await save(world, 'A=1\n')
    expect(world.history(envFile)).toEqual(['page: A=1'])
  })

  it('does not replace what it cannot keep', async () => {
    const world = makeFileWorld()
    world.put(envFile, 'A=1\n')
    world.fillDisk()
    await expect(save(world, 'A=2\n')).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(world.text(envFile)).toBe('A=1\n')
  })

  it('is done when the file is saved: the next look keeps the version', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const world = makeFileWorld()
    world.fillDisk()
    await save(world, 'A=1\n')
    expect(said).toHaveBeenCalledOnce()
    said.mockRestore()
    await noticeVersion(world.host, USER, 'env')
    expect(world.history(envFile)).toEqual(['outside: A=1'])
  })

  it('is never taken for a change from outside, whatever looks meanwhile', async () => {
    const world = makeFileWorld()
    const looks: Promise<unknown>[] = []
    for (let number = 0; number < 20; number += 1) {
      const saving = save(world, `A=${number}\n`)
      looks.push(noticeVersion(world.host, USER, 'env'), noticeVersions(world.host, USER))
      await saving
    }
    await Promise.all(looks)
    expect(world.history(envFile)).toEqual(Array.from({ length: 20 }, (_, index) => `page: A=${19 - index}`))
  })

  it('of 50 at once with the same ETag one is saved, and kept', async () => {
    const world = makeFileWorld()
    world.put(envFile, 'A=0\n')
    const etag = world.etag(envFile)
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => save(world, `A=x${index}\n`, etag)),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(world.history(envFile)).toEqual([`page: ${world.text(envFile)?.trim()}`, 'outside: A=0'])
  })
})

describe('noticeVersion', () => {
  it('keeps each change once, also that there is no file any more', async () => {
    const world = makeFileWorld()
    expect(await noticeVersion(world.host, USER, 'config')).toBe(ABSENT_ETAG)
    world.put(configFile, '{}')
    expect(await noticeVersion(world.host, USER, 'config')).toBe(world.etag(configFile))
    await noticeVersion(world.host, USER, 'config')
    world.put(configFile, null)
    await noticeVersion(world.host, USER, 'config')
    world.put(configFile, '{}')
    await noticeVersion(world.host, USER, 'config')
    expect(world.history(configFile)).toEqual(['outside: {}', 'outside: none', 'outside: {}'])
    expect(world.history(envFile)).toEqual([])
  })

  it('says what it cannot read; of both files it keeps the other one', async () => {
    const world = makeFileWorld()
    world.put(envFile, 'A=1\n')
    world.put(configFile, '{}')
    world.refuse(envFile)
    await expect(noticeVersion(world.host, USER, 'env')).rejects.toMatchObject({ code: 'FILE_DENIED' })
    await noticeVersions(world.host, USER)
    expect(world.history(configFile)).toEqual(['outside: {}'])
  })
})

describe('who changes the files', () => {
  const WIZARD = { by: 'wizard' } as const

  it('is who said so, from then until the end, and not who came before', async () => {
    const world = makeFileWorld()
    world.put(envFile, 'A=1\n')
    await beginAuthor(world.host, USER, WIZARD, 60_000)
    world.put(envFile, 'A=2\n')
    await noticeVersion(world.host, USER, 'env')
    await save(world, 'A=3\n')
    world.put(configFile, '{}')
    await endAuthor(world.host, USER, WIZARD)
    world.put(envFile, 'A=4\n')
    await noticeVersion(world.host, USER, 'env')
    expect(world.history(envFile)).toEqual(['outside: A=4', 'page: A=3', 'wizard: A=2', 'outside: A=1'])
    expect(world.history(configFile)).toEqual(['wizard: {}'])
  })

  it('is nobody known once the time is over', async () => {
    const world = makeFileWorld()
    await beginAuthor(world.host, USER, WIZARD, -1)
    world.put(envFile, 'A=1\n')
    await noticeVersion(world.host, USER, 'env')
    expect(world.history(envFile)).toEqual(['outside: A=1'])
  })

  it('is known of work that fails, too', async () => {
    const world = makeFileWorld()
    const failing = withAuthor(world.host, USER, { by: 'cli', reason: 'restore' }, async () => {
      world.put(envFile, 'A=1\n')
      throw new Error('in the middle')
    })
    await expect(failing).rejects.toThrow('in the middle')
    world.put(envFile, 'A=2\n')
    await noticeVersions(world.host, USER)
    expect(world.history(envFile)).toEqual(['outside: A=2', 'cli/restore: A=1'])
  })
})
