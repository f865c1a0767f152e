import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { INSIGHT_PARTS } from '../../contract/insight.ts'
import type { GatewayState, Operation, Status } from '../../contract/schemas.ts'
import { ConflictError, HostError } from '../errors.ts'
import { createEventBus, type EventBus } from '../events.ts'
import type { ContainerCommandResult } from '../host/host.ts'
import { createInsight, type Insight } from './insight.ts'

const SECRET = 'the-bot-token-of-the-tests-0123456789'
const BOX = '│\n◇  Warnings ───╮\n│  [a box]      │\n├───────────────╯\n'
const OUTPUT: Record<string, string> = {
  '--version': '2026.2.17\n',
  'models list --json': `${BOX}{ "count": 1, "models": [{ "key": "openai/gpt-x", "available": true, "tags": ["default"] }] }`,
  'models status --json': `${BOX}{ "defaultModel": "openai/gpt-x", "fallbacks": [], "auth": { "providers": [] } }`,
  'sessions --json': '{ "count": 0, "sessions": [] }',
  'cron list --json': '{ "jobs": [] }',
  'channels status --json': `{ "channelLabels": { "telegram": "Telegram" }, "channelAccounts": { "telegram": [
    { "accountId": "default", "running": true, "connected": false, "lastError": "401 for ${SECRET}" }] } }`,
}

let bus: EventBus
let insight: Insight
let state: GatewayState
let since: string
let isBusy: boolean
let events: number
let calls: string[]
let running: number
let mostAtOnce: number
let answer: (words: string) => Promise<string> | string

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-27T12:00:00Z') })
  state = 'running'
  since = '2026-11-27T11:00:00Z'
  isBusy = false
  events = 0
  calls = []
  running = 0
  mostAtOnce = 0
  answer = (words) => OUTPUT[words] ?? ''
  bus = createEventBus()
  bus.subscribe(({ type }) => {
    if (type === 'insight.changed') events += 1
  })
  insight = createInsight({
    bus,
    commands: {
      run: () => Promise.reject(new Error('somebody would wait for it')),
      async runInBackground(words): Promise<ContainerCommandResult> {
        calls.push(words.join(' '))
        running += 1
        mostAtOnce = Math.max(mostAtOnce, running)
        try {
          return { exitCode: 0, stdout: await answer(words.join(' ')), stderrLines: [] }
        } finally {
          running -= 1
        }
      },
    },
    readStatus: async () =>
      ({
        isSetUp: true,
        gateway: { state, since, containerName: 'razroom' },
        user: { name: 'razroom' },
      }) as Status,
    isBusy: () => isBusy,
    redact: (text) => text.replaceAll(SECRET, '***'),
  })
})
afterEach(() => {
  insight.close()
  vi.useRealTimers()
})

const settle = () => vi.advanceTimersByTimeAsync(1)
const progress = async () => Object.values((await insight.read()).parts).map((part) => part.progress)

test('nothing runs that nobody asked for', async () => {
  const { parts, available } = await insight.read()
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  expect([available, calls, events]).toEqual([true, [], 0])
  expect(Object.values(parts).some((part) => 'value' in part || 'at' in part)).toBe(false)
  expect(parts.channels).toMatchObject({
    isSlow: true,
    command: 'cd / && sudo -u razroom podman exec razroom node dist/index.js channels status --json',
  })
})

test('one after the other, the slow one last, each with its age', async () => {
  const gate = Promise.withResolvers<void>()
  answer = async (words) => {
    await gate.promise
    return OUTPUT[words] ?? ''
  }
  const begun = await insight.refresh({})
  expect(Object.values(begun.parts).map((part) => part.progress)).toEqual(Array(6).fill('waiting'))
  await settle()
  expect(await progress()).toEqual(['reading', ...Array(5).fill('waiting')])
  // Who asks for the same meanwhile brings nothing twice.
  await insight.refresh({})
  gate.resolve()
  await settle()
  const { parts } = await insight.read()
  expect(calls).toEqual(Object.keys(OUTPUT))
  expect(mostAtOnce).toBe(1)
  expect(await progress()).toEqual(Array(6).fill('idle'))
  expect(parts.version).toMatchObject({ value: { version: '2026.2.17' }, at: '2026-11-27T12:00:00.001Z' })
  expect(parts.models.value?.models[0]).toMatchObject({ key: 'openai/gpt-x', isAvailable: true })
  expect(events).toBeGreaterThan(INSIGHT_PARTS.length)
})

