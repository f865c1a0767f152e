import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { DeviceList } from '../../contract/devices.ts'
import type { PanelEvent } from '../../contract/events.ts'
import type { Operation, Status } from '../../contract/schemas.ts'
import { createEventBus, type EventBus } from '../events.ts'
import { createDeviceWatch, type DeviceWatch } from './device-watch.ts'
import { makeFileWorld, PATHS } from './test-file-world.ts'

let bus: EventBus
let watch: DeviceWatch
let list: DeviceList
/** How many wait, at each event. */
let told: number[]
let watched: { paths: readonly string[]; signal: AbortSignal }[]
let change: () => void
let reads: number

const request = (id: string, requestedAt: string) => ({ id, requestedAt })
const at = (time: string): string => `2026-11-27T${time}.000Z`

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(at('12:00:00')) })
  const world = makeFileWorld()
  bus = createEventBus()
  told = []
  watched = []
  reads = 0
  list = { available: true, pending: [], paired: [], skipped: 0, at: at('12:00:00') }
  bus.subscribe((event: PanelEvent) => {
    if (event.type === 'devices.changed') told.push(event.pending)
  })
  world.host.watchUserFiles = (_user, paths, signal) => {
    watched.push({ paths, signal })
    return changesOf(paths, signal)
  }
  const devices = {
    read: async () => {
      reads += 1
      return { ...list }
    },
    act: async () => list,
  }
  watch = createDeviceWatch(world.host, bus, devices)
  watch.run()
})
afterEach(async () => {
  const closed = watch.close()
  await vi.advanceTimersByTimeAsync(600)
  await closed
  vi.useRealTimers()
})

async function* changesOf(paths: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  yield* paths
  const aborted = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)))
  while (!signal.aborted) {
    const changed = new Promise<string>((resolve) => {
      change = () => resolve('changed')
    })
    const path = await Promise.race([changed, aborted])
    if (path !== null) yield path
  }
}

/** Longer than two events are apart. */
const settle = (ms = 600) => vi.advanceTimersByTimeAsync(ms)

it('tells the list at its begin, and each change of the two files', async () => {
  await settle()
  expect(watched[0]?.paths).toEqual([
    `${PATHS.configDir}/devices/pending.json`,
    `${PATHS.configDir}/devices/paired.json`,
  ])
  list = { ...list, pending: [request('r', at('12:00:01'))] }
  change()
  await settle()
  expect(told).toEqual([0, 1])
})

it('does not tell a request anew each time that a browser repeats it, but once in a minute', async () => {
  await settle()
  for (const second of ['00', '02', '04', '58']) {
    list = { ...list, at: at(`12:00:${second}`), pending: [request('r', at(`12:00:${second}`))] }
    change()
    await settle()
  }
  expect(told).toHaveLength(2)
  list = { ...list, pending: [request('r', at('12:01:00'))] }
  change()
  await settle()
  expect(told).toHaveLength(3)
})

it('looks again when a request ends by itself', async () => {
  await settle()
  list = { ...list, pending: [request('r', at('11:56:00'))] }
  change()
  await settle()
  expect(told.at(-1)).toBe(1)
  list = { ...list, pending: [] }
  await settle(61_000)
  expect(told.at(-1)).toBe(0)
})

it('tells when the gateway starts or stops', async () => {
  await settle()
  const before = reads
  const status = (state: string) => ({ gateway: { state } }) as Status
  list = { ...list, available: false, reason: 'The gateway does not run: it is stopped.' }
  bus.publish({ type: 'status.changed', status: status('stopped') })
  await settle()
  bus.publish({ type: 'status.changed', status: status('stopped') })
  await settle()
  expect([told.length, reads - before]).toEqual([2, 1])
})

it('watches other files after a setup', async () => {
  await settle()
  bus.publish({ type: 'operation.finished', operation: { kind: 'setup' } as Operation })
  expect(watched[0]?.signal.aborted).toBe(true)
  await settle()
  expect(watched).toHaveLength(2)
})

it('reads files that are written fast twice in a second, and tells how they are in the end', async () => {
  await settle()
  const before = reads
  for (let id = 0; id < 50; id += 1) {
    list = { ...list, pending: [...list.pending, request(`r${id}`, at('12:00:00'))] }
    change()
    await settle(20)
  }
  await settle()
  expect(told.at(-1)).toBe(50)
  expect(reads - before).toBeLessThan(6)
})
