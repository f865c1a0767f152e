import { expect, test } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { ConflictError, SetupError, toProblem } from '../errors.ts'
import { useOperationPanels } from './test-operation-panel.ts'
import {
  type RunOptions,
  runTestCli,
  TEST_STATUS,
  type TestPanel,
  type TestSockets,
  tellOperation,
  testOperation,
  testStep,
} from './test-panel.ts'

const start = useOperationPanels()

async function run(argv: string[], operation: Operation, options: RunOptions = {}) {
  return runTestCli(argv, { panel: await start({ events: tellOperation(operation) }), ...options })
}

test.each([
  [['launch'], 'POST /api/gateway/start', 'The gateway answers: http://127.0.0.1:18789/'],
  [['stop'], 'POST /api/gateway/stop', 'The gateway has stopped.'],
  [['restart'], 'POST /api/gateway/restart', 'The gateway answers again: http://127.0.0.1:18789/'],
  [['remove'], 'DELETE /api/gateway/container', 'The container is removed.'],
  [['token', 'rotate'], 'POST /api/token/rotate', 'Show it: sudo razroom-panel token show'],
])('%j runs its operation and says what came of it', async (argv, key, says) => {
  const panel = await start({ events: tellOperation(testOperation()) })
  const { code, stdout, stderr } = await runTestCli(argv, { panel })
  expect([code, stderr]).toEqual([0, ''])
  expect(panel.requests[0]?.key).toBe(key)
  expect(stdout).toContain('✓ Step user — created uid 999\n· Step image — unchanged\n')
  expect(stdout).toContain(says)
})

test.each([
  [['launch'], 'The gateway was already running'],
  [['stop'], 'The gateway was not running.'],
  [['remove'], 'There was no container.'],
])('%j says so when there was nothing to do', async (argv, says) => {
  const { code, stdout } = await run(argv, testOperation({ changed: false }))
  expect(code).toBe(0)
  expect(stdout).toContain(says)
})

test.each([[['launch']], [['stop']], [['restart']], [['remove']], [['token', 'rotate']]])(
  '%j --json prints the finished operation and nothing else',
  async (argv) => {
    const { code, stdout, stderr } = await run([...argv, '--json'], testOperation())
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual(testOperation())
  },
)

const failed = testOperation({
  state: 'failed',
  steps: [
    testStep('user', 'unchanged'),
    testStep('image', 'failed', { command: 'sudo -u razroom podman build .' }),
  ],
  output: [
    { stepId: 'user', stream: 'stdout', text: 'of another step' },
    ...Array.from({ length: 25 }, (_, index) => ({
      stepId: 'image',
      stream: 'stderr' as const,
      text: `\x1b[31mbuild line ${index + 1}\x1b[2J`,
    })),
  ],
  problem: toProblem(new SetupError('IMAGE_BUILD_FAILED', { detail: 'exit 1', command: 'podman build .' })),
})

test('a failure shows the last output of its step, its problem and its command', async () => {
  const { code, stdout, stderr } = await run(['launch'], failed)
  expect(code).toBe(1)
  const lines = stdout.split('\n')
  expect(lines[1]).toBe('✗ Step image')
  expect(lines.slice(2, -1)).toEqual(Array.from({ length: 20 }, (_, index) => `    build line ${index + 6}`))
  expect(stderr).toBe(
    'razroom-panel: The image could not be built: exit 1\n' +
      '  Command: podman build .\n' +
      '  The last lines of the build say why.\n',
  )
})

test('--verbose shows all output and the commands, once', async () => {
  const { stdout } = await run(['launch', '--verbose'], failed)
  expect(stdout).toContain('    $ sudo -u razroom podman build .\n✗ Step image\n')
  expect(stdout.match(/build line 1\n/g)).toHaveLength(1)
  expect(stdout.match(/build line 25\n/g)).toHaveLength(1)
})

test('--verbose shows a step, its command and its output in the order of things', async () => {
  const steps = [testStep('image', 'running', { command: 'podman build .' })]
  const output = [{ stepId: 'image', stream: 'stdout' as const, text: 'STEP 1' }]
  const done = [testStep('image', 'done', { command: 'podman build .', did: 'built it' })]
  const panel = await start({
    events: (_, __, send) => {
      const now = testOperation({ state: 'running', steps, output })
      send({ type: 'snapshot', id: 'boot:1', status: TEST_STATUS, operations: [now] })
      send({ type: 'operation.finished', id: 'boot:2', operation: testOperation({ steps: done, output }) })
    },
  })
  const { stdout } = await runTestCli(['stop', '-v'], { panel })
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    '… Step image',
    '    $ podman build .',
    '    STEP 1',
    '✓ Step image — built it',
  ])
})

