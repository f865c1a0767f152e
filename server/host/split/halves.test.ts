import { expect, test, vi } from 'vitest'
import { CommandError, CommandMissing, InputError } from '../../errors.ts'
import { createRedactor } from '../../redact.ts'
import type { UserAccount } from '../host.ts'
import { RAZROOM, startHalves } from './test-halves.ts'

const SOMEBODY: UserAccount = { name: 'ann', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' }

test('a call brings what the machine says; an account is looked up by its name', async () => {
  const seen: unknown[] = []
  const { front } = await startHalves({
    async inspectContainer(user, name) {
      seen.push(user, name)
      return null
    },
    readDiskFree: async (path) => path.length,
    probeGateway: async (...args) => ({ answered: false, reason: String(args.length) }),
    proveGatewayToken: async (user) => ({ answered: false, reason: user.home }),
    hasAddress: async () => true,
  })
  expect(await front.inspectContainer({ ...SOMEBODY, name: 'razroom' }, 'razroom')).toBe(null)
  expect(seen).toEqual([RAZROOM, 'razroom'])
  expect(await front.readDiskFree('/open')).toBe(5)
  await expect(front.probeGateway(18_789)).resolves.toMatchObject({ answered: false })
  await expect(
    front.proveGatewayToken({ ...SOMEBODY, name: 'razroom' }, 18_789, 'token', '127.0.0.1'),
  ).resolves.toEqual({ answered: false, reason: RAZROOM.home })
})

test('byte arrays and dates cross as they are, there and back', async () => {
  const seen: unknown[] = []
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 256)
  const { front } = await startHalves({
    async writeUserFile(_user, file) {
      seen.push(file)
      return { etag: 'a' }
    },
    readUserFile: async () => ({ bytes, etag: 'e', mode: 0o600, uid: 1 }),
    async readUnitJournal(_user, _name, since) {
      seen.push(since)
      return ['a', 'ü']
    },
    verifyBackup: async () => ({ manifest: {} as never, envFile: bytes, configFile: null }),
  })
  const file = { path: '/home/razroom/.env', bytes, mode: 0o600 }
  await front.writeUserFile(RAZROOM, file)
  const since = new Date(1_700_000_000_123)
  expect(await front.readUnitJournal(RAZROOM, 'razroom.service', since, 5)).toEqual(['a', 'ü'])
  expect(seen).toEqual([file, since])
  expect(await front.readUserFile(RAZROOM, '/home/razroom/.env', 5)).toEqual({
    bytes,
    etag: 'e',
    mode: 0o600,
    uid: 1,
  })
  expect(await front.verifyBackup({ name: 'a.tar.zst' })).toEqual({
    manifest: {},
    envFile: bytes,
    configFile: null,
  })
})

test('an error of the panel crosses with its class and all it says, secrets masked', async () => {
  const failure = {
    argv: ['podman', 'run', 'sesame-sesame'],
    exitCode: 125,
    lastLines: ['no: sesame-sesame'],
  }
  const errors = [
    new CommandError(failure, 'IMAGE_PULL_FAILED'),
    new InputError('REQUEST_INVALID', { detail: 'd sesame-sesame', fields: [{ path: 'a', message: 'b' }] }),
    new CommandMissing('COMMAND_MISSING', { detail: 'podman', command: 'podman sesame-sesame' }),
  ]
  const { front } = await startHalves(
    {
      async listImages() {
        throw errors.shift()
      },
    },
    { redact: createRedactor(() => ['sesame-sesame']) },
  )
  const fail = () => front.listImages(RAZROOM).catch((error: unknown) => error)
  const first = await fail()
  expect(first).toBeInstanceOf(CommandError)
  expect(first).toMatchObject({
    code: 'IMAGE_PULL_FAILED',
    detail: 'podman exited with 125: no: ***',
    command: 'podman run ***',
    failure: { argv: ['podman', 'run', '***'], exitCode: 125, lastLines: ['no: ***'] },
  })
  const second = await fail()
  expect(second).toBeInstanceOf(InputError)
  expect(second).toMatchObject({
    code: 'REQUEST_INVALID',
    detail: 'd ***',
    fields: [{ path: 'a', message: 'b' }],
  })
  const third = await fail()
  expect(third).toBeInstanceOf(CommandMissing)
  expect(third).toMatchObject({ code: 'COMMAND_MISSING', command: 'podman ***' })
})

test('an unknown error crosses without its message: the log of the root half has it by the id', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { front } = await startHalves({
    async readMemory() {
      throw new Error('/root/.ssh/id_ed25519')
    },
  })
  const error = await front.readMemory().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'INTERNAL' })
  expect(String(error)).not.toContain('ssh')
  const id = /([0-9a-f]{12}) in the log/.exec(String(error))?.[1]
  expect(id).toBeDefined()
  expect(String(log.mock.calls[0]?.[0])).toContain(id)
})

test('what the direct host masks in results is masked here', async () => {
  const { front } = await startHalves(
    {
      readContainerLogs: async () => ['sesame-sesame'],
      execInContainer: async () => ({ exitCode: 0, stdout: 'sesame-sesame', stderrLines: ['sesame-sesame'] }),
    },
    { redact: createRedactor(() => ['sesame-sesame']) },
  )
  expect(await front.readContainerLogs(RAZROOM, 'a', 1)).toEqual(['***'])
  const command = { container: 'a', argv: ['b'] as const, timeoutMs: 1, maxBytes: 1 }
  expect(await front.execInContainer(RAZROOM, command)).toEqual({
    exitCode: 0,
    stdout: 'sesame-sesame',
    stderrLines: ['***'],
  })
})

test('what a person would type is known without asking', async () => {
  const { front } = await startHalves({})
  expect(front.describePodman(RAZROOM, ['ps'])).toContain('podman ps')
  expect(front.describeSystemctl(RAZROOM, ['start', 'a'])).toBe(
    'sudo systemctl --machine razroom@ --user start a',
  )
  await expect(front.claimControlSocket()).rejects.toMatchObject({ code: 'INTERNAL' })
})

test('an object with a key too many is refused by the name of the key, at its place', async () => {
  const { front } = await startHalves({})
  const wider = { configDir: '/a', workspaceDir: '/b', layout: 'new' }
  await expect(front.readTreeRoom(RAZROOM, wider)).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    detail: expect.stringMatching(/^argument 2 of readTreeRoom: .*\blayout\b/),
  })
  const file = { path: '/a', bytes: new Uint8Array(1), mode: 0o4755 }
  await expect(front.writeUserFile(RAZROOM, file)).rejects.toMatchObject({
    detail: expect.stringMatching(/^argument 2 of writeUserFile: \/mode /),
  })
})
