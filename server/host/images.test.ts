import { describe, expect, it } from 'vitest'
import { CommandError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import { loadedNames } from './image-archive.ts'
import { createImages, parseImageList } from './images.ts'
import { createRegistries, parseLogins } from './registries.ts'
import type { RunAsUser } from './run-as-user.ts'

const USER: UserAccount = { name: 'razroom', uid: 900, gid: 900, home: '/home/razroom', shell: '/bin/false' }

/** As podman 5.4.2 and 4.3.1 print it: an image once for each of its names, with all of them in each. */
const LISTED = JSON.stringify([
  {
    Id: 'aa',
    Names: ['localhost/b:2', 'localhost/a:1'],
    RepoDigests: ['localhost/a@sha256:11'],
    Size: 7,
    Created: 1795451512,
  },
  {
    Id: 'aa',
    Names: ['localhost/b:2', 'localhost/a:1'],
    RepoDigests: ['localhost/a@sha256:11'],
    Size: 7,
    Created: 1795451512,
  },
  { Id: 'bb', RepoDigests: ['localhost/x@sha256:22', 'r.example/x@sha256:33'], Size: 9, Created: 1795451600 },
])

describe('parseImageList', () => {
  it('has each image once, newest first, with its names and the digest of its registry', () => {
    expect(parseImageList(LISTED)).toEqual([
      { id: 'bb', references: [], digest: 'sha256:33', createdAt: '2026-11-23T16:33:20.000Z', sizeBytes: 9 },
      {
        id: 'aa',
        references: ['localhost/a:1', 'localhost/b:2'],
        createdAt: '2026-11-23T16:31:52.000Z',
        sizeBytes: 7,
      },
    ])
    expect(parseImageList('[]')).toEqual([])
  })
})

describe('loadedNames', () => {
  it.each([
    ['Loaded image: localhost/a:1\n', ['localhost/a:1']],
    ['Loaded image: localhost/a:1\nLoaded image: localhost/b:2', ['localhost/a:1', 'localhost/b:2']],
    ['Loaded image(s): localhost/a:1,localhost/b:2', ['localhost/a:1', 'localhost/b:2']],
    ['Loaded image: sha256:21283cd9', ['21283cd9']],
    ['Writing manifest to image destination', []],
  ])('%j', (text, names) => {
    expect(loadedNames(text)).toEqual(names)
  })
})

interface Recorded {
  readonly argv: readonly string[]
  readonly stdin: string
}

function recorder(answer: (argv: readonly string[]) => string | Error) {
  const calls: Recorded[] = []
  const runAsUser: RunAsUser = async (_user, argv, { stdin }) => {
    calls.push({ argv, stdin: stdin instanceof Uint8Array ? Buffer.from(stdin).toString() : '' })
    const said = answer(argv)
    if (said instanceof Error) throw said
    return { exitCode: 0, stdout: said, stderrLines: [] }
  }
  return { calls, runAsUser }
}

const failure = (lastLines: string[], exitCode = 125) =>
  new CommandError({ argv: ['podman'], exitCode, lastLines })

describe('createImages', () => {
  const make = (answer: (argv: readonly string[]) => string | Error, hasLogin = false) => {
    const { calls, runAsUser } = recorder(answer)
    const images = createImages({
      runAsUser,
      podman: { inspectImage: async () => null },
      isPrepared: async () => true,
      hasUserFile: async () => hasLogin,
    })
    return { calls, images }
  }

  it('pulls with the login that is kept, and says what a failure means', async () => {
    const { calls, images } = make(() => failure(['Trying', 'Error: manifest unknown']), true)
    await expect(images.pullImage(USER, 'r.example/a:1')).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      detail:
        'r.example has no image of the name and tag r.example/a:1. podman says: Error: manifest unknown',
    })
    const login = '--authfile=/home/razroom/.config/containers/auth.json'
    expect(calls[0]?.argv).toEqual(['podman', 'pull', login, '--', 'r.example/a:1'])
    const disk = new CommandError({ argv: ['podman'], exitCode: 125, lastLines: ['x'] }, 'DISK_FULL')
    await expect(make(() => disk).images.pullImage(USER, 'a')).rejects.toMatchObject({ code: 'DISK_FULL' })
  })

  it('removes an image by all of its names, never by force', async () => {
    const { calls, images } = make((argv) => (argv[1] === 'images' ? LISTED : ''))
    await images.removeImages(USER, ['aa', 'bb', 'gone'])
    expect(calls.filter(({ argv }) => argv[1] === 'rmi').map(({ argv }) => argv)).toEqual([
      ['podman', 'rmi', '--', 'localhost/a:1', 'localhost/b:2'],
      ['podman', 'rmi', '--', 'bb'],
    ])
  })

  it('removes nothing when one of them has a container', async () => {
    const { calls, images } = make((argv) => (argv[1] === 'images' ? LISTED : argv[1] === 'ps' ? 'bb\n' : ''))
    await expect(images.removeImages(USER, ['aa', 'bb'])).rejects.toMatchObject({ code: 'IMAGE_IN_USE' })
    expect(calls.some(({ argv }) => argv[1] === 'rmi')).toBe(false)
    const late = make((argv) =>
      argv[1] === 'images' ? LISTED : argv[1] === 'rmi' ? failure(['used'], 2) : '',
    )
    await expect(late.images.removeImages(USER, ['aa'])).rejects.toMatchObject({ code: 'IMAGE_IN_USE' })
  })
})