test('--json prints the problem of an operation that failed', async () => {
  const { code, stdout } = await run(['launch', '--json'], failed)
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toEqual(failed.problem)
})

test('an operation that may not start is its problem', async () => {
  const panel = await start(
    {},
    {
      'POST /api/gateway/start': () => {
        throw new ConflictError('OPERATION_RUNNING', { detail: 'setup, started by the page' })
      },
    },
  )
  const { code, stderr } = await runTestCli(['launch'], { panel })
  expect(code).toBe(1)
  expect(stderr).toContain('Another operation is running: setup, started by the page\n  Wait until')
})

const running = testOperation({ state: 'running', steps: [testStep('image', 'running')] })

/** A panel whose operation runs until it is cancelled; `press` is called once the step is known to run. */
async function startCancellable(press: () => void): Promise<TestPanel> {
  let tell: ((operation: Operation) => void) | undefined
  return start(
    {
      events: (_, __, send) => {
        send({ type: 'snapshot', id: 'boot:1', status: TEST_STATUS, operations: [running] })
        tell = (operation) => send({ type: 'operation.finished', id: 'boot:2', operation })
        setTimeout(press, 50)
      },
    },
    {
      'GET /api/operations/:id': () => running,
      'DELETE /api/operations/:id': () => {
        setTimeout(() => tell?.(testOperation({ state: 'cancelled', steps: [] })), 50)
        return null
      },
    },
  )
}

test('the first Ctrl-C cancels, and the result is that it was cancelled', async () => {
  let interrupt = (): void => {}
  const panel = await startCancellable(() => interrupt())
  const options: RunOptions = {
    panel,
    onStart: (press) => {
      interrupt = press
    },
  }
  const { code, stdout, stderr } = await runTestCli(['launch'], options)
  expect(code).toBe(1)
  expect(stdout).toContain('Cancelling. Press Ctrl-C again to leave it running.')
  expect(stderr).toContain('The operation was cancelled')
  expect(panel.requests.map(({ key }) => key)).toContain('DELETE /api/operations/:id')
})

test('the second Ctrl-C leaves it running', async () => {
  let interrupt = (): void => {}
  const panel = await startCancellable(() => {
    interrupt()
    interrupt()
  })
  const options: RunOptions = {
    panel,
    onStart: (press) => {
      interrupt = press
    },
  }
  const { code, stdout, stderr } = await runTestCli(['launch', '--json'], options)
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toEqual(running)
  expect(stderr).toContain('The operation goes on.')
})

test('a panel inside this process is not left: it would end with it', async () => {
  let interrupt = (): void => {}
  const panel = await startCancellable(() => {
    interrupt()
    interrupt()
  })
  const options: RunOptions = {
    panel,
    isDaemon: false,
    onStart: (press) => {
      interrupt = press
    },
  }
  const { code, stdout } = await runTestCli(['launch'], options)
  expect(code).toBe(1)
  expect(stdout).toContain('Cancelling.\n')
})

test('on a terminal the running step is shown and replaced, in colour unless NO_COLOR is set', async () => {
  const events: TestSockets['events'] = (_, __, send) => {
    send({ type: 'snapshot', id: 'boot:1', status: TEST_STATUS, operations: [running] })
    const step = testStep('image', 'done')
    setTimeout(() => send({ type: 'operation.step', id: 'boot:2', operationId: 'op-1', step }), 30)
    const operation = testOperation({ steps: [step] })
    setTimeout(() => send({ type: 'operation.finished', id: 'boot:3', operation }), 60)
  }
  const panel = await start({ events })
  const plain = await runTestCli(['stop'], { panel, io: { isTty: true, env: { NO_COLOR: '1' } } })
  expect(plain.stdout).toContain('\r\x1b[K… Step image\r\x1b[K✓ Step image\n')
  const coloured = await runTestCli(['stop'], { panel, io: { isTty: true } })
  expect(coloured.stdout).toContain('\x1b[32m✓\x1b[39m Step image\n')
})
