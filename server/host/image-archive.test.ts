import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CommandError, HostError } from '../errors.ts'
import type { ImageFacts, UserAccount } from './host.ts'
import { createArchiveLoader } from './image-archive.ts'
import type { ListedImage } from './images.ts'
import { createRunAsUser, type RunAsUser } from './run-as-user.ts'
import { createCommandRunner, type RunCommand } from './run-command.ts'

const NOBODY = 65534
const TAG = 'localhost/razroom:archive'
const { run } = createCommandRunner((text) => text)

/** Another user is needed to see what it may read; everything but podman itself is real. */
describe.runIf(process.getuid?.() === 0)('createArchiveLoader', () => {
  let top: string
  let archive: string
  let user: UserAccount
  let onLoad: (copy: string, argv: readonly string[], signal?: AbortSignal) => Promise<string>
  /** Called when the archive was looked at, before it is read. */
  let onLooked: () => Promise<void>
  let images: ListedImage[]
  let named: string[]
  let removed: string[]
  beforeEach(async () => {
    top = await mkdtemp('/var/tmp/image-archive-')
    await chmod(top, 0o755)
    archive = join(top, 'image.tar')
    await writeFile(archive, Buffer.alloc(3_000_000, 7), { mode: 0o600 })
    const home = join(top, 'home')
    await mkdir(home, { mode: 0o700 })
    execFileSync('chown', [`${NOBODY}:${NOBODY}`, home])
    user = { name: 'nobody', uid: NOBODY, gid: NOBODY, home, shell: '/bin/false' }
    onLoad = async () => 'Loaded image: localhost/x:1'
    onLooked = async () => undefined
    images = []
    named = []
    removed = []
  })
  afterEach(() => rm(top, { recursive: true }))

  const asUser = createRunAsUser(run)
  const runAsUser: RunAsUser = async (account, argv, options) => {
    if (!argv.includes('podman')) return asUser(account, argv, { ...options, direct: true })
    return {
      exitCode: 0,
      stdout: await onLoad(argv.at(-1) ?? '', argv, options.watch?.signal),
      stderrLines: [],
    }
  }
  const imageOf = (id: string): ImageFacts => ({
    id,
    reference: id,
    createdAt: '',
    sizeBytes: 1,
    labels: {},
    references: [],
    env: [],
  })
  const runThenChange: RunCommand = async (argv, options) => {
    const result = await run(argv, options)
    if (argv[0] === 'find') await onLooked()
    return result
  }
  const loader = createArchiveLoader({
    run: runThenChange,
    runAsUser,
    podman: { inspectImage: async (_user, name) => imageOf(`id-of-${name}`) },
    images: {
      listImages: async () => images,
      tagImage: async (_user, id, name) => void named.push(`${name} = ${id}`),
      removeImages: async (_user, ids) => void removed.push(...ids),
    },
  })
  const load = (path = archive, signal?: AbortSignal) =>
    loader.loadArchive(user, path, TAG, signal ? { signal } : {})
  const leftovers = () => readdir(join(user.home, '.cache', 'razroom-panel'))

  it('hands the bytes over to the user alone, and takes them away after that', async () => {
    onLoad = async (copy, argv) => {
      expect(await readFile(copy)).toEqual(await readFile(archive))
      const { uid, mode } = await stat(join(copy, '..'))
      expect([uid, mode & 0o777]).toEqual([NOBODY, 0o700])
      expect(argv.slice(0, 5)).toEqual([
        'env',
        `TMPDIR=${join(copy, '..')}`,
        'prlimit',
        '--fsize=1073741824',
        '--',
      ])
      return 'Loaded image: localhost/x:1'
    }
    const { image, archive: facts } = await load()
    expect(image).toMatchObject({ id: 'id-of-localhost/x:1', reference: TAG })
    expect(facts.sha256).toBe(
      createHash('sha256')
        .update(await readFile(archive))
        .digest('hex'),
    )
    expect(named).toEqual([`${TAG} = id-of-localhost/x:1`])
    expect(await leftovers()).toEqual([])
  })

  it('gives names of other images back', async () => {
    const bundled = 'localhost/razroom-bundled:local'
    images = [{ id: 'mine', references: [bundled], createdAt: '', sizeBytes: 1 }]
    onLoad = async () => `Loaded image: ${bundled}`
    await load()
    expect(named).toEqual([`${bundled} = mine`, `${TAG} = id-of-${bundled}`])
  })

  it('takes one image, and removes several again', async () => {
    images = [{ id: 'id-of-old', references: ['old'], createdAt: '', sizeBytes: 1 }]
    onLoad = async () => 'Loaded image: old\nLoaded image: new'
    await expect(load()).rejects.toMatchObject({ code: 'IMAGE_LOAD_FAILED' })
    expect(removed).toEqual(['id-of-new'])
  })

  it('says podman’s words, and what a bomb is', async () => {
    for (const [line, says] of [
      ['Error: payload does not match', 'podman exited with 125: Error: payload does not match'],
      ['write x: file too large', 'unpacks to a file of more than 1 GiB'],
    ]) {
      onLoad = () =>
        Promise.reject(new CommandError({ argv: ['env'], exitCode: 125, lastLines: [line ?? ''] }))
      await expect(load()).rejects.toMatchObject({
        code: 'IMAGE_LOAD_FAILED',
        detail: expect.stringContaining(says ?? ''),
      })
      expect(await leftovers()).toEqual([])
    }
  })

  it('reads nothing but a regular file, with the rights of whoever put it there', async () => {
    execFileSync('mkfifo', [join(user.home, 'fifo')])
    await symlink(archive, join(user.home, 'link'))
    await writeFile(join(user.home, 'own'), 'x')
    execFileSync('chown', [`${NOBODY}:${NOBODY}`, join(user.home, 'own')])
    for (const path of [
      `${user.home}/fifo`,
      `${user.home}/link`,
      '/dev/zero',
      top,
      `${top}/none`,
      'image.tar',
      '/x/../y',
    ])
      await expect(loader.readArchive(path), path).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' })
    expect((await loader.readArchive(`${user.home}/own`)).sizeBytes).toBe(1)
  })

  it('knows a file again until it changes', async () => {
    const { stamp } = await loader.readArchive(archive)
    expect((await loader.readArchive(archive)).stamp).toBe(stamp)
    await writeFile(archive, Buffer.alloc(3_000_000, 8))
    expect((await loader.readArchive(archive)).stamp).not.toBe(stamp)
  })

  it('refuses what the disk has no room for', async () => {
    execFileSync('truncate', ['--size=15G', archive])
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=1m,uid=${NOBODY},mode=700`, 'tmpfs', user.home])
    try {
      await expect(load()).rejects.toMatchObject({
        code: 'DISK_FULL',
        detail: expect.stringContaining('loading this needs'),
      })
      execFileSync('truncate', ['--size=17G', archive])
      await expect(load()).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' })
    } finally {
      execFileSync('umount', [user.home])
    }
  })

  it.each<[string, () => Promise<void>]>([
    ['became shorter', () => truncate(archive, 1_000_000)],
    ['became longer', () => truncate(archive, 4_000_000)],
    [
      'was replaced by one without end',
      async () => {
        await rm(archive)
        await symlink('/dev/zero', archive)
      },
    ],
  ])('refuses one that %s after it was looked at', async (_what, change) => {
    onLooked = change
    await expect(load()).rejects.toMatchObject({
      code: 'IMAGE_LOAD_FAILED',
      detail: expect.stringContaining('changed while it was read'),
    })
    expect(await leftovers()).toEqual([])
    expect(named).toEqual([])
  })

  it('ends podman when it unpacks more than the disk has room for', async () => {
    const mount = (options: string) =>
      execFileSync('mount', ['-t', 'tmpfs', '-o', `${options},uid=${NOBODY},mode=700`, 'tmpfs', user.home])
    mount('size=700m')
    try {
      onLoad = async (_copy, _argv, signal) => {
        mount('remount,size=200m')
        if (signal) await once(signal, 'abort')
        throw new HostError('OPERATION_CANCELLED')
      }
      await expect(load()).rejects.toMatchObject({
        code: 'DISK_FULL',
        detail: expect.stringContaining('unpacks to more'),
      })
    } finally {
      execFileSync('umount', [user.home])
    }
  })

  it('stops in the middle of the copy and leaves nothing', async () => {
    execFileSync('truncate', ['--size=2G', archive])
    const controller = new AbortController()
    const started = Date.now()
    setTimeout(() => controller.abort(), 150)
    await expect(load(archive, controller.signal)).rejects.toThrow()
    expect(Date.now() - started).toBeLessThan(15_000)
    expect(await leftovers()).toEqual([])
  })
})
