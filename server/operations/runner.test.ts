import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { PanelEvent } from '../../contract/events.ts'
import { ConflictError, HostError } from '../errors.ts'
import { createEventBus, type EventBus } from '../events.ts'
import type { Host } from '../host/host.ts'
import { createRunner, type Runner, type Step } from './runner.ts'

let bus: EventBus
let runner: Runner
let events: PanelEvent[]
let locks: number
let settled: string[]

/** The runner asks of the host its lock alone. */
const host = {
  acquireLock: async () => {
    if (locks > 0) throw new ConflictError('OPERATION_RUNNING', { detail: 'another process' })
    locks += 1
    return {
      release: async () => {
        locks -= 1
      },
    }
  },
} as unknown as Host

beforeEach(() => {
  locks = 0
  events = []
  bus = createEventBus()
  bus.subscribe((event) => events.push(event))
  settled = []
  const redact = (text: string) => text.replaceAll('hunter2', '***')
  runner = createRunner(host, bus, redact, async () => {
    settled.push(runner.runningId() ?? 'idle', events.at(-1)?.type ?? 'no event')
  })
})

const step = (id: string, run: Step['run']): Step => ({ id, title: id, run })
const stop = (steps: Step[]) => runner.start({ kind: 'stop-gateway', steps }, 'page')

async function finished(id: string) {
  while (runner.runningId() !== null) await sleep(1)
  return runner.get(id)
}

describe('the runner', () => {
  it('tells how far a start is while its step runs, secrets masked, and not after it', async () => {
    const { id } = await stop([
      step('wait', async (context) => {
        context.start?.({ since: '2026-11-27T12:00:00Z', usualMs: 5, lastLine: 'token hunter2' })
      }),
    ])
    expect((await finished(id)).steps[0]).not.toHaveProperty('start')
    const told = events.flatMap((event) => (event.type === 'operation.step' ? (event.step.start ?? []) : []))
    expect(told).toEqual([{ since: '2026-11-27T12:00:00Z', usualMs: 5, lastLine: 'token ***' }])
  })

  it('runs the steps in order and tells what each found and did', async () => {
    const { id } = await stop([
      step('look', async (context) => context.found('all well')),
      step('change', async (context) => context.did('changed it')),
    ])
    const operation = await finished(id)
    expect(operation).toMatchObject({ state: 'succeeded', changed: true })
    expect(operation.steps).toMatchObject([
      { state: 'unchanged', found: 'all well' },
      { state: 'done', did: 'changed it' },
    ])
    expect(events.at(0)?.type).toBe('operation.started')
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('operation.finished'))
    expect(locks).toBe(0)
  })

  it('stops at the first failure, keeps its problem, and leaves the rest pending', async () => {
    const { id } = await stop([
      step('break', async () => {
        throw new HostError('IMAGE_BUILD_FAILED', { detail: 'no space for hunter2' })
      }),
      step('never', async (context) => context.did('reached')),
    ])
    const operation = await finished(id)
    expect(operation).toMatchObject({ state: 'failed', changed: false })
    expect(operation.problem).toMatchObject({ code: 'IMAGE_BUILD_FAILED', detail: 'no space for ***' })
    expect(operation.steps.map((shown) => shown.state)).toEqual(['failed', 'pending'])
  })

  it('never lets a secret out, in no event', async () => {
    const { id } = await stop([
      step('talk', async (context) => {
        context.found('hunter2')
        context.did('hunter2')
        context.command('echo hunter2')
        context.watch.onLine?.({ stream: 'stdout', text: 'hunter2' })
      }),
    ])
    await finished(id)
    expect(JSON.stringify(events)).not.toContain('hunter2')
    expect(JSON.stringify(runner.list())).not.toContain('hunter2')
  })

  it('runs one at a time, and gives way to another process that holds the lock', async () => {
    const { id } = await stop([step('wait', ({ signal }) => sleep(60_000, undefined, { signal }))])
    await expect(stop([])).rejects.toMatchObject({ code: 'OPERATION_RUNNING' })
    runner.cancel(id)
    await finished(id)
    locks = 1
    await expect(stop([])).rejects.toMatchObject({ code: 'OPERATION_RUNNING' })
    locks = 0
    await expect(stop([])).resolves.toBeDefined()
  })

  it('cancels what runs, once', async () => {
    const { id } = await stop([step('wait', ({ signal }) => sleep(60_000, undefined, { signal }))])
    runner.cancel(id)
    const operation = await finished(id)
    expect(operation).toMatchObject({ state: 'cancelled', problem: { code: 'OPERATION_CANCELLED' } })
    expect(() => runner.cancel(id)).toThrow(expect.objectContaining({ code: 'OPERATION_FINISHED' }))
    expect(() => runner.cancel('unknown')).toThrow(expect.objectContaining({ code: 'OPERATION_NOT_FOUND' }))
  })

  it('tells of the end once the status is current: nothing runs any more, and the end is not told yet', async () => {
    const { id } = await stop([step('look', async (context) => context.found('all well'))])
    await finished(id)
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('operation.finished'))
    expect(settled).toEqual(['idle', 'operation.step'])
  })

  it('keeps the last 500 lines of output and the last 20 operations', async () => {
    const { id } = await stop([
      step('talk', async ({ watch }) => {
        for (let line = 0; line < 600; line += 1) watch.onLine?.({ stream: 'stdout', text: String(line) })
      }),
    ])
    const { output } = await finished(id)
    expect([output.length, output[0]?.text, output.at(-1)?.text]).toEqual([500, '100', '599'])
    for (let count = 0; count < 25; count += 1) await finished((await stop([])).id)
    expect(runner.list()).toHaveLength(20)
  })
})

describe('the event bus', () => {
  it('gives back what was missed, or null when it no longer can', () => {
    const first = bus.publish({ type: 'env.changed', etag: 'a' })
    const second = bus.publish({ type: 'env.changed', etag: 'b' })
    expect(bus.since(first.id)).toEqual([second])
    expect(bus.since(second.id)).toEqual([])
    expect(bus.since('another-boot:1')).toBeNull()
    expect(bus.since('nonsense')).toBeNull()
    for (let count = 0; count < 2_100; count += 1) bus.publish({ type: 'env.changed', etag: 'c' })
    expect(bus.since(first.id)).toBeNull()
    expect(bus.lastId()).toBe(events.at(-1)?.id)
  })
})
