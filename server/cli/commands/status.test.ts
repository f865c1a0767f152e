import { expect, test } from 'vitest'
import type { Status } from '../../../contract/schemas.ts'
import { runTestCli, startTestPanel, TEST_STATUS } from '../test-panel.ts'

async function run(now: Status, argv: string[] = []) {
  const panel = await startTestPanel({ 'GET /api/status': () => now })
  try {
    return await runTestCli(['status', ...argv], { panel })
  } finally {
    await panel.close()
  }
}

const withGateway = (gateway: Partial<Status['gateway']>, more: Partial<Status> = {}): Status => ({
  ...TEST_STATUS,
  ...more,
  gateway: { ...TEST_STATUS.gateway, ...gateway },
})

test('--json is the Status document', async () => {
  const { code, stdout } = await run(TEST_STATUS, ['--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(TEST_STATUS)
})

test('says what runs, where, since when and from which image', async () => {
  const { code, stdout } = await run(withGateway({ usage: { cpuPercent: 12.4, memoryBytes: 436_207_616 } }))
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Gateway {2}running, healthy, since 2026-11-23 \d\d:40:00/)
  expect(stdout).toContain('http://127.0.0.1:18789/')
  expect(stdout).toContain('18789 gateway, 18790 bridge, on 127.0.0.1')
  expect(stdout).toContain('bundled gateway, for a first try (localhost/razroom:bundled)')
  expect(stdout).toContain('12 % CPU, 436 MB')
  expect(stdout).toContain('razroom (999)')
})

test('what mends a failure and where to look stand apart', async () => {
  const fatal = { line: 'x', meaning: 'It ended.', hint: 'Run: sudo razroom-panel token rotate' }
  const { stdout } = await run(withGateway({ state: 'failed', fatal }))
  expect(stdout).toContain('sudo razroom-panel token rotate; See: sudo razroom-panel logs')
})

test('an image that is called what its name is, is told once', async () => {
  const reference = 'quay.example/razroom:1'
  const image = { ...TEST_STATUS.image, source: { kind: 'registry', reference }, label: reference, reference }
  const { stdout } = await run({ ...TEST_STATUS, image } as typeof TEST_STATUS)
  expect(stdout).toMatch(/^Image {4}quay\.example\/razroom:1$/m)
})

test.each([
  [
    'not set up',
    withGateway({ state: 'absent' }, { isSetUp: false, image: null }),
    'sudo razroom-panel setup',
  ],
  ['absent', withGateway({ state: 'absent' }), 'sudo razroom-panel launch'],
  ['stopped', withGateway({ state: 'stopped', exitCode: 0 }), 'sudo razroom-panel launch'],
  ['starting', withGateway({ state: 'starting', usualStartMs: 51_200 }), 'sudo razroom-panel logs -f'],
  ['running, not answering', withGateway({ healthy: false }), 'See why: sudo razroom-panel logs'],
  [
    'restart needed',
    withGateway({}, { restartRequired: true, restartReasons: ['.env was changed'] }),
    'sudo razroom-panel restart',
  ],
  ['busy', withGateway({}, { operationId: 'op-1' }), 'An operation is running'],
  ['fine', TEST_STATUS, 'sudo razroom-panel login'],
])('names the next command: %s', async (_, now, next) => {
  const { code, stdout } = await run(now)
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n').at(-1)).toContain(next)
})

test('says why it failed, what that means and what mends it', async () => {
  const fatal = {
    line: 'Gateway start blocked\x1b[2J',
    meaning: 'gateway.mode is not set',
    hint: 'Set it to local.',
  }
  const { stdout } = await run(withGateway({ state: 'failed', exitCode: 1, healthy: false, fatal }))
  expect(stdout).toContain('failed, since')
  expect(stdout).toContain('exit code 1')
  expect(stdout).toContain('gateway.mode is not set\n  Gateway start blocked\n')
  expect(stdout).toContain('Set it to local. See: sudo razroom-panel logs')
})

test('warns of what the panel could not read, without its control characters', async () => {
  const { code, stdout } = await run({ ...TEST_STATUS, warnings: ['.env cannot be read\x1b[2J', 'second'] })
  expect(code).toBe(0)
  expect(stdout).toMatch(/\n\nWarning: \.env cannot be read.*\nWarning: second\n\n/)
  expect(stdout).not.toContain('\x1b')
  expect((await run(TEST_STATUS)).stdout).not.toContain('Warning')
})

test('lists what needs a restart, and how long starts took here', async () => {
  const restart = withGateway({}, { restartRequired: true, restartReasons: ['.env was changed', 'new port'] })
  expect((await run(restart)).stdout).toContain('A restart is needed for:\n  .env was changed\n  new port\n')
  const starting = withGateway({ state: 'starting', usualStartMs: 51_200 })
  expect((await run(starting)).stdout).toContain('starting, starts here took up to 52 s')
  const first = withGateway({ state: 'starting' })
  expect((await run(first)).stdout).toContain('starting, no start was timed here yet')
})

test('a gateway that does not start any more: which files it last started with', async () => {
  const goBack = [
    { file: 'config', path: '/x/razroom.json', versionId: '1764276000000-0123abcd', provenAt: 'x' } as const,
  ]
  const line =
    'It last started with another razroom.json: sudo razroom-panel versions config restore 1764276000000-0123abcd'
  expect((await run(withGateway({ state: 'failed' }, { goBack }))).stdout).toContain(line)
  expect((await run(withGateway({ state: 'running' }, { goBack }))).stdout).not.toContain('It last started')
})

test('the zero time of podman is no time', async () => {
  const { stdout } = await run(withGateway({ state: 'stopped', since: '0001-01-01T00:00:00Z' }))
  expect(stdout).toMatch(/^Gateway {2}stopped/)
  expect(stdout).not.toContain('since')
})
