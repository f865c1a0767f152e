import { expect, test } from 'vitest'
import { defaultSettings } from '../../../contract/settings.ts'
import { SetupError } from '../../errors.ts'
import type { Host, IdRange, UserAccount } from '../host.ts'
import type { Admission } from './admission.ts'
import { guardHost } from './guard-host.ts'
import { ADMISSION, machineOf, RAZROOM } from './test-halves.ts'
import { VERB_NAMES, VERBS, type VerbName } from './verbs.ts'

const guard = (verbs: Partial<Host>, admission: Partial<Admission> = {}) =>
  guardHost(machineOf(verbs).host, { ...ADMISSION, ...admission })
const refusedUser = { code: 'USER_NOT_ADMITTED' }
const refusedPath = { code: 'PATH_NOT_ADMITTED' }
const described: UserAccount = { name: 'razroom', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' }
const directories = { configDir: '/a', workspaceDir: '/b' }

/** Every verb that takes an account, by its row. */
const ofAccount = VERB_NAMES.filter((name) => VERBS[name].isAccount && VERBS[name].kind !== 'here')
/** What the verbs with more than an account's word are asked with. */
const harmless: Partial<Record<VerbName, unknown[]>> = {
  buildImage: [{ source: { kind: 'bundled' }, tag: 'a' }],
  loadArchive: ['/open/a', 'tag'],
  makeBackup: [{ path: null }],
  restoreBackup: [{ name: 'a' }, {}],
}

test.each(ofAccount)('%s gets the account of the machine, and none that is not allowed', async (name) => {
  const seen: unknown[] = []
  const verb = (user: unknown) => {
    seen.push(user)
    return VERBS[name].kind === 'items' ? (async function* () {})() : Promise.resolve(null)
  }
  const host = guard(Object.fromEntries([[name, verb]]))
  const ask = async (user: unknown) => {
    const call = host[name] as unknown as (...args: unknown[]) => Promise<unknown> | AsyncIterable<unknown>
    const answer = call(user, ...(harmless[name] ?? []))
    if (Symbol.asyncIterator in answer) for await (const _one of answer);
    else await answer
  }
  await ask(described)
  expect(seen).toEqual([RAZROOM])
  for (const user of ['root', 'alice', 'nobody'])
    await expect(ask({ ...described, name: user })).rejects.toMatchObject(refusedUser)
  await expect(ask('razroom')).rejects.toMatchObject(refusedUser)
  expect(seen).toHaveLength(1)
})

test('a user is finished only when root’s own record says that the panel began to make it', async () => {
  const finished: string[] = []
  const host = guard(
    {
      async finishUser(name) {
        finished.push(name)
        return { ...RAZROOM, name }
      },
    },
    { readList: async () => ({ users: ['alice'], made: ['razroom'], paths: [] }) },
  )
  await host.finishUser('razroom')
  await expect(host.finishUser('alice')).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
  expect(finished).toEqual(['razroom'])
})

test('a user is recorded before it is made, and forgotten when it is not made', async () => {
  const record: string[] = []
  const machine = new Set<string>()
  let isBroken = true
  const host = guard(
    {
      findUser: async (name) => (machine.has(name) ? { ...RAZROOM, name } : null),
      async createUser(name) {
        record.push(`make ${name}`)
        if (machine.has(name)) throw new SetupError('USER_UNSUITABLE')
        if (isBroken) throw new SetupError('DISK_FULL')
        machine.add(name)
        return { ...RAZROOM, name }
      },
    },
    {
      beginMaking: async (name) => void record.push(`begin ${name}`),
      undoMaking: async (name) => void record.push(`undo ${name}`),
    },
  )
  await expect(host.createUser('razroom')).rejects.toMatchObject({ code: 'DISK_FULL' })
  isBroken = false
  await host.createUser('razroom')
  await expect(host.createUser('razroom')).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
  expect(record).toEqual([
    'begin razroom',
    'make razroom',
    'undo razroom',
    'begin razroom',
    'make razroom',
    'make razroom',
  ])
})

test('ranges of ids are given where they are free, to an allowed user', async () => {
  const given: unknown[] = []
  const host = guard({
    readIdRanges: async () => [{ owner: 'alice', start: 100_000, count: 65_536 }],
    addIdRanges: async (...args) => void given.push(args),
  })
  const free = { owner: 'razroom', start: 165_536, count: 65_536 }
  await host.addIdRanges('razroom', free, null)
  expect(given).toEqual([['razroom', free, null]])
  for (const start of [0, 999, 100_000])
    await expect(host.addIdRanges('razroom', free, { ...free, start })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  await expect(host.addIdRanges('root', free, null)).rejects.toMatchObject(refusedUser)
  expect(given).toHaveLength(1)
})

test('a path is used where it is allowed', async () => {
  let calls = 0
  const count = async () => {
    calls += 1
    return {} as never
  }
  const host = guard({
    readArchive: count,
    loadArchive: count,
    fingerprintSource: count,
    buildImage: count,
    verifyBackup: count,
    restoreBackup: count,
    makeBackup: count,
  })
  const useAll = (path: string) => [
    () => host.readArchive(path),
    () => host.loadArchive(RAZROOM, path, 'a'),
    () => host.fingerprintSource({ kind: 'repo', path }),
    () => host.buildImage(RAZROOM, { source: { kind: 'repo', path }, tag: 'a' }),
    () => host.verifyBackup({ path }),
    () =>
      host.restoreBackup(RAZROOM, { path }, { directories, includesWorkspace: true, manifest: {} as never }),
    () =>
      host.makeBackup(RAZROOM, {
        directories,
        includesWorkspace: true,
        reason: 'manual',
        settings: defaultSettings(),
        path,
      }),
  ]
  for (const use of useAll('/etc/shadow')) await expect(use()).rejects.toMatchObject(refusedPath)
  expect(calls).toBe(0)
  for (const use of useAll('/open/a')) await use()
  expect(calls).toBe(7)
})

test('the gateway is looked for on this machine alone', async () => {
  const asked: unknown[] = []
  const host = guard({
    hasAddress: async (address) => address !== '192.0.2.1',
    async probeGateway(...args) {
      asked.push(args)
      return { answered: false, reason: '' }
    },
    async proveGatewayToken(...args) {
      asked.push(args)
      return { answered: false, reason: '' }
    },
  })
  await host.probeGateway(18_789)
  await host.proveGatewayToken(RAZROOM, 18_789, 'token', '::1')
  const refused = { code: 'REQUEST_INVALID' }
  await expect(host.probeGateway(18_789, '192.0.2.1')).rejects.toMatchObject(refused)
  await expect(host.proveGatewayToken(RAZROOM, 18_789, 'token', '192.0.2.1')).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  })
  expect(asked).toHaveLength(2)
})

test('ranges that are asked for at once are looked at one after the other', async () => {
  const given: IdRange[] = []
  const host = guard(
    {
      readIdRanges: async () => [...given],
      async addIdRanges(_name, range) {
        if (range) given.push(range)
      },
    },
    { readIds: async () => [] },
  )
  const range = (start: number) => ({ owner: 'razroom', start, count: 65_536 })
  const starts = [300_000, 300_001, 400_000, 500_000, 600_000, 700_000]
  const tries = await Promise.allSettled(
    starts.map((start) => host.addIdRanges('razroom', range(start), null)),
  )
  expect(given.map(({ start }) => start)).toEqual([300_000, 400_000, 500_000, 600_000])
  expect(tries.filter(({ status }) => status === 'rejected')).toHaveLength(2)
})
