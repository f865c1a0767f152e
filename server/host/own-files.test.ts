import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { readApiToken } from './api-token.ts'
import { nearestTrusted, readDiskFree } from './disk-free.ts'
import { acquireLock } from './lock.ts'
import { createCommandRunner } from './run-command.ts'
import { createStateStore } from './state-store.ts'

const { run } = createCommandRunner((text) => text)
let directory: string
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'own-files-')), 'state')
})
afterEach(() => rm(join(directory, '..'), { recursive: true }))

describe('createStateStore', () => {
  it('starts empty, keeps what it is given, and leaves the rest', async () => {
    const store = createStateStore(directory)
    expect(await store.read()).toMatchObject({ settings: null, created: [] })
    await store.update({ created: ['user:razroom'] })
    await store.update({ startDurationsMs: [5] })
    expect(await createStateStore(directory).read()).toMatchObject({
      created: ['user:razroom'],
      startDurationsMs: [5],
    })
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, 'state.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['state.json'])
  })

  it('changes single settings, and leaves the others to whom changed them meanwhile', async () => {
    const store = createStateStore(directory)
    await store.update({ settings: { adminUids: [1001] } })
    await Promise.all([
      store.update({ settings: { image: { kind: 'repo', path: '/r' } } }),
      store.update({ settings: { gatewayPort: 28789 } }),
    ])
    expect((await store.read()).settings).toEqual({
      ...defaultSettings(),
      adminUids: [1001],
      image: { kind: 'repo', path: '/r' },
      gatewayPort: 28789,
    })
  })

  it('loses no change of many at once', async () => {
    const store = createStateStore(directory)
    const names = Array.from({ length: 20 }, (_, index) => `x${index}`)
    await Promise.all(
      names.map(async () => store.update({ created: names })).concat(store.update({ startDurationsMs: [1] })),
    )
    expect(await store.read()).toMatchObject({ created: names, startDurationsMs: [1] })
  })

  it.each(['{', '{"settings":5}', '[]', ''])(
    'keeps a broken file (%j) aside and starts anew',
    async (text) => {
      const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      await mkdir(directory)
      await writeFile(join(directory, 'state.json'), text)
      expect(await createStateStore(directory).read()).toMatchObject({ settings: null })
      const [aside] = await readdir(directory)
      expect(aside).toMatch(/^state\.json\.broken-\d+$/)
      expect(await readFile(join(directory, aside ?? ''), 'utf8')).toBe(text)
      expect(said).toHaveBeenCalledOnce()
      said.mockRestore()
    },
  )
})

describe('readApiToken', () => {
  it('makes one token, of root alone, and keeps it', async () => {
    const token = await readApiToken(directory)
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await readApiToken(directory)).toBe(token)
    expect((await stat(join(directory, 'api-token'))).mode & 0o777).toBe(0o600)
  })

  it('replaces one that was damaged', async () => {
    await mkdir(directory)
    await writeFile(join(directory, 'api-token'), 'short')
    expect(await readApiToken(directory)).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})

describe('acquireLock', () => {
  it('is held by one, who is named, until it is released', async () => {
    const lock = await acquireLock(run, directory)
    await expect(acquireLock(run, directory)).rejects.toMatchObject({
      code: 'OPERATION_RUNNING',
      detail: expect.stringContaining(String(process.pid)),
    })
    await lock.release()
    await (await acquireLock(run, directory)).release()
  })

  it('is free again when its holder was killed', async () => {
    const script = [
      `import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}`,
      `import { createCommandRunner } from ${JSON.stringify(join(import.meta.dirname, 'run-command.ts'))}`,
      `await acquireLock(createCommandRunner((text) => text).run, ${JSON.stringify(directory)})`,
      `process.kill(process.pid, 'SIGKILL')`,
    ].join('\n')
    const argv = [process.execPath, '--input-type=module-typescript', '-e', script] as const
    await expect(run(argv, { timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    expect(await readFile(join(directory, 'lock'), 'utf8')).toMatch(/^\d+\n$/)
    await (await acquireLock(run, directory)).release()
  })
})

describe('readDiskFree', () => {
  it('counts bytes, also for what is not there yet', async () => {
    expect(await readDiskFree('/')).toBeGreaterThan(0)
    expect(await readDiskFree('/no/such/path')).toBe(await readDiskFree('/'))
  })

  it('does not follow what somebody else put there', async () => {
    const top = join(directory, '..')
    await symlink('/proc', join(top, 'link'))
    const isRoot = process.getuid?.() === 0
    expect(await nearestTrusted(join(top, 'link', 'self'))).toMatch(isRoot ? /^\/proc/ : /own-files-/)
    expect(await nearestTrusted('/etc/passwd/x')).toBe('/etc/passwd')
  })

  it('counts where a link to nothing, or in a circle, lies', async () => {
    const top = join(directory, '..')
    await symlink('none', join(top, 'dangling'))
    await symlink('circle', join(top, 'circle'))
    for (const name of ['dangling', 'circle']) {
      expect(await readDiskFree(join(top, name, 'x'))).toBeGreaterThan(0)
      expect(await nearestTrusted(join(top, name, 'x'))).toBe(await nearestTrusted(top))
    }
  })
})
