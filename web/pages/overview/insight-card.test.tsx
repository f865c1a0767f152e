import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { GatewayInsight, InsightPartName } from '../../../contract/insight.ts'
import type { Problem, Status } from '../../../contract/schemas.ts'
import { now } from '../../state/clock.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { status } from '../../state/status.ts'
import { InsightCard } from './insight-card.tsx'

type Parts = GatewayInsight['parts']
const AT = '2026-11-27T12:00:00.000Z'
const NAMES: InsightPartName[] = ['version', 'models', 'providers', 'sessions', 'cron', 'channels']
const calls: string[] = []
let answer: GatewayInsight

const make = (
  more: { [N in InsightPartName]?: Partial<Parts[N]> } = {},
  rest: Partial<GatewayInsight> = {},
) =>
  ({
    available: true,
    at: AT,
    parts: Object.fromEntries(
      NAMES.map((name) => [
        name,
        { progress: 'idle', isSlow: name === 'channels', command: 'c', ...more[name] },
      ]),
    ),
    ...rest,
  }) as GatewayInsight

const be = (state: string, since = '2026-11-27T11:00:00Z'): void => {
  status.value = { gateway: { state, since }, operationId: null } as unknown as Status
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-27T12:03:00Z') })
  now.value = Date.now()
  calls.length = 0
  answer = make()
  be('running')
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    calls.push(`${init.method} ${url} ${init.body ?? ''}`.trim())
    return new Response(JSON.stringify(answer), { status: init.method === 'POST' ? 202 : 200 })
  })
})
afterEach(() => {
  cleanup()
  forgetRemotes()
  status.value = null
  Object.defineProperty(document, 'hidden', { configurable: true, value: false })
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const wait = (ms = 10) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms)
  })
const show = async () => {
  render(<InsightCard />)
  await wait()
}
const part = (title: string) => screen.getByRole('region', { name: title })
const asked = () => calls.filter((call) => call.startsWith('POST'))
const STALE = 'POST /api/gateway/insight/refresh {"onlyStale":true}'

test('it says that somebody looks after some seconds, then once a minute, and nothing from a hidden tab', async () => {
  await show()
  expect(calls).toEqual(['GET /api/gateway/insight'])
  await wait(5_000)
  expect(asked()).toEqual([STALE])
  await wait(60_000)
  expect(asked()).toEqual([STALE, STALE])
  Object.defineProperty(document, 'hidden', { configurable: true, value: true })
  await wait(600_000)
  expect(asked()).toHaveLength(2)
  cleanup()
  Object.defineProperty(document, 'hidden', { configurable: true, value: false })
  await vi.advanceTimersByTimeAsync(600_000)
  expect(asked()).toHaveLength(2)
})

test.each(['starting', 'stopped', 'failed'])(
  'a gateway that is %s is never asked by itself',
  async (state) => {
    be(state)
    answer = make({}, { available: false, reason: 'The gateway does not run.' })
    await show()
    await wait(600_000)
    expect(asked()).toEqual([])
    expect(screen.getByRole('button', { name: 'Ask now' }).title).toContain('does not run')
  },
)

test('before anything was asked it says that it will be, and how to ask at once', async () => {
  await show()
  expect(screen.getByText(/asked by itself soon/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Ask now' }))
  await wait()
  expect(asked()).toHaveLength(1)
  expect(asked()[0]).not.toBe(STALE)
  cleanup()
  answer = make({ version: { value: { version: '2026.2.17' }, at: AT } })
  await show()
  expect(screen.queryByText(/asked by itself/)).toBeNull()
  expect(screen.getByRole('button', { name: 'Ask again' })).toBeTruthy()
})

test('each part has its age, or how far the asking is, against the time before', async () => {
  answer = make({
    version: { value: { version: '2026.2.17' }, at: AT },
    models: { progress: 'waiting' },
    channels: { progress: 'reading', startedAt: '2026-11-27T12:02:48Z', tookMs: 63_000 },
    cron: { value: { jobs: [], skipped: 0 }, at: '2026-11-27T10:00:00Z' },
  })
  await show()
  expect(part('Version').textContent).toContain('3 min ago')
  expect(part('Models').textContent).toContain('waits for its turn')
  expect(part('Channels').textContent).toContain('asking for 12 s, took 1 min 3 s before')
  expect(part('Jobs').textContent).toContain('2 h 3 min ago, before the last start')
  expect(part('Jobs').textContent).toContain('No job is switched on')
  expect(part('Sessions').textContent).toContain('Not asked yet')
})

test('a broken command hides neither the others nor what it said before', async () => {
  const problem = { title: 'A command failed', detail: 'it exited with 1', hint: '' } as Problem
  answer = make({
    version: { value: { version: '2026.2.17' }, at: AT },
    sessions: { value: { count: 0, sessions: [], skipped: 0 }, at: AT, problem, failedAt: AT },
  })
  await show()
  expect(part('Version').textContent).toContain('2026.2.17')
  expect(part('Sessions').textContent).toContain('No conversation yet')
  expect(part('Sessions').textContent).toContain('It could not be read again.it exited with 1')
})

test('states in words, and the last error', async () => {
  answer = make({
    channels: {
      at: AT,
      value: {
        channels: [
          { id: 'telegram', label: 'Telegram', state: 'failed', lastError: '<b>401</b>' },
          { id: 'irc', label: 'IRC', account: 'b', state: 'connected' },
        ],
        skipped: 3,
      },
    },
    providers: {
      at: AT,
      value: { fallbacks: [], providers: [{ name: 'groq', state: 'missing' }], skipped: 0 },
    },
  })
  await show()
  expect(part('Channels').textContent).toContain('TelegramfailedLast error: <b>401</b>IRC (b)connected')
  expect(part('Channels').textContent).toContain('And 3 more')
  expect(part('Providers').textContent).toContain('groqno key')
})

test('one part, or all of them, by a click', async () => {
  await show()
  fireEvent.click(within(part('Channels')).getByRole('button', { name: 'Ask again: Channels' }))
  fireEvent.click(screen.getByRole('button', { name: 'Ask now' }))
  await wait()
  expect(asked()[0]).toBe('POST /api/gateway/insight/refresh {"parts":["channels"]}')
  expect(asked()[1]).toContain('"version"')
})