test('a secret in what it says is masked', async () => {
  await insight.refresh({ parts: ['channels'] })
  await settle()
  const { parts } = await insight.read()
  expect(parts.channels.value?.channels).toEqual([
    { id: 'telegram', label: 'Telegram', state: 'failed', lastError: '401 for ***' },
  ])
})

test('a broken command hides neither the others nor what it said before', async () => {
  await insight.refresh({})
  await settle()
  answer = (words) => {
    if (words === 'sessions --json')
      throw new HostError('GATEWAY_COMMAND_FAILED', { detail: `it exited with 1: ${SECRET}` })
    return words === 'cron list --json' ? `no JSON, and sk-live-${SECRET}` : (OUTPUT[words] ?? '')
  }
  await vi.advanceTimersByTimeAsync(1_000)
  await insight.refresh({})
  await settle()
  const { parts } = await insight.read()
  expect(parts.sessions).toMatchObject({
    value: { count: 0 },
    at: expect.stringMatching('12:00:00'),
    problem: { code: 'GATEWAY_COMMAND_FAILED', detail: 'it exited with 1: ***' },
    failedAt: expect.stringMatching('12:00:01'),
  })
  expect(parts.cron.problem?.detail).toMatch(/is not what was expected: no JSON, and [^a-z]*$/)
  expect(parts.channels.problem).toBeUndefined()
  expect(parts.channels.at).toMatch('12:00:01')
})

test.each([
  ['starting', 'it is still starting'],
  ['stopped', 'it is stopped'],
] as const)(
  'while the gateway is %s nothing is asked, and a page that is open says nothing',
  async (now, why) => {
    state = now
    expect(await insight.refresh({ onlyStale: true })).toMatchObject({
      available: false,
      reason: `The gateway does not run: ${why}.`,
    })
    await expect(insight.refresh({})).rejects.toMatchObject({ code: 'GATEWAY_NOT_RUNNING' })
    await settle()
    expect(calls).toEqual([])
  },
)

test('while an operation goes on nothing is asked', async () => {
  isBusy = true
  await expect(insight.refresh({})).rejects.toMatchObject({ code: 'OPERATION_RUNNING' })
  await settle()
  expect(calls).toEqual([])
})

test('a gateway that stops on the way ends the asking, and that is no fault of the command', async () => {
  answer = (words) => {
    if (words === 'models list --json') {
      state = 'starting'
      throw new ConflictError('GATEWAY_NOT_RUNNING')
    }
    return OUTPUT[words] ?? ''
  }
  await insight.refresh({})
  await settle()
  const { parts } = await insight.read()
  expect(calls).toEqual(['--version', 'models list --json'])
  expect(parts.models.problem).toBeUndefined()
  expect(await progress()).toEqual(Array(6).fill('idle'))
})

test('what is not old is not asked again by a page that is open; after a new start all of it', async () => {
  await insight.refresh({ onlyStale: true })
  await settle()
  const asked = async () => {
    calls.length = 0
    await insight.refresh({ onlyStale: true })
    await settle()
    return calls.length
  }
  expect(await asked()).toBe(0)
  await vi.advanceTimersByTimeAsync(11 * 60_000)
  expect(await asked()).toBe(5)
  await vi.advanceTimersByTimeAsync(20 * 60_000)
  expect(await asked()).toBe(6)
  since = new Date(Date.now() + 1).toISOString()
  await vi.advanceTimersByTimeAsync(5)
  expect(await asked()).toBe(6)
})

test('after a setup nothing of another gateway is left', async () => {
  await insight.refresh({ parts: ['version'] })
  await settle()
  bus.publish({ type: 'operation.finished', operation: { kind: 'setup' } as Operation })
  expect((await insight.read()).parts.version.value).toBeUndefined()
})
