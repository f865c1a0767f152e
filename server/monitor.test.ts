import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import type { PanelEvent } from '../contract/events.ts'
import type { Operation } from '../contract/schemas.ts'
import { createEventBus, type EventBus } from './events.ts'
import type { ContainerFacts, Host, ProbeResult } from './host/host.ts'
import { createMonitor, type Monitor } from './monitor.ts'
import { type FileWorld, makeFileWorld, PATHS } from './operations/test-file-world.ts'

const { envFile, configFile } = PATHS
/** Less than a gateway that is well waits for the next question while nobody looks. */
const PATIENT = { timeout: 10_000 }
let world: FileWorld
let bus: EventBus
let monitor: Monitor
let events: PanelEvent[]
let isAnswering = false
let seen: (string | undefined)[]
let runningId: string | null
let change: (path: string) => void
/** Happens when the panel is about to watch. */
let whileBeginning: () => void
/** All that is watched was told once. */
let hasBegun: boolean

beforeEach(() => {
  world = makeFileWorld()
  bus = createEventBus()
  events = []
  whileBeginning = () => {}
  hasBegun = false
  bus.subscribe((event) => events.push(event))
  const more: Partial<Host> = {
    probeGateway: async () =>
      isAnswering ? { answered: true, status: 200 } : { answered: false, reason: 'refused' },
    readUsage: async () => null,
    readContainerLogs: async () => [],
    readLogBefore: async () => ({ lines: [], hasMore: false }),
    watchContainers: (_user, signal) => untilAborted(signal),
    watchUserFiles: (_user, paths, signal) => changesOf(paths, signal),
    keepLog: (_user, _path, signal) => untilAborted(signal),
  }
  Object.assign(world.host, more)
  seen = []
  runningId = null
  monitor = createMonitor({
    host: world.host,
    bus,
    version: '1',
    runningOperationId: () => runningId,
    onSeen: ({ container }) => seen.push(container?.status),
  })
})
afterEach(() => monitor.close())

async function* untilAborted(signal: AbortSignal): AsyncGenerator<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

async function* changesOf(paths: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  whileBeginning()
  yield* paths
  hasBegun = true
  const aborted = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)))
  while (!signal.aborted) {
    const changed = new Promise<string>((resolve) => {
      change = resolve
    })
    const path = await Promise.race([changed, aborted])
    if (path !== null) yield path
  }
}

const container = (running: boolean): ContainerFacts =>
  ({
    id: 'c',
    status: running ? 'running' : 'exited',
    running,
    pid: 1,
    exitCode: running ? 0 : 1,
    oomKilled: false,
    stoppedByUser: false,
    startedAt: '2027-01-01T00:00:00Z',
    finishedAt: '2027-01-01T00:01:00Z',
    ports: [],
    imageId: 'i',
    logDriver: 'k8s-file',
    logPath: '',
  }) as unknown as ContainerFacts

it('tells what a look has seen, but only while it follows the machine', async () => {
  world.container = container(true)
  await monitor.refresh()
  expect(seen).toEqual([])
  monitor.run()
  await monitor.refresh()
  world.container = container(false)
  await monitor.refresh()
  expect(seen.at(-1)).toBe('exited')
  expect(seen[0]).toBe('running')
})

it('asks a gateway that is well less often while nobody looks, but at once when somebody asks or comes', async () => {
  let now = Date.now()
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
  onTestFinished(() => clock.mockRestore())
  let looks = 0
  world.host.readUsage = async () => {
    looks += 1
    return { cpuPercent: looks, memoryBytes: 1 }
  }
  const usageNow = async () => (await monitor.read()).gateway.usage?.cpuPercent
  world.container = container(true)
  isAnswering = true
  monitor.run()
  // The looks that this brings are not the regular one.
  await vi.waitFor(() => expect(hasBegun).toBe(true))
  await monitor.refresh()
  const first = looks
  await vi.waitFor(async () => {
    now += 6_000
    expect(await usageNow()).toBeGreaterThan(first + 2)
  }, PATIENT)
  const asked = looks
  expect(await usageNow()).toBe(asked)
  const held = Promise.withResolvers<void>()
  const { inspectContainer } = world.host
  world.host.inspectContainer = async (...what) => {
    await held.promise
    return inspectContainer(...what)
  }
  isAnswering = false
  const look = monitor.refresh()
  now += 6_000
  const read = monitor.read()
  held.resolve()
  // What was seen before the look that is under way would be old.
  expect((await read).gateway.healthy).toBe(false)
  await look
  isAnswering = true
  const lookAway = monitor.attend()
  await vi.waitFor(() => expect(looks).toBeGreaterThan(asked), PATIENT)
  lookAway()
})

it('tells pages of what changed while a watch began, as after a setup', async () => {
  world.put(envFile, 'A=1\n')
  const told: string[] = []
  bus.subscribe((event) => {
    if (event.type === 'env.changed') told.push(event.etag)
  })
  whileBeginning = () => world.put(envFile, 'A=2\n')
  monitor.run()
  await vi.waitFor(() => expect(told).toEqual([world.etag(envFile)]))
  expect(world.history(envFile)[0]).toBe('outside: A=2')
})

