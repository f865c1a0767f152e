import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import type { Operation } from '../../../contract/schemas.ts'
import { ConflictError, SetupError, toProblem } from '../../errors.ts'
import {
  runTestCli,
  startTestPanel,
  TEST_STATUS,
  type TestHandlers,
  type TestPanel,
  tellOperation,
  testOperation,
  testStep,
} from '../test-panel.ts'

const OWN = 'my-own-token-0123456789-xyz'
const PROOF = 'the old token is refused (401), the new one accepted'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function start(handlers: TestHandlers, operation?: Operation): Promise<TestPanel> {
  const panel = await startTestPanel(handlers, operation ? { events: tellOperation(operation) } : {})
  panels.push(panel)
  return panel
}

const rotation = (more: Partial<Operation> = {}) =>
  testOperation({
    kind: 'rotate-token',
    steps: [testStep('prove-token', 'unchanged', { found: PROOF })],
    ...more,
  })

/** A panel that rotates: it answers with this operation. */
const rotating = (operation = rotation()) =>
  start(
    {
      'POST /api/token/rotate': () => ({ operationId: 'op-1' }),
      'GET /api/operations/:id': () => operation,
    },
    operation,
  )

const bodyOf = (panel: TestPanel) => panel.requests.find(({ key }) => key === 'POST /api/token/rotate')?.body

test('show prints the token alone on stdout, its source beside it', async () => {
  const reveal = { token: 'abc123', source: 'env', sourcesAgree: true } as const
  const panel = await start({ 'POST /api/token/reveal': () => reveal })
  expect(await runTestCli(['token', 'show'], { panel })).toEqual({
    code: 0,
    stdout: 'abc123\n',
    stderr: 'From .env.\n',
  })
  expect(JSON.parse((await runTestCli(['token', 'show', '--json'], { panel })).stdout)).toEqual(reveal)
})

test('show points at reconcile when the other file holds another token', async () => {
  const panel = await start({
    'POST /api/token/reveal': () => ({ token: 'abc123', source: 'config', sourcesAgree: false }),
  })
  const { stdout, stderr } = await runTestCli(['token', 'show'], { panel })
  expect(stdout).toBe('abc123\n')
  expect(stderr).toContain('From razroom.json.\n.env holds another one')
  expect(stderr).toContain('sudo razroom-panel token reconcile')
})

test('show without a token is the panel’s problem', async () => {
  const panel = await start({
    'POST /api/token/reveal': () => {
      throw new SetupError('TOKEN_MISSING')
    },
  })
  const { code, stdout, stderr } = await runTestCli(['token', 'show'], { panel })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('Run: sudo razroom-panel token rotate')
})

test('rotate says what was proven, and with --json prints the operation', async () => {
  const panel = await rotating()
  const { code, stdout } = await runTestCli(['token', 'rotate'], { panel })
  expect([code, bodyOf(panel)]).toEqual([0, {}])
  expect(stdout).toContain('The old token is refused (401), the new one accepted.\n')
  expect(stdout).toContain('Show it: sudo razroom-panel token show')
  const json = await runTestCli(['token', 'rotate', '--json'], { panel })
  expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'rotate-token', state: 'succeeded' })
})

test('rotate to what is there already does not offer to show a new one', async () => {
  const steps = [testStep('prove-token', 'unchanged', { found: 'the gateway takes this token already' })]
  const panel = await rotating(rotation({ changed: false, steps }))
  const { code, stdout } = await runTestCli(['token', 'rotate', '--custom'], { panel, stdin: OWN })
  expect(code).toBe(0)
  expect(stdout).toContain('The gateway takes this token already.')
  expect(stdout).not.toContain('Show it')
})

test.each([OWN, `${OWN}\n`, `${OWN}\r\n`])('rotate --custom reads standard input: %j', async (stdin) => {
  const panel = await rotating()
  const { code, stdout, stderr } = await runTestCli(['token', 'rotate', '--custom', '-v'], { panel, stdin })
  expect([code, bodyOf(panel)]).toEqual([0, { token: OWN }])
  expect(stdout + stderr).not.toContain(OWN)
})

test('rotate --custom asks on a terminal, without showing what is typed', async () => {
  const panel = await rotating()
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  stdin.write(`${OWN}\r`)
  const { code, stdout, stderr } = await runTestCli(['token', 'rotate', '--custom'], { panel, io: { stdin } })
  expect([code, bodyOf(panel)]).toEqual([0, { token: OWN }])
  expect(stderr).toContain('New token (not shown): ')
  expect(stdout + stderr).not.toContain(OWN)
})

test.each([
  ['', 'is empty'],
  ['canary', 'has 6 of the 24 characters'],
  [`canary ${OWN}`, 'has a blank or a line break'],
  [`"canary-${OWN}"`, 'has a character other than'],
])('rotate --custom refuses %j and sends nothing', async (stdin, says) => {
  const panel = await rotating()
  const { code, stdout, stderr } = await runTestCli(['token', 'rotate', '--custom'], { panel, stdin })
  expect([code, stdout, panel.requests]).toEqual([1, '', []])
  expect(stderr).toContain(says)
  expect(stderr).not.toContain('canary')
  const json = await runTestCli(['token', 'rotate', '--custom', '--json'], { panel, stdin })
  expect(JSON.parse(json.stdout)).toMatchObject({ code: 'TOKEN_REFUSED', fields: [{ path: 'token' }] })
})

test.each([
  [['rotate', OWN], 'token rotate --custom, which asks for it'],
  [['rotate', '--custom', OWN], 'token rotate --custom, which asks for it'],
  [['rotate', `--custom=${OWN}`], 'does not take an argument'],
  [['show', '--custom'], 'token show has no option --custom'],
  [['reconcile', '--custom'], 'token reconcile has no option --custom'],
  [['reconcile', 'x'], 'takes no operand'],
  [['reconcil'], 'did you mean token reconcile?'],
])('token %j is a usage problem that repeats no token', async (words, says) => {
  const { code, stdout, stderr } = await runTestCli(['token', ...words])
  expect(code).toBe(2)
  expect(stderr).toContain(says)
  expect(stdout + stderr).not.toContain(OWN)
})

test.each([true, false])(
  'reconcile says when it counts inside the container; restart due: %s',
  async (isDue) => {
    const operation = testOperation({ kind: 'reconcile-token' })
    const panel = await start(
      {
        'POST /api/token/reconcile': () => ({ operationId: 'op-1' }),
        'GET /api/operations/:id': () => operation,
        'GET /api/status': () => ({ ...TEST_STATUS, restartRequired: isDue }),
      },
      operation,
    )
    const { code, stdout } = await runTestCli(['token', 'reconcile'], { panel })
    expect(code).toBe(0)
    expect(stdout).toContain('.env holds the token that the gateway checks.')
    expect(stdout.includes('sudo razroom-panel restart')).toBe(isDue)
  },
)

test('reconcile of files that agree fails with what there is to say', async () => {
  const problem = toProblem(new ConflictError('TOKEN_SOURCES_AGREE'))
  const operation = testOperation({ kind: 'reconcile-token', state: 'failed', problem })
  const panel = await start(
    {
      'POST /api/token/reconcile': () => ({ operationId: 'op-1' }),
      'GET /api/operations/:id': () => operation,
    },
    operation,
  )
  const { code, stderr } = await runTestCli(['token', 'reconcile'], { panel })
  expect(code).toBe(1)
  expect(stderr).toContain('Both files hold the same token already')
})
