import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestAgent, type TestAgent } from './test-agent.ts'
import { createUserFiles, type UserFiles } from './user-files.ts'

const NOBODY = 65534
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8')
const hash = (value: string): string => createHash('sha256').update(value).digest('hex')

/** Looks without a pause, for the save that it waits for takes some milliseconds; half a second at most. */
async function seeSecondName(directory: string, save: Promise<unknown>): Promise<void> {
  let isOver = false
  void save.finally(() => {
    isOver = true
  })
  while (readdirSync(directory).length < 2 && !isOver) await setImmediate()
}

/** Dropping to another user takes root. */
describe.runIf(process.getuid?.() === 0)('createUserFiles', () => {
  let agent: TestAgent
  let files: UserFiles
  let place: string
  let count = 0
  const write = (path: string, value: string, expectedEtag?: string) =>
    files.writeUserFile(agent.user, {
      path,
      bytes: Buffer.from(value),
      mode: 0o600,
      ...(expectedEtag === undefined ? {} : { expectedEtag }),
    })
  const read = (path: string, maxBytes = 1_000_000) => files.readUserFile(agent.user, path, maxBytes)

  beforeAll(async () => {
    agent = await createTestAgent()
    files = createUserFiles(agent.program)
  })
  afterAll(async () => {
    await files.close()
    await agent.remove()
  })
  beforeEach(async () => {
    count += 1
    place = join(agent.home, `test-${count}`)
    await mkdir(place, { mode: 0o700 })
    await chown(place, NOBODY, NOBODY)
  })

  describe('reading', () => {
    it('gives bytes, etag, mode and owner; null when there is nothing', async () => {
      const path = join(place, 'a')
      expect(await read(path)).toBeNull()
      await write(path, 'hellö')
      const file = await read(path)
      expect(text(file?.bytes)).toBe('hellö')
      expect(file).toMatchObject({ etag: hash('hellö'), mode: 0o600, uid: NOBODY })
    })

    it('does it as the user: a file of root stays closed, also behind a link', async () => {
      const secret = join(place, 'secret')
      await writeFile(secret, 'root only', { mode: 0o600 })
      await symlink('/etc/shadow', join(place, 'link'))
      await expect(read(secret)).rejects.toMatchObject({ code: 'FILE_DENIED' })
      await expect(read(join(place, 'link'))).rejects.toMatchObject({ code: 'FILE_DENIED' })
      const status = text((await read('/proc/self/status'))?.bytes)
      // By the uid alone it would stay in the group of root (setuid(2)).
      for (const id of ['Uid', 'Gid'])
        expect(status).toMatch(new RegExp(`^${id}:\\t65534\\t65534\\t65534\\t65534$`, 'm'))
      expect(status).toMatch(/^Groups:\t\s*$/m)
      await chmod(secret, 0o640)
      await expect(read(secret)).rejects.toMatchObject({ code: 'FILE_DENIED' })
    })

    it('follows a link to a file of the user', async () => {
      await write(join(place, 'target'), 'x')
      await symlink('target', join(place, 'link'))
      expect(text((await read(join(place, 'link')))?.bytes)).toBe('x')
    })

    it.each(['fifo', 'directory', 'device'])('refuses a %s at once', async (kind) => {
      const path = kind === 'device' ? '/dev/zero' : join(place, kind)
      if (kind === 'fifo') execFileSync('mkfifo', ['-m', '666', path])
      if (kind === 'directory') await mkdir(path)
      const started = Date.now()
      await expect(read(path)).rejects.toMatchObject({ code: expect.stringMatching(/FILE_(REFUSED|DENIED)/) })
      expect(Date.now() - started).toBeLessThan(10_000)
    })

    it('refuses what is larger than allowed', async () => {
      await write(join(place, 'a'), 'x'.repeat(1_001))
      await expect(read(join(place, 'a'), 1_000)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
      expect((await read(join(place, 'a'), 1_001))?.bytes.length).toBe(1_001)
    })

    it('refuses paths that are none', async () => {
      for (const path of ['a', '', '/a/../b', '/a\0b']) {
        await expect(read(path)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
      }
    })
  })

  describe('writing', () => {
    it('replaces a file, keeps a link a link, and leaves nothing else behind', async () => {
      const path = join(place, 'dir', 'real')
      await files.ensureUserDirectory(agent.user, join(place, 'dir'), 0o700)
      await write(path, 'one')
      await symlink('dir/real', join(place, '.env'))
      const { etag } = await write(join(place, '.env'), 'two', hash('one'))
      expect(etag).toBe(hash('two'))
      expect(await readFile(path, 'utf8')).toBe('two')
      expect((await lstat(join(place, '.env'))).isSymbolicLink()).toBe(true)
      expect((await stat(path)).uid).toBe(NOBODY)
      expect(await readdir(join(place, 'dir'))).toEqual(['real'])
    })

    it('refuses when the file was changed, appeared or went', async () => {
      const path = join(place, 'a')
      await expect(write(path, 'x', hash('old'))).rejects.toMatchObject({ code: 'ENV_CHANGED' })
      await write(path, 'one', 'absent')
      await expect(write(path, 'x', 'absent')).rejects.toMatchObject({ code: 'ENV_CHANGED' })
      await expect(write(path, 'x', hash('zero'))).rejects.toMatchObject({ code: 'ENV_CHANGED' })
      expect(await readFile(path, 'utf8')).toBe('one')
      expect(await readdir(place)).toEqual(['a'])
    })

    it('lets exactly one of 50 parallel saves win', async () => {
      const path = join(place, 'a')
      await write(path, 'start')
      const saves = Array.from({ length: 50 }, (_, index) => write(path, `save ${index}`, hash('start')))
      const results = await Promise.allSettled(saves)
      const won = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []))
      expect(won).toHaveLength(1)
      expect(await readFile(path, 'utf8')).toBe(`save ${won[0]}`)
    })

    it('cannot be led to a file of root, by a link to it or by a link above it', async () => {
      const outside = join(place, '..', '..', `root-${count}`)
      await mkdir(outside, { mode: 0o755 })
      await writeFile(join(outside, 'victim'), 'untouched', { mode: 0o644 })
      await symlink(join(outside, 'victim'), join(place, 'link'))
      await symlink(outside, join(place, 'parent'))
      await expect(write(join(place, 'link'), 'x')).rejects.toMatchObject({ code: 'FILE_DENIED' })
      await expect(write(join(place, 'parent', 'victim'), 'x')).rejects.toMatchObject({ code: 'FILE_DENIED' })
      expect(await readFile(join(outside, 'victim'), 'utf8')).toBe('untouched')
      expect(await readdir(outside)).toEqual(['victim'])
    })

    it.each(['fifo', 'directory', 'dangling link'])('refuses to replace a %s', async (kind) => {
      const path = join(place, 'a')
      if (kind === 'fifo') execFileSync('mkfifo', [path])
      else if (kind === 'directory') await mkdir(path)
      else await symlink('nowhere', path)
      await expect(write(path, 'x')).rejects.toMatchObject({ code: 'FILE_REFUSED' })
    })

    it('says when the directory is missing or not writable', async () => {
      await expect(write(join(place, 'no', 'a'), 'x')).rejects.toMatchObject({ code: 'FILE_REFUSED' })
      await expect(write('/etc/razroom-test', 'x')).rejects.toMatchObject({ code: 'FILE_DENIED' })
    })

    it('keeps the old bytes on a full disk, and removes its temp file', async () => {
      const disk = join(place, 'disk')
      await mkdir(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=64k,uid=${NOBODY},mode=700`, 'tmpfs', disk])
      try {
        const path = join(disk, 'a')
        await write(path, 'old'.repeat(5_000))
        await expect(write(path, 'n'.repeat(100_000))).rejects.toMatchObject({ code: 'DISK_FULL' })
        expect(await readFile(path, 'utf8')).toBe('old'.repeat(5_000))
        expect(await readdir(disk)).toEqual(['a'])
      } finally {
        execFileSync('umount', [disk])
      }
    })

    it('is never torn by a kill -9, and cleans up after it', async () => {
      const path = join(place, 'a')
      const bodies = ['A', 'B'].map((letter) => letter.repeat(400_000))
      await write(path, bodies[0] ?? '')
      const valid = new Set(bodies.map(hash))
      let temps = 0
      // Fifty, or as many as come in half a minute.
      const end = Date.now() + 30_000
      for (let round = 0; round < 50 && (round < 10 || temps === 0 || Date.now() < end); round++) {
        // The death of the agent before may be seen by the first request after it only.
        await vi.waitFor(() => read(path), { timeout: 8_000, interval: 5 })
        const [pid = 0] = await agent.pids()
        // Else the signal would be for all that runs with this test.
        expect(pid).toBeGreaterThan(1)
        const save = write(path, bodies[round % 2] ?? '').catch((error: { code: string }) => error.code)
        // Every other time as soon as the new file is there, else at any moment.
        if (round % 2 === 0) await seeSecondName(place, save)
        else await wait(Math.random() * 12)
        process.kill(pid, 'SIGKILL')
        await save
        expect(valid.has(hash(await readFile(path, 'utf8')))).toBe(true)
        temps += (await readdir(place)).length - 1
      }
      // Else no kill came in the middle of a save, and nothing was tested.
      expect(temps).toBeGreaterThan(0)
      await vi.waitFor(() => write(path, 'end'), { timeout: 8_000, interval: 5 })
      expect(await readdir(place)).toEqual(['a'])
    }, 180_000)
  })

  describe('directories', () => {
    it('makes them with their parents, corrects a mode, and leaves a right one alone', async () => {
      const path = join(place, 'one', 'two')
      const ensure = () => files.ensureUserDirectory(agent.user, path, 0o700)
      expect(await files.hasUserDirectory(agent.user, path)).toBe(false)
      expect(await ensure()).toEqual({ created: true, corrected: false })
      expect(await ensure()).toEqual({ created: false, corrected: false })
      await chmod(path, 0o755)
      expect(await ensure()).toEqual({ created: false, corrected: true })
      expect((await stat(path)).mode & 0o777).toBe(0o700)
      expect(await files.hasUserDirectory(agent.user, path)).toBe(true)
    })

    it('says when it is a file, or root’s', async () => {
      await write(join(place, 'file'), 'x')
      const ensure = (path: string) => files.ensureUserDirectory(agent.user, path, 0o700)
      await expect(ensure(join(place, 'file'))).rejects.toMatchObject({ code: 'FILE_REFUSED' })
      await mkdir(join(place, 'root'), { mode: 0o700 })
      await expect(ensure(join(place, 'root'))).rejects.toMatchObject({ code: 'FILE_DENIED' })
    })
  })
})
