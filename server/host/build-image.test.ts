import { execFileSync } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CommandError } from '../errors.ts'
import { createImageBuilder } from './build-image.ts'
import type { ImageFacts, UserAccount } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'
import { createRunAsUser } from './run-as-user.ts'
import { createCommandRunner } from './run-command.ts'

const NOBODY = 65534
const { run } = createCommandRunner((text) => text)

/** Another user is needed to see that it can read what it is given. */
describe.runIf(process.getuid?.() === 0)('createImageBuilder', () => {
  let top: string
  let repo: string
  let user: UserAccount
  let onBuild: (copy: string, argv: readonly string[]) => Promise<void>
  beforeEach(async () => {
    top = await mkdtemp('/var/tmp/build-image-')
    await chmod(top, 0o755)
    repo = join(top, 'repo')
    await mkdir(repo, { mode: 0o700 })
    await writeFile(join(repo, 'Dockerfile'), 'FROM scratch\n')
    const home = join(top, 'home')
    await mkdir(home, { mode: 0o700 })
    execFileSync('chown', ['65534:65534', home])
    user = { name: 'nobody', uid: NOBODY, gid: NOBODY, home, shell: '/bin/false' }
    onBuild = async () => undefined
  })
  afterEach(() => rm(top, { recursive: true }))

  const asUser = createRunAsUser(run)
  /** Everything but podman itself is real. */
  const runAsUser: RunAsUser = async (account, argv, options) => {
    if (argv[0] !== 'podman') return asUser(account, argv, { ...options, direct: true })
    await onBuild(argv.at(-1) ?? '', argv)
    return { exitCode: 0, stdout: '', stderrLines: [] }
  }
  const image: ImageFacts = {
    id: 'x',
    reference: 't',
    createdAt: '',
    sizeBytes: 1,
    labels: {},
    references: [],
    env: [],
  }
  const builder = createImageBuilder({
    run,
    runAsUser,
    podman: { inspectImage: async () => image },
    bundledDir: '/nowhere',
  })
  const build = (signal?: AbortSignal) =>
    builder.buildImage(user, { source: { kind: 'repo', path: repo }, tag: 't' }, signal ? { signal } : {})
  const print = () => builder.fingerprintSource({ kind: 'repo', path: repo })

  it('hands everything but .git over to the user, whole, and takes it away after that', async () => {
    await mkdir(join(repo, '.git'))
    await mkdir(join(repo, 'sealed', 'deep'), { recursive: true })
    await writeFile(join(repo, 'sealed', 'deep', 'big'), Buffer.alloc(30_000_000, 7))
    await writeFile(join(repo, 'script'), 'x', { mode: 0o755 })
    await symlink('/etc/shadow', join(repo, 'link'))
    await chmod(join(repo, 'sealed'), 0o500)
    let seen: string[] = []
    onBuild = async (copy) => {
      seen = (await readdir(copy, { recursive: true })).sort()
      expect((await readFile(join(copy, 'sealed', 'deep', 'big'))).length).toBe(30_000_000)
      expect(await readlink(join(copy, 'link'))).toBe('/etc/shadow')
      const owner = execFileSync('stat', ['-c', '%U %a', copy, join(copy, 'script')], { encoding: 'utf8' })
      expect(owner).toBe('nobody 700\nnobody 755\n')
    }
    expect(await build()).toBe(image)
    expect(seen).toEqual(['Dockerfile', 'link', 'script', 'sealed', 'sealed/deep', 'sealed/deep/big'])
    expect(await readdir(join(user.home, '.cache', 'razroom-panel'))).toEqual([])
  })

  it('labels the image with the fingerprint, which tells content, modes and names', async () => {
    let label = ''
    onBuild = async (_copy, argv) => {
      label = argv[argv.indexOf('--label') + 1] ?? ''
    }
    await build()
    const first = await print()
    expect(label).toBe(`io.razroom.panel.source=${first}`)
    await utimes(join(repo, 'Dockerfile'), 1, 1)
    await mkdir(join(repo, '.git'))
    expect(await print()).toBe(first)
    const prints = new Set([first])
    await writeFile(join(repo, 'a'), 'x')
    prints.add(await print())
    await chmod(join(repo, 'a'), 0o755)
    prints.add(await print())
    await writeFile(join(repo, 'a'), 'y')
    prints.add(await print())
    await rm(join(repo, 'a'))
    expect(prints.size).toBe(4)
    expect(await print()).toBe(first)
  })

  it('says why a build failed, and cleans up', async () => {
    onBuild = () => Promise.reject(new CommandError({ argv: ['podman'], exitCode: 1, lastLines: ['no'] }))
    await expect(build()).rejects.toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      detail: expect.stringContaining('no'),
    })
    expect(await readdir(join(user.home, '.cache', 'razroom-panel'))).toEqual([])
  })

  it('says that the disk is full', async () => {
    await writeFile(join(repo, 'big'), Buffer.alloc(5_000_000))
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=1m,uid=${NOBODY},mode=700`, 'tmpfs', user.home])
    try {
      await expect(build()).rejects.toMatchObject({ code: 'DISK_FULL' })
    } finally {
      execFileSync('umount', [user.home])
    }
  })

  it('stops in the middle of the copy', async () => {
    await writeFile(join(repo, 'big'), Buffer.alloc(300_000_000))
    const controller = new AbortController()
    const started = Date.now()
    setTimeout(() => controller.abort(), 150)
    await expect(build(controller.signal)).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
    expect(Date.now() - started).toBeLessThan(15_000)
  })
})
