import { afterEach, expect, test } from 'vitest'
import type { DoctorReport } from '../../contract/doctor.ts'
import { HostError, toProblem } from '../errors.ts'
import { startText } from './operation-progress.ts'
import {
  runTestCli,
  startTestPanel,
  type TestPanel,
  tellOperation,
  testOperation,
  testStep,
} from './test-panel.ts'

const finding = {
  severity: 'error',
  evidence: 'x (pid 7) listens',
  meaning: '',
  certainty: 'certain',
  check: 'ports',
} as const
const REPORT: DoctorReport = {
  at: '2026-01-01T00:00:00Z',
  checks: [],
  findings: [
    { ...finding, id: 'gateway.failed', title: 'It ended' },
    { ...finding, id: 'port.1', title: 'Port 1 is taken', hint: 'Run: sudo kill 7' },
    { ...finding, id: 'env.findings', title: 'Quotes', fix: { label: 'Remove the quotes' } },
    { ...finding, id: 'note', title: 'A note', severity: 'info' },
  ],
}
const FAILED = testOperation({
  kind: 'start-gateway',
  state: 'failed',
  steps: [testStep('check-ports', 'failed')],
  problem: toProblem(new HostError('GATEWAY_EXITED', { detail: 'exit code 1' })),
})

let panel: TestPanel | undefined
afterEach(async () => {
  await panel?.close()
  panel = undefined
})

async function launch(options: { report?: DoctorReport; argv?: string[]; kind?: 'stop-gateway' } = {}) {
  const { report, argv = ['launch'], kind } = options
  panel = await startTestPanel(
    {
      'POST /api/gateway/start': () => ({ operationId: 'op-1' }),
      'POST /api/gateway/stop': () => ({ operationId: 'op-1' }),
      ...(report ? { 'GET /api/doctor': () => report } : {}),
    },
    { events: tellOperation(kind ? { ...FAILED, kind } : FAILED) },
  )
  return runTestCli(argv, { panel })
}

test('a start that failed: below the problem what the doctor finds, with what mends it', async () => {
  const { code, stderr } = await launch({ report: REPORT })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^razroom-panel: .*exit code 1/)
  expect(stderr.slice(stderr.indexOf('What the doctor finds'))).toBe(
    'What the doctor finds:\n  Port 1 is taken: x (pid 7) listens\n    Run: sudo kill 7\n' +
      '  Quotes: x (pid 7) listens\n    Remove the quotes: sudo razroom-panel doctor --fix env.findings\n',
  )
  expect(panel?.requests.at(-1)?.url).toBe('/api/doctor?about=start')
})

test('nothing is added where nothing was found, where it cannot look, and to a document', async () => {
  expect((await launch({ report: { ...REPORT, findings: [] } })).stderr).not.toContain('doctor')
  await panel?.close()
  expect((await launch()).stderr).not.toContain('What the doctor')
  await panel?.close()
  const { stdout, stderr } = await launch({ report: REPORT, argv: ['launch', '--json'] })
  expect([JSON.parse(stdout).code, stderr]).toEqual(['GATEWAY_EXITED', ''])
})

test('what is not to start a gateway asks no doctor', async () => {
  await launch({ report: REPORT, argv: ['stop'], kind: 'stop-gateway' })
  expect(panel?.requests.map(({ key }) => key)).not.toContain('GET /api/doctor')
})

test.each([
  ['unknown', {}, '; no start was timed here yet'],
  ['as before', { usualMs: 51_200 }, ' of up to 52 s'],
  ['longer', { usualMs: 9_000 }, ', longer than the 9 s of before'],
  ['with a line', { usualMs: 51_200, lastLine: '[x] \x1b[2Jloading' }, ' of up to 52 s — [x] loading'],
])('a start beside those before: %s', (_name, more, text) => {
  const since = '2026-11-27T12:00:00.000Z'
  expect(startText({ since, ...more }, Date.parse(since) + 10_000)).toBe(text)
})
