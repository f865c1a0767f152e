import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConnectionPreview, Connections } from '../../../contract/connections.ts'
import { InputError } from '../../errors.ts'
import {
  runTestCli,
  startTestPanel,
  type TestPanel,
  tellOperation,
  testOperation,
  testStep,
} from '../test-panel.ts'

const KEY = 'sk-canary-0123456789abcdef'
const slack = (isSet: boolean) =>
  ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_USER_TOKEN'].map((name) => ({
    name,
    purpose: `About ${name}.`,
    isSecret: true,
    isSet,
  }))
const KNOWN: Connections = {
  etags: { env: 'e1', config: 'c1' },
  providers: [
    { id: 'openai', service: 'OpenAI', variable: 'OPENAI_API_KEY', isSet: false, models: ['openai/gpt-5.2'] },
    { id: 'xai', service: 'xAI', variable: 'XAI_API_KEY', isSet: true, setIn: 'XAI_API_KEY', models: [] },
  ],
  channels: [
    {
      id: 'slack',
      service: 'Slack',
      isSet: false,
      ways: [['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']],
      variables: slack(false),
      hints: [],
    },
  ],
  model: null,
  hasProvider: true,
}
const PREVIEW: ConnectionPreview = {
  etags: { env: 'e1', config: 'c1' },
  env: { path: '/x/.env', changed: true, difference: [{ sign: '+', text: 'OPENAI_API_KEY=••••••••' }] },
  config: { path: '/x/razroom.json', changed: false, difference: [] },
  findings: [{ id: 'x', severity: 'warning', title: 'It is short', evidence: 'seen', hint: 'Look again.' }],
}
const OPERATION = testOperation({
  kind: 'connect-services',
  steps: [testStep('verify-connection', 'unchanged', { found: 'the gateway has a key for OpenAI' })],
})

let panel: TestPanel
beforeEach(async () => {
  panel = await startTestPanel(
    {
      'GET /api/connections': () => KNOWN,
      'POST /api/connections/preview': () => PREVIEW,
      'POST /api/connections': () => ({ operationId: 'op-1' }),
      'GET /api/operations/:id': () => OPERATION,
    },
    { events: tellOperation(OPERATION) },
  )
})
afterEach(() => panel.close())

const run = (args: string[], options: Parameters<typeof runTestCli>[1] = {}) =>
  runTestCli(['connect', ...args], { panel, ...options })
const bodyOf = (key: string) => panel.requests.find((request) => request.key === key)?.body
const wish = () => bodyOf('POST /api/connections/preview')
const keys = () => panel.requests.map(({ key }) => key)

test('shows what would change, writes it, and says what the gateway sees', async () => {
  const { code, stdout, stderr } = await run(['--provider', 'openai', '--model', 'openai/gpt-5.2', '--yes'], {
    stdin: `${KEY}\n`,
  })
  expect(code).toBe(0)
  expect(stdout).toContain('/x/.env:\n  + OPENAI_API_KEY=••••••••\n/x/razroom.json stays as it is.\n')
  expect(stdout).toContain('The gateway has a key for OpenAI.')
  expect(stderr).toContain('warning: It is short\n  seen\n  Look again.\n')
  const expected = { provider: { id: 'openai', key: KEY }, model: 'openai/gpt-5.2' }
  expect(wish()).toEqual(expected)
  expect(bodyOf('POST /api/connections')).toEqual({ ...expected, etags: PREVIEW.etags, restart: true })
  expect(stdout + stderr).not.toContain(KEY)
})

test('takes lines of a file, and leaves the restart to another time', async () => {
  const lines = `# mine\n\nexport SLACK_BOT_TOKEN="xoxb-1"\r\nSLACK_APP_TOKEN=xapp-1\n`
  const { code } = await run(
    ['--channel', 'slack', '--channel', 'slack', '--from', 't', '--no-restart', '--yes'],
    {
      services: { readInputFile: async () => Buffer.from(lines) },
    },
  )
  expect(code).toBe(0)
  const values = [
    { name: 'SLACK_BOT_TOKEN', value: '"xoxb-1"' },
    { name: 'SLACK_APP_TOKEN', value: 'xapp-1' },
  ]
  expect(bodyOf('POST /api/connections')).toMatchObject({
    channels: [{ id: 'slack', values }],
    restart: false,
  })
})