describe('createRegistries', () => {
  const AUTH = JSON.stringify({
    auths: {
      'r.example': { auth: Buffer.from('robot:pass:word').toString('base64') },
      'helper.example': {},
    },
  })
  const make = (file: string | null, answer: string | Error = '') => {
    const { calls, runAsUser } = recorder((argv) => (argv[0] === 'podman' ? answer : ''))
    const found =
      file === null ? null : { bytes: new TextEncoder().encode(file), etag: '', mode: 0o600, uid: 900 }
    return { calls, registries: createRegistries(runAsUser, { readUserFile: async () => found }) }
  }

  it('gives the password over stdin and nowhere else', async () => {
    const { calls, registries } = make(null)
    await registries.loginRegistry(USER, { registry: 'r.example', username: '-u', password: 'hunter2' })
    const login = calls.find(({ argv }) => argv[1] === 'login')
    expect(login?.stdin).toBe('hunter2')
    expect(login?.argv).toContain('--username=-u')
    expect(JSON.stringify(calls.map(({ argv }) => argv))).not.toContain('hunter2')
    const refused = make(null, failure(['invalid username/password']))
    await expect(
      refused.registries.loginRegistry(USER, { registry: 'r', username: 'u', password: 'p' }),
    ).rejects.toMatchObject({ code: 'REGISTRY_LOGIN_FAILED' })
  })

  it('lists names only, and says when the file is broken', async () => {
    expect(await make(AUTH).registries.listRegistryLogins(USER)).toEqual([
      { registry: 'r.example', username: 'robot' },
    ])
    expect(await make(null).registries.listRegistryLogins(USER)).toEqual([])
    expect(parseLogins('{}')).toEqual([])
    for (const text of ['', '[]', '{"auths":[]}', '{"auths":{"a":1}}'])
      await expect(make(text).registries.listRegistryLogins(USER)).rejects.toMatchObject({
        code: 'COMMAND_FAILED',
      })
  })

  it('logs out only where there is a login', async () => {
    const { calls, registries } = make(AUTH)
    await registries.logoutRegistry(USER, 'other.example')
    expect(calls).toEqual([])
    await registries.logoutRegistry(USER, 'r.example')
    expect(calls[0]?.argv).toEqual([
      'podman',
      'logout',
      '--authfile=/home/razroom/.config/containers/auth.json',
      '--',
      'r.example',
    ])
  })
})
