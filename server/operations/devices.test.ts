import { beforeEach, expect, it } from 'vitest'
import type { GatewayState } from '../../contract/schemas.ts'
import { devicePaths } from '../domain/device-list.ts'
import { CommandTimeout } from '../errors.ts'
import type { ContainerCommandResult, Host } from '../host/host.ts'
import { createDevices, type Devices } from './devices.ts'
import { createGatewayCommands } from './gateway-commands.ts'
import { type FileWorld, makeFileWorld, PATHS } from './test-file-world.ts'

const FILES = devicePaths(PATHS.configDir)
const TOKEN = 'the-gateway-token-0123456789'
const ok: ContainerCommandResult = { exitCode: 0, stdout: '{}', stderrLines: [] }
const failed = (...stderrLines: string[]): ContainerCommandResult => ({
  exitCode: 1,
  stdout: '',
  stderrLines,
})

let world: FileWorld
let devices: Devices
let state: GatewayState
let calls: { words: string; env: Readonly<Record<string, string>> }[]
let answer: (words: string, env: Readonly<Record<string, string>>) => ContainerCommandResult
let running = 0
let mostAtOnce = 0

const records = (...ids: string[]) =>
  JSON.stringify(Object.fromEntries(ids.map((id) => [id, { requestId: id, deviceId: id, ts: Date.now() }])))
const pair = (...ids: string[]) => world.put(FILES.paired, records(...ids))
const ask = (...ids: string[]) => world.put(FILES.pending, records(...ids))

beforeEach(() => {
  world = makeFileWorld()
  state = 'running'
  calls = []
  running = 0
  mostAtOnce = 0
  answer = () => ok
  const more: Partial<Host> = {
    describePodman: (_user, args) => `podman ${args.join(' ')}`,
    async execInContainer(_user, { argv, env = {} }) {
      const words = argv.slice(2).join(' ')
      calls.push({ words, env })
      running += 1
      mostAtOnce = Math.max(mostAtOnce, running)
      await new Promise(setImmediate)
      running -= 1
      return answer(words, env)
    },
  }
  Object.assign(world.host, more)
  world.put(PATHS.envFile, `RAZROOM_GATEWAY_TOKEN=${TOKEN}\n`)
  devices = createDevices({
    host: world.host,
    commands: createGatewayCommands(world.host),
    readState: async () => state,
    redact: (text) => text.replaceAll(TOKEN, '***'),
  })
})

it('reads the lists from the files of the gateway, secrets masked', async () => {
  expect(await devices.read()).toMatchObject({ available: true, pending: [], paired: [], skipped: 0 })
  const request = { requestId: 'r', displayName: `I am ${TOKEN}`, ts: Date.now() }
  world.put(FILES.pending, JSON.stringify({ r: request, x: {} }))
  pair('d')
  const list = await devices.read()
  expect(list).toMatchObject({ pending: [{ id: 'r', name: 'I am ***' }], paired: [{ id: 'd' }], skipped: 1 })
  expect(calls).toEqual([])
})

it.each([
  ['stopped', 'it is stopped'],
  ['starting', 'it is still starting'],
  ['failed', 'its start failed'],
  ['absent', 'there is no container yet'],
] as const)('where the gateway is %s it says so, and asks it nothing', async (now, why) => {
  state = now
  ask('r')
  expect(await devices.read()).toMatchObject({
    available: false,
    reason: `The gateway does not run: ${why}.`,
    pending: [{ id: 'r' }],
  })
  await expect(devices.act('approve', 'r')).rejects.toMatchObject({
    code: 'GATEWAY_NOT_RUNNING',
    detail: why,
  })
  expect(calls).toEqual([])
})

it('says why where a file can not be read', async () => {
  world.put(FILES.paired, '{')
  expect(await devices.read()).toMatchObject({
    available: false,
    reason: expect.stringContaining('not JSON'),
  })
  await expect(devices.act('revoke', 'd')).rejects.toMatchObject({ code: 'DEVICES_UNREADABLE' })
  world.refuse(FILES.paired)
  expect((await devices.read()).available).toBe(false)
})