test('a line that sets something else is refused and not repeated', async () => {
  const options = { stdin: `${KEY}\nSLACK_APP_TOKEN=xapp-1\n` }
  const { code, stderr } = await run(['--channel', 'slack', '--yes'], options)
  expect(code).toBe(2)
  expect(stderr).toContain('line 1 of the input sets none of what is asked for')
  expect(stderr).not.toContain(KEY)
  expect(keys()).toEqual(['GET /api/connections'])
})

test('what is set needs no value, and standard input is then left alone', async () => {
  const open = Object.assign(new PassThrough(), { isTTY: false })
  const { code } = await run(['--provider', 'xai', '--yes', '--json'], { io: { stdin: open } })
  expect(code).toBe(0)
  expect(wish()).toEqual({ provider: { id: 'xai' } })
})

test('on a terminal it asks without showing, and again before it writes', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const seen: string[] = []
  const stderr = new PassThrough()
  const answers = [`${KEY}\n`, 'yes\n']
  stderr.on('data', (chunk: Buffer) => {
    seen.push(String(chunk))
    const isQuestion = /\(not shown\): $|\[yes\/no\] $/.test(seen.join(''))
    // The reader listens a turn after its question is written.
    if (isQuestion) setImmediate(() => stdin.write(answers.shift() ?? ''))
  })
  const { code } = await run(['--provider', 'openai'], { io: { stdin, stderr, isTty: true } })
  expect(code).toBe(0)
  expect(seen.join('')).toContain('Key for OpenAI.\nOPENAI_API_KEY (not shown): ')
  expect(seen.join('')).not.toContain(KEY)
  expect(wish()).toEqual({ provider: { id: 'openai', key: KEY } })
})

test.each([
  [['--provider', 'opnai', '--yes'], 1, 'did you mean openai?'],
  [['--channel', 'slak', '--yes'], 1, 'did you mean slack?'],
  [[], 2, 'connect needs --provider, --model or --channel'],
  [['--provider', 'openai', '--json'], 2, 'with --json it needs --yes'],
  [['--model', 'openai/gpt-5.2'], 2, 'without a terminal connect needs --yes'],
])('%j is refused', async (args, exitCode, words) => {
  const { code, stdout, stderr } = await run(args)
  expect(code).toBe(exitCode)
  expect(stdout + stderr).toContain(words)
  expect(keys()).not.toContain('POST /api/connections')
})

test.each([
  [['--provider', 'openai', KEY], 2],
  [['--provider', KEY, '--yes'], 1],
])('a key on the command line is refused and not repeated', async (args, exitCode) => {
  const { code, stdout, stderr } = await run(args)
  expect(code).toBe(exitCode)
  expect(stdout + stderr).not.toContain(KEY)
})

test('what the panel refuses is told by its fields', async () => {
  await panel.close()
  panel = await startTestPanel({
    'GET /api/connections': () => KNOWN,
    'POST /api/connections/preview': () => {
      throw new InputError('CONNECTION_INVALID', { detail: 'provider.key: it is missing' })
    },
  })
  const { code, stderr } = await run(['--provider', 'openai', '--yes'])
  expect([code, stderr.includes('provider.key: it is missing')]).toEqual([1, true])
})

test('--list has every name and what is set', async () => {
  const { stdout } = await run(['--list'])
  expect(stdout).toContain('Model: none is set\nProviders:\n  openai             OpenAI\n')
  expect(stdout).toContain('xAI (set: XAI_API_KEY)')
  expect(JSON.parse((await run(['--list', '--json'])).stdout)).toEqual(KNOWN)
})