it('notices what changed before it began, and then each change before it is told', async () => {
  world.put(envFile, 'A=1\n')
  monitor.run()
  await vi.waitFor(() => expect(world.history(envFile)).toEqual(['outside: A=1']))
  const told: string[] = []
  bus.subscribe((event) => {
    if (event.type === 'env.changed') told.push(...world.history(envFile), event.etag)
    if (event.type === 'config.changed') told.push(...world.history(configFile), event.etag)
  })
  world.put(envFile, 'A=2\n')
  change(envFile)
  await vi.waitFor(() => expect(told).toEqual(['outside: A=2', 'outside: A=1', world.etag(envFile)]))
  told.length = 0
  world.put(configFile, '{}')
  await vi.waitFor(() => {
    change(configFile)
    expect(told.slice(0, 2)).toEqual(['outside: {}', world.etag(configFile)])
  })
})

it('proves the files of a start that answers, and offers them when a later one fails', async () => {
  world.put(configFile, '{}')
  isAnswering = true
  world.container = container(true)
  expect((await monitor.read()).goBack).toEqual([])
  await vi.waitFor(async () =>
    expect((await world.host.listVersions(configFile))[0]?.provenAt).toBeTypeOf('string'),
  )
  world.put(configFile, '{ broken')
  world.container = container(false)
  const { gateway, goBack } = await monitor.refresh()
  expect(gateway.state).toBe('failed')
  expect(goBack).toMatchObject([{ file: 'config', path: configFile }])
})

it('offers them also when nothing is left of a start that failed, until one answers', async () => {
  monitor.run()
  isAnswering = true
  world.put(envFile, 'A=1\n')
  world.container = container(true)
  await monitor.refresh()
  await vi.waitFor(async () =>
    expect((await world.host.listVersions(envFile))[0]?.provenAt).toBeTypeOf('string'),
  )
  world.container = null
  world.put(envFile, '=x\n')
  const finished = (problem: string) =>
    bus.publish({
      type: 'operation.finished',
      operation: { kind: 'start-gateway', state: 'failed', problem: { code: problem } } as Operation,
    })
  finished('PORT_IN_USE')
  expect((await monitor.refresh()).goBack).toEqual([])
  finished('COMMAND_FAILED')
  expect((await monitor.refresh()).goBack).toMatchObject([{ file: 'env' }])
  world.container = { ...container(true), id: 'd' }
  await monitor.refresh()
  expect((await monitor.refresh()).goBack).toEqual([])
})

it('says nothing of what was seen before a look that came to its end meanwhile', async () => {
  isAnswering = false
  world.container = container(true)
  monitor.run()
  // The looks that this brings are not the regular one.
  await vi.waitFor(() => expect(hasBegun).toBe(true))
  await monitor.refresh()
  const late = Promise.withResolvers<ProbeResult>()
  const asked = vi.fn(() => late.promise)
  world.host.probeGateway = asked
  // The regular look at a gateway that is slow to answer.
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 10_000 })
  world.container = container(false)
  expect((await monitor.refresh()).gateway.state).toBe('failed')
  const told = events.length
  late.resolve({ answered: false, reason: 'timeout' })
  await new Promise((resolve) => setImmediate(resolve))
  expect((await monitor.read()).gateway.state).toBe('failed')
  const states = events
    .slice(told)
    .flatMap((event) => (event.type === 'status.changed' ? [event.status.gateway.state] : []))
  expect(states).not.toContain('running')
  expect(states).not.toContain('starting')
})

/** podman answers to the looks that begin from now on when it is let go. */
function holdPodman(): () => void {
  const held = Promise.withResolvers<void>()
  const { inspectContainer } = world.host
  world.host.inspectContainer = async (...what) => {
    await held.promise
    return inspectContainer(...what)
  }
  return held.resolve
}

it('says at once which operation runs, while podman has not answered yet', async () => {
  monitor.run()
  await vi.waitFor(() => expect(hasBegun).toBe(true))
  await monitor.refresh()
  const release = holdPodman()
  runningId = 'op'
  bus.publish({ type: 'operation.started', operation: { kind: 'setup' } as Operation })
  expect((await monitor.read()).operationId).toBe('op')
  release()
})

it('says that an operation is over with what it has done, not before', async () => {
  world.container = container(true)
  isAnswering = true
  runningId = 'op'
  monitor.run()
  await vi.waitFor(() => expect(hasBegun).toBe(true))
  await monitor.refresh()
  const release = holdPodman()
  // As the runner ends: nothing runs any more, and the status is brought up to date before the end is told.
  runningId = null
  world.container = container(false)
  const settled = monitor.refresh()
  expect(await monitor.read()).toMatchObject({ operationId: 'op', gateway: { state: 'running' } })
  release()
  await settled
  expect(await monitor.read()).toMatchObject({ operationId: null, gateway: { state: 'failed' } })
})