it('approves and rejects by a command of the gateway, with the token that it checks', async () => {
  ask('r1', 'r2')
  answer = (words) => {
    ask(...(words.includes('approve') ? ['r2'] : []))
    return ok
  }
  expect((await devices.act('approve', 'r1')).pending).toMatchObject([{ id: 'r2' }])
  expect((await devices.act('reject', 'r2')).pending).toEqual([])
  const env = { RAZROOM_GATEWAY_TOKEN: TOKEN }
  expect(calls).toEqual([
    { words: 'devices approve r1 --json', env },
    { words: 'devices reject r2 --json', env },
  ])
})

it('tries the token of the container where the files have a newer one', async () => {
  ask('r')
  answer = (_words, env) => {
    if ('RAZROOM_GATEWAY_TOKEN' in env) return failed('unauthorized: gateway token mismatch')
    ask()
    return ok
  }
  expect((await devices.act('approve', 'r')).pending).toEqual([])
  expect(calls.map(({ env }) => Object.keys(env).length)).toEqual([1, 0])
})

it('knows no other ids than those of the lists', async () => {
  ask('r')
  pair('d')
  for (const [action, id] of [
    ['approve', 'd'],
    ['reject', 'x'],
    ['revoke', 'r'],
  ] as const)
    await expect(devices.act(action, id)).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND', detail: id })
  expect(calls).toEqual([])
})

it('removes a device where the gateway can, and revokes its tokens where it can not', async () => {
  pair('d1', 'd2')
  answer = () => {
    pair('d2')
    return ok
  }
  expect((await devices.act('revoke', 'd1')).paired).toMatchObject([{ id: 'd2' }])
  answer = (words) => {
    if (words.startsWith('devices remove')) return failed("error: unknown command 'remove'")
    world.put(FILES.paired, JSON.stringify([{ deviceId: 'd2', tokens: { operator: { revokedAtMs: 1 } } }]))
    return ok
  }
  expect((await devices.act('revoke', 'd2')).paired).toMatchObject([{ id: 'd2', isRevoked: true }])
  expect(calls.map(({ words }) => words)).toEqual([
    'devices remove d1 --json',
    'devices remove d2 --json',
    'devices revoke --device d2 --role operator --json',
  ])
})

it('hands on what the gateway said when it failed', async () => {
  ask('r')
  answer = () => failed('gateway connect failed: Error: no', 'Gateway target: ws://127.0.0.1:18789')
  await expect(devices.act('approve', 'r')).rejects.toMatchObject({
    code: 'GATEWAY_COMMAND_FAILED',
    detail: 'it exited with 1: gateway connect failed: Error: no | Gateway target: ws://127.0.0.1:18789',
    command: 'podman exec razroom node dist/index.js devices approve r --json',
  })
  answer = () => {
    throw new CommandTimeout('COMMAND_TIMED_OUT')
  }
  await expect(devices.act('approve', 'r')).rejects.toMatchObject({
    code: 'GATEWAY_COMMAND_FAILED',
    detail: 'it did not end within 25 s',
  })
})

it('does not believe a success that changed nothing', async () => {
  ask('r')
  await expect(devices.act('approve', 'r')).rejects.toMatchObject({
    code: 'GATEWAY_COMMAND_FAILED',
    detail: expect.stringContaining('as before'),
  })
})

it('asks the gateway one thing after the other, also after one that failed', async () => {
  ask('r1', 'r2', 'r3')
  answer = (words) => {
    if (words.includes('r1')) return failed('no')
    ask('r1')
    return ok
  }
  const ends = await Promise.allSettled(['r1', 'r2', 'r3'].map((id) => devices.act('reject', id)))
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect([mostAtOnce, calls.length]).toEqual([1, 3])
})
