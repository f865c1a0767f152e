import { afterEach, expect, test } from 'vitest'
import type { DeviceList } from '../../contract/devices.ts'
import { ConflictError } from '../errors.ts'
import { runTestCli, startTestPanel, type TestHandlers, type TestPanel } from './test-panel.ts'

const LIST: DeviceList = {
  available: false,
  reason: 'The gateway does not run: it is stopped.',
  pending: [
    {
      id: 'request-1',
      name: 'My \x1b[31mphone',
      platform: 'iOS',
      ip: '10.0.2.100',
      requestedAt: '2026-11-27T11:59:30Z',
    },
  ],
  paired: [{ id: 'device-1', isRevoked: true }],
  skipped: 2,
  at: '2026-11-27T12:00:00Z',
}
const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function run(argv: readonly string[], handlers: TestHandlers = {}) {
  const panel = await startTestPanel({ 'GET /api/devices': () => LIST, ...handlers })
  panels.push(panel)
  return { ...(await runTestCli(['devices', ...argv], { panel })), requests: panel.requests }
}

test('list names who waits and who is in, without steering the terminal', async () => {
  const { code, stdout, stderr } = await run(['list'])
  expect(code).toBe(0)
  expect(stdout).toBe(
    'Waiting for approval: 1\n  request-1  My phone, iOS, 10.0.2.100, asked 30 s ago\n' +
      'Approved: 1\n  device-1  (says nothing of itself) (revoked)\n',
  )
  expect(stderr).toContain('The gateway does not run: it is stopped.')
})

test('with --json it is the document', async () => {
  const { stdout } = await run(['list', '--json'])
  expect(JSON.parse(stdout)).toEqual(LIST)
})

test.each([
  ['approve', 'Approved.'],
  ['reject', 'Rejected.'],
  ['revoke', 'token rotate'],
] as const)('%s asks for that one', async (action, said) => {
  const key = `POST /api/devices/:id/${action}` as const
  const { code, stdout, requests } = await run([action, 'some-id'], { [key]: () => LIST })
  expect([code, requests.map(({ url }) => url)]).toEqual([0, [`/api/devices/some-id/${action}`]])
  expect(stdout).toContain(said)
})

test('what the panel refuses is the problem', async () => {
  const { code, stdout } = await run(['approve', 'x', '--json'], {
    'POST /api/devices/:id/approve': () => {
      throw new ConflictError('GATEWAY_NOT_RUNNING', { detail: 'it is stopped' })
    },
  })
  expect([code, JSON.parse(stdout).code]).toEqual([1, 'GATEWAY_NOT_RUNNING'])
})

test.each([[[]], [['approve']], [['approve', 'a', 'b']], [['list', 'x']], [['aprove', 'x']]])(
  'does not understand devices %j',
  async (argv) => {
    const { code, requests } = await run(argv)
    expect([code, requests]).toEqual([2, []])
  },
)
