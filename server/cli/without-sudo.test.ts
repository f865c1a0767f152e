import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../contract/error-codes.ts'
import { SetupError } from '../errors.ts'
import { runTestCli, startTestPanel, TEST_STATUS, type TestHandlers } from './test-panel.ts'
import { withoutSudo } from './without-sudo.ts'

test.each([
  ['Set it up: sudo razroom-panel setup', 'Set it up: razroom-panel setup'],
  [
    'Run: sudo ./install.sh --panel-only, or sudo /srv/install.sh',
    'Run: ./install.sh --panel-only, or /srv/install.sh',
  ],
  [
    'cd / && sudo -u razroom podman logs -f razroom',
    'cd / && runuser -u razroom -- env -u XDG_RUNTIME_DIR podman logs -f razroom',
  ],
  [
    'cd / && sudo -H -u razroom env XDG_RUNTIME_DIR=/run/user/996 podman info',
    'cd / && runuser -u razroom -- env -u XDG_RUNTIME_DIR env XDG_RUNTIME_DIR=/run/user/996 podman info',
  ],
  ['Run: sudo chown -R razroom: /srv/a', 'Run: chown -R razroom: /srv/a'],
  [
    'a command by sudo of alice; who called sudo is asked',
    'a command by sudo of alice; who called sudo is asked',
  ],
])('%s', (text, plain) => {
  expect(withoutSudo(text)).toBe(plain)
})

test('no hint is left with a sudo that is not there', () => {
  const hints = Object.values(ERROR_CODES).map(({ hint }) => withoutSudo(hint))
  expect(hints.filter((hint) => /\bsudo /.test(hint))).toEqual([])
})

async function run(argv: string[], hasSudo: boolean, handlers: TestHandlers) {
  const panel = await startTestPanel(handlers)
  try {
    return await runTestCli(argv, { panel, io: { hasSudo } })
  } finally {
    await panel.close()
  }
}

test('hints are as the person can type them, with sudo and without; documents stay', async () => {
  const handlers: TestHandlers = {
    'GET /api/status': () => TEST_STATUS,
    'POST /api/token/reveal': () => {
      throw new SetupError('SETUP_REQUIRED')
    },
  }
  expect((await run(['status'], true, handlers)).stdout).toContain(': sudo razroom-panel')
  expect((await run(['status'], false, handlers)).stdout).not.toContain('sudo')
  expect((await run(['status', '--help'], false, handlers)).stdout).not.toContain('sudo')
  expect((await run(['token', 'show'], false, handlers)).stderr).not.toContain('sudo')
})

test('a value is printed as it is', async () => {
  const value = 'run: sudo razroom-panel login'
  const { stdout, stderr } = await run(['env', 'get', 'NOTE'], false, {
    'GET /api/env': () => ({
      path: '/home/razroom/.razroom/.env',
      exists: true,
      etag: 'a',
      isUtf8: true,
      entries: [
        { line: 1, kind: 'assignment', key: 'NOTE', value, masked: false, length: 1, isEffective: true },
      ],
      findings: [],
    }),
    'POST /api/env/reveal': () => ({ text: value, etag: 'a' }),
  })
  expect([stdout, stderr]).toEqual([`${value}\n`, ''])
})
