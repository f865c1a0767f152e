import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRedactor } from '../redact.ts'
import { createOwnership, type Ownership } from './give-back.ts'
import { giveBack } from './ownership-agent/give-back.ts'
import { createCommandRunner } from './run-command.ts'

const UID = 65534
const user = { name: 'nobody', uid: UID, gid: UID, home: '/nonexistent', shell: '/bin/false' }
const uidOf = async (path: string) => (await stat(path)).uid

/** Needs root, as the panel does: it makes files of root and of another user. */
describe.runIf(process.getuid?.() === 0)('giving files of root back', () => {
  let root: string
  let config: string
  let secret: string
  let ownership: Ownership
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'razroom-own-'))
    await chmod(root, 0o755)
    await mkdir(join(root, 'run'), { mode: 0o700 })
    // Root's own: never given away.
    await mkdir(join(root, 'vault'), { mode: 0o755 })
    secret = join(root, 'vault/secret')
    await writeFile(secret, 'secret', { mode: 0o600 })
    const home = join(root, 'home')
    config = join(home, 'config')
    await mkdir(config, { recursive: true, mode: 0o700 })
    for (const path of [home, config]) await chown(path, UID, UID)
    // The agent's second half runs as nobody, who may not read this checkout.
    const parts = join(root, 'program')
    await mkdir(parts, { mode: 0o755 })
    for (const file of ['main.ts', 'give-back.ts']) {
      await copyFile(join(import.meta.dirname, 'ownership-agent', file), join(parts, file))
      await chmod(join(parts, file), 0o644)
    }
    await writeFile(join(parts, 'package.json'), '{"type":"module"}', { mode: 0o644 })
    const nodeFile = join(root, 'node')
    await copyFile(process.execPath, nodeFile)
    await chmod(nodeFile, 0o755)
    const { run } = createCommandRunner(createRedactor(() => []))
    ownership = createOwnership({
      run,
      agentFile: join(parts, 'main.ts'),
      runDir: join(root, 'run'),
      nodeFile,
    })
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  it('gives regular files and directories back, whatever their mode, and says which', async () => {
    await mkdir(join(config, 'agents/main'), { recursive: true, mode: 0o700 })
    await writeFile(join(config, '.env'), 'A=1\n', { mode: 0o600 })
    await writeFile(join(config, 'agents/main/x'), '', { mode: 0o000 })
    await writeFile(join(config, 'mine'), '')
    await chown(join(config, 'mine'), UID, UID)
    const given = await ownership.giveBackFiles(user, [config])
    expect([...given].sort()).toEqual(
      ['.env', 'agents', 'agents/main', 'agents/main/x'].map((name) => join(config, name)).sort(),
    )
    for (const path of given) expect(await uidOf(path), path).toBe(UID)
    expect(await ownership.giveBackFiles(user, [config])).toEqual([])
  })

  it('leaves links, hard links, files of others, devices and other file systems alone', async () => {
    await symlink(secret, join(config, 'link'))
    await symlink(join(root, 'vault'), join(config, 'vault'))
    await link(secret, join(config, 'hard'))
    await writeFile(join(config, 'theirs'), '')
    await chown(join(config, 'theirs'), 1, 1)
    await mkdir(join(config, 'closed'))
    await chown(join(config, 'closed'), 1, 1)
    await writeFile(join(config, 'closed/inner'), '')
    execFileSync('mkfifo', [join(config, 'fifo')])
    execFileSync('mknod', [join(config, 'null'), 'c', '1', '3'])
    expect(await ownership.giveBackFiles(user, [config])).toEqual([])
    expect(await uidOf(secret)).toBe(0)
    for (const name of ['hard', 'fifo', 'null', 'closed/inner'])
      expect(await uidOf(join(config, name))).toBe(0)
    expect(await uidOf(join(config, 'theirs'))).toBe(1)
  })

  it('is not led away by a link on the path, and gives no directory of root’s away', async () => {
    await writeFile(join(config, '.env'), '')
    await rename(config, `${config}-real`)
    await symlink(join(root, 'vault'), config)
    for (const path of [config, join(config, 'sub'), join(root, 'home/missing/sub')])
      expect(await ownership.giveBackFiles(user, [path]), path).toEqual([])
    expect(await ownership.giveBackFiles(user, [join(root, 'vault')])).toEqual([])
    expect(await uidOf(secret)).toBe(0)
  })

  it('leaves no mount and no directory behind', async () => {
    await writeFile(join(config, '.env'), '')
    await ownership.giveBackFiles(user, [config])
    expect(execFileSync('ls', ['-A', join(root, 'run')], { encoding: 'utf8' })).toBe('')
    expect(execFileSync('cat', ['/proc/self/mountinfo'], { encoding: 'utf8' })).not.toContain(root)
  })

  it('a name that is exchanged while it looks changes nothing', async () => {
    await mkdir(join(config, 'directory'))
    await writeFile(join(config, 'file'), '')
    await writeFile(join(config, 'linked'), '')
    const { linkSync, renameSync, symlinkSync } = await import('node:fs')
    const exchange: Record<string, () => void> = {
      directory: () => symlinkSync(join(root, 'vault'), join(config, 'directory')),
      file: () => symlinkSync(secret, join(config, 'file')),
      linked: () => linkSync(secret, join(config, 'linked')),
    }
    const exchanged: string[] = []
    // Without the mount of its own, which follows no link either.
    giveBack(config, { uid: UID, gid: UID }, (path) => {
      if (exchange[path] === undefined) return
      renameSync(join(config, path), join(root, `gone-${path}`))
      exchange[path]()
      exchanged.push(path)
    })
    expect(exchanged.sort()).toEqual(['directory', 'file', 'linked'])
    expect(await uidOf(secret)).toBe(0)
    expect(await uidOf(join(root, 'vault'))).toBe(0)
  })

  it('survives a racer that exchanges directories and links all the time', async () => {
    const racer = `
      const fs = require('fs'), c = process.argv[1], v = process.argv[2]
      for (;;) for (const name of ['d', 'f']) try {
        fs.renameSync(c + '/' + name, c + '/was-' + name)
        fs.symlinkSync(name === 'd' ? v : v + '/secret', c + '/' + name)
        fs.unlinkSync(c + '/' + name)
        fs.renameSync(c + '/was-' + name, c + '/' + name)
      } catch {}`
    await mkdir(join(config, 'd'))
    await writeFile(join(config, 'd/secret'), '')
    await writeFile(join(config, 'f'), '')
    const { spawn } = await import('node:child_process')
    const child = spawn(join(root, 'node'), ['-e', racer, config, join(root, 'vault')], {
      uid: UID,
      gid: UID,
      cwd: '/',
    })
    try {
      const end = Date.now() + 8_000
      let rounds = 0
      for (; rounds <= 5 || Date.now() < end; rounds += 1) {
        await ownership.giveBackFiles(user, [config])
        expect([await uidOf(secret), await uidOf(join(root, 'vault'))]).toEqual([0, 0])
        for (const name of ['d', 'f', 'was-d', 'was-f'])
          await chown(join(config, name), 0, 0).catch(() => undefined)
      }
    } finally {
      child.kill('SIGKILL')
    }
  }, 60_000)
})
