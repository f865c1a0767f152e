import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestBackups, type TestBackups } from './backup/test-backups.ts'

let test: TestBackups
beforeEach(async () => {
  test = await createTestBackups()
})
afterEach(() => test.remove())

const here = (path: string): string => join(test.directories.configDir, path)
async function put(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await mkdir(dirname(here(path)), { recursive: true, mode: 0o700 })
  await writeFile(here(path), content, { mode })
  await chmod(here(path), mode)
}

/** Every path below with its kind, mode and content. */
async function picture(directory: string, below = ''): Promise<string[]> {
  const lines: string[] = []
  for (const name of (await readdir(join(directory, below))).sort()) {
    const path = join(below, name)
    const found = await lstat(join(directory, path))
    const mode = (found.mode & 0o7777).toString(8)
    if (found.isSymbolicLink()) lines.push(`${path} -> ${await readlink(join(directory, path))}`)
    else if (found.isDirectory()) lines.push(`${path}/ ${mode}`, ...(await picture(directory, path)))
    else lines.push(`${path} ${mode} ${(await readFile(join(directory, path))).toString('base64')}`)
  }
  return lines
}

const make = (change = {}) => test.backups.makeBackup(test.user, test.order(change))
async function restore(name: string, includesWorkspace = true) {
  const { manifest } = await test.backups.verifyBackup({ name })
  const order = { directories: test.directories, includesWorkspace, manifest }
  return test.backups.restoreBackup(test.user, { name }, order)
}

/** Names as people and programs make them; unique without regard to case of nothing. */
const fileName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter(
    (name) => !/[/\0\ufffd]/.test(name) && !['.', '..', 'workspace'].includes(name) && name.isWellFormed(),
  )
const content = fc.uint8Array({ maxLength: 3_000 })

describe('a backup', () => {
  it('brings any tree back as it was', async () => {
    const tree = fc.array(
      fc.record({
        path: fc.array(fileName, { minLength: 1, maxLength: 4 }),
        inWorkspace: fc.boolean(),
        content,
        mode: fc.constantFrom(0o600, 0o644, 0o755, 0o400),
      }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const { configDir } = test.directories
        await rm(configDir, { recursive: true })
        await mkdir(configDir, { mode: 0o700 })
        for (const { path, inWorkspace, content: bytes, mode } of files) {
          const full = join(inWorkspace ? 'workspace' : '.', ...path)
          // A name may be a file of one and a directory of another.
          await put(full, bytes, mode).catch((error: NodeJS.ErrnoException) => {
            if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) throw error
          })
        }
        const before = await picture(configDir)
        const { name } = await make()
        await rm(configDir, { recursive: true })
        await restore(name)
        expect(await picture(configDir)).toEqual(before)
        const again = await restore(name)
        expect(again).toMatchObject({ written: 0, aside: [] })
        await test.backups.removeBackup(name)
      }),
      { numRuns: 20 },
    )
  }, 120_000)

  it('tells what it is, and what it left out', async () => {
    await put('.env', 'A=1\n')
    await put('workspace/note', 'n')
    await symlink('../.env', here('workspace/in'))
    await symlink('/etc/passwd', here('workspace/out'))
    const made = await make({ reason: 'update' })
    expect(made).toMatchObject({ reason: 'update', files: 2, includesWorkspace: true, unsettled: [] })
    expect(made.leftOut).toEqual([{ path: 'workspace/out', why: 'a link that leads outside' }])
    expect(made.name).toMatch(/^razroom-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.zst$/)
    expect((await lstat(made.path)).mode & 0o777).toBe(0o600)
    expect(await test.backups.listBackups()).toMatchObject([{ name: made.name, reason: 'update' }])
    const second = await make()
    expect(second.name).not.toBe(made.name)
    const { manifest, envFile } = await test.backups.verifyBackup({ path: second.path })
    expect(manifest).toMatchObject({ panelVersion: '9.9.9', user: 'razroom', workspaceInConfig: 'workspace' })
    expect(Buffer.from(envFile ?? []).toString()).toBe('A=1\n')
  })

  it('can leave the workspace out, wherever it lies', async () => {
    await put('.env', 'A=1\n')
    await put('workspace/note', 'n')
    const made = await make({ includesWorkspace: false })
    const { manifest } = await test.backups.verifyBackup({ name: made.name })
    expect(manifest.entries.map(({ path }) => path)).toEqual(['config', 'config/.env'])
  })

  it('has the bytes of an .env that is a link to elsewhere', async () => {
    await writeFile(join(test.top, 'real.env'), 'A=2\n')
    await symlink(join(test.top, 'real.env'), here('.env'))
    const { name, leftOut } = await make()
    expect(leftOut).toEqual([])
    await rm(here('.env'))
    await restore(name)
    expect(await readFile(here('.env'), 'utf8')).toBe('A=2\n')
  })

  it('never replaces a file, needs its directory, and says how it is packed by its name', async () => {
    await put('.env', 'A=1\n')
    const path = join(test.top, 'mine.tar.gz')
    await make({ path })
    const before = await readFile(path)
    await expect(make({ path })).rejects.toMatchObject({ code: 'BACKUP_EXISTS' })
    expect(await readFile(path)).toEqual(before)
    await expect(make({ path: join(test.top, 'none/x.tar.gz') })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      detail: expect.stringContaining('there is no directory') as string,
    })
    await expect(make({ path: join(test.top, 'x.zip') })).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    await expect(make({ path: 'x.tar.gz' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect((await readdir(test.top)).sort()).toEqual(['home', 'mine.tar.gz', 'state'])
  })

  it('leaves no file when it fails', async () => {
    await put('.env', 'A=1\n')
    await rm(test.directories.configDir, { recursive: true })
    await expect(make()).rejects.toMatchObject({ code: 'FILE_REFUSED' })
    expect(await readdir(join(test.top, 'state/backups'))).toEqual([])
  })

  it('is not found under another name', async () => {
    for (const name of ['none.tar.zst', '../state.json', '.hidden'])
      await expect(test.backups.removeBackup(name)).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
    await expect(test.backups.verifyBackup({ path: '/nowhere/x.tar.gz' })).rejects.toMatchObject({
      code: 'ARCHIVE_NOT_FOUND',
    })
  })
})

