import { afterEach, expect, test } from 'vitest'
import { type GatewayInsight, INSIGHT_PARTS, type InsightPartName } from '../../../contract/insight.ts'
import { ConflictError, toProblem } from '../../errors.ts'
import { runTestCli, startTestPanel, type TestPanel } from '../test-panel.ts'

type Parts = GatewayInsight['parts']
const AT = '2026-11-27T12:00:00.000Z'
const NOW = '2026-11-27T12:03:00.000Z'

let panel: TestPanel | undefined
afterEach(async () => {
  await panel?.close()
})

const values: { readonly [N in InsightPartName]: Parts[N]['value'] } = {
  version: { version: '2026.2.17' },
  models: {
    models: [
      { key: 'openai/x', isAvailable: true, isMissing: false, tags: ['default'] },
      { key: 'groq/y', isAvailable: false, isMissing: false, tags: ['fallback#1'] },
    ],
    skipped: 2,
  },
  providers: {
    defaultModel: 'openai/x',
    fallbacks: [],
    providers: [{ name: 'groq', state: 'cooldown', reason: 'rate_limit' }],
    skipped: 0,
  },
  sessions: { count: 0, sessions: [], skipped: 0 },
  cron: { jobs: [{ name: 'Morning', isEnabled: true, schedule: '0 8 * * *', lastStatus: 'ok' }], skipped: 0 },
  channels: {
    channels: [{ id: 'telegram', label: 'Telegram', state: 'failed', lastError: '401\x1b[2J' }],
    skipped: 0,
  },
}
const make = (
  more: { [N in InsightPartName]?: Partial<Parts[N]> } = {},
  rest: Partial<GatewayInsight> = {},
) =>
  ({
    available: true,
    at: NOW,
    parts: Object.fromEntries(
      INSIGHT_PARTS.map((name) => [
        name,
        { progress: 'idle', isSlow: false, command: 'c', value: values[name], at: AT, ...more[name] },
      ]),
    ),
    ...rest,
  }) as GatewayInsight

async function run(argv: readonly string[], answers: readonly GatewayInsight[]) {
  const left = [...answers]
  const next = () => left.shift() ?? make()
  panel = await startTestPanel({
    'POST /api/gateway/insight/refresh': next,
    'GET /api/gateway/insight': next,
  })
  return runTestCli(['insight', ...argv], { panel })
}

test('each part with its age, and what is wrong in it', async () => {
  const { code, stdout } = await run([], [make()])
  expect(code).toBe(0)
  expect(stdout).toContain('version (3 min ago)\n  2026.2.17\n')
  expect(stdout).toContain('  groq/y  fallback#1  no key\n  and 2 more that are not shown\n')
  expect(stdout).toContain('  groq: cooldown  rate_limit\n')
  expect(stdout).toContain('sessions (3 min ago)\n  none yet\n')
  expect(stdout).toContain('  Morning  0 8 * * *  last run ok\n')
  expect(stdout).toContain('  Telegram: failed  401')
  expect(stdout).not.toContain('\x1b')
  expect(panel?.requests.map(({ body }) => body)).toEqual([{ parts: [...INSIGHT_PARTS], onlyStale: true }])
})

test('waits for what is asked for, not for the rest; --refresh reads it whatever its age', async () => {
  const busy = make({ version: { progress: 'reading', startedAt: AT }, channels: { progress: 'waiting' } })
  const { code, stdout } = await run(
    ['version', '--refresh'],
    [busy, make({ channels: { progress: 'reading' } })],
  )
  expect([code, stdout]).toEqual([0, 'version (3 min ago)\n  2026.2.17\n'])
  expect(panel?.requests.map(({ key }) => key)).toEqual([
    'POST /api/gateway/insight/refresh',
    'GET /api/gateway/insight',
  ])
  expect(panel?.requests[0]?.body).toEqual({ parts: ['version'] })
})

test('one broken command is told beside the others, and counts', async () => {
  const problem = toProblem(new ConflictError('GATEWAY_COMMAND_FAILED', { detail: 'it exited with 1' }))
  const { code, stdout } = await run([], [make({ sessions: { problem, failedAt: NOW } })])
  expect(code).toBe(1)
  expect(stdout).toContain('  none yet\n  could not be read: it exited with 1\n')
  expect(stdout).toContain('2026.2.17')
})

test('a gateway that does not run: what it said before, and why it is not asked', async () => {
  const reason = 'The gateway does not run: it is stopped.'
  const { code, stdout } = await run(
    ['cron', 'models'],
    [make({ cron: { value: undefined, at: undefined } as object }, { available: false, reason })],
  )
  expect(code).toBe(1)
  expect(stdout).toMatch(/^cron\n {2}not read yet\nmodels \(3 min ago\)/)
  expect(stdout).toContain(`Not asked: ${reason}`)
})

test('a part that there is not', async () => {
  const { code, stderr } = await run(['chanels'], [])
  expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean insight channels?')])
})