describe('a restore', () => {
  it('keeps what the backup does not have, and what is of another kind under another name', async () => {
    await put('.env', 'old')
    await put('dir/file', 'f')
    await put('plain', 'p')
    await symlink('plain', here('link'))
    const { name } = await make()
    await rm(here('dir'), { recursive: true })
    await rm(here('plain'))
    await rm(here('link'))
    await mkdir(join(test.top, 'elsewhere'))
    await symlink(join(test.top, 'elsewhere'), here('dir'))
    await mkdir(here('plain/inner'), { recursive: true })
    await put('link', 'not a link')
    await put('extra', 'mine')
    await put('.env', 'new')
    const { aside } = await restore(name)
    expect(aside).toHaveLength(3)
    expect(await readdir(join(test.top, 'elsewhere'))).toEqual([])
    expect(await readFile(here('dir/file'), 'utf8')).toBe('f')
    expect(await readFile(here('.env'), 'utf8')).toBe('old')
    expect(await readFile(here('extra'), 'utf8')).toBe('mine')
    expect(await readlink(here('link'))).toBe('plain')
    const names = await readdir(test.directories.configDir)
    expect(names.filter((entry) => entry.includes('.replaced-'))).toHaveLength(3)
  })

  it('leaves the mode of a directory that is another’s: podman makes the place of a mount within a mount', async () => {
    const place = join(test.directories.configDir, 'mount')
    await mkdir(place)
    await chown(place, 231_072, 231_072)
    await chmod(place, 0o1755)
    const { name } = await make()
    await restore(name)
    expect((await stat(place)).mode & 0o7777).toBe(0o1755)
    await rm(place, { recursive: true })
  })

  it('writes to the place of a link, never through it', async () => {
    await put('razroom.json', '{}')
    await put('notes', 'saved')
    const { name } = await make()
    await rm(here('notes'))
    await writeFile(join(test.top, 'victim'), 'untouched')
    await symlink(join(test.top, 'victim'), here('notes'))
    await restore(name)
    expect(await readFile(join(test.top, 'victim'), 'utf8')).toBe('untouched')
    expect(await readFile(here('notes'), 'utf8')).toBe('saved')
  })

  it('can leave the workspace alone', async () => {
    await put('.env', 'old')
    await put('workspace/note', 'old')
    const { name } = await make()
    await put('.env', 'new')
    await put('workspace/note', 'new')
    await restore(name, false)
    expect(await readFile(here('.env'), 'utf8')).toBe('old')
    expect(await readFile(here('workspace/note'), 'utf8')).toBe('new')
  })

  it('ends the same when it was cut off anywhere before', async () => {
    for (let number = 0; number < 12; number++)
      await put(`d${number % 3}/f${number}`, 'x'.repeat(number * 100))
    const before = await picture(test.directories.configDir)
    const { name } = await make()
    for (let bytes = 512; bytes < 20_000; bytes += 1_100) {
      await rm(test.directories.configDir, { recursive: true })
      test.cutRestoreAfter(bytes)
      await expect(restore(name), `${bytes} bytes`).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
      test.cutRestoreAfter(null)
      await mkdir(test.directories.configDir, { recursive: true })
      await writeFile(here('.f.restore.razroom-panel-1-0123456789ab.tmp'), 'left by one that was killed')
      await restore(name)
      expect(await picture(test.directories.configDir)).toEqual(before)
    }
  }, 60_000)

  it('refuses a file that is no backup, and changes nothing', async () => {
    await put('.env', 'A=1\n')
    await writeFile(join(test.top, 'x.tar.gz'), 'hello')
    await expect(test.backups.verifyBackup({ path: join(test.top, 'x.tar.gz') })).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
    })
    await expect(test.backups.verifyBackup({ path: test.top })).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
    })
  })

  it('says why a path is no place for a file', async () => {
    await put('.env', 'A=1\n')
    await writeFile(join(test.top, 'file'), '')
    await symlink(join(test.top, 'none'), join(test.top, 'dangling'))
    for (const name of ['file', 'dangling', 'none']) {
      await expect(make({ path: join(test.top, name, 'x.tar.gz') })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        detail: expect.stringContaining(join(test.top, name)),
      })
      await expect(
        test.backups.verifyBackup({ path: join(test.top, name, 'x.tar.gz') }),
      ).rejects.toMatchObject({
        code: 'ARCHIVE_NOT_FOUND',
        detail: expect.stringContaining(join(test.top, name)),
      })
    }
  })

  it('measures the room where each directory lies, also before it is there', async () => {
    const { config, workspace } = await test.backups.readTreeRoom(test.user, {
      configDir: join(test.top, 'none', 'below'),
      workspaceDir: '/dev/shm',
    })
    expect(config.device).toBe((await stat(test.top)).dev)
    expect(workspace.device).toBe((await stat('/dev/shm')).dev)
    for (const { freeBytes, totalBytes } of [config, workspace]) {
      expect(totalBytes).toBeGreaterThan(0)
      expect(freeBytes).toBeLessThanOrEqual(totalBytes)
    }
  })

  it('remembers whether the gateway is to be started', async () => {
    await make()
    expect(await test.backups.readRestoreMark()).toBeNull()
    for (const startAfter of [true, false]) {
      const mark = { startAfter, backup: 'a'.repeat(64), since: '2026-11-23T11:40:00.000Z' }
      await test.backups.writeRestoreMark(mark)
      expect(await test.backups.readRestoreMark()).toEqual(mark)
    }
    for (const text of ['{"startAfter":true}\n', 'true', '{']) {
      await writeFile(join(test.top, 'state', 'restore.json'), text)
      expect(await test.backups.readRestoreMark()).toBeNull()
    }
    await test.backups.writeRestoreMark(null)
    expect(await test.backups.readRestoreMark()).toBeNull()
  })
})
