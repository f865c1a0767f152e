import { afterEach, expect, test } from 'vitest'
import {
  type RunOptions,
  runTestCli,
  startTestPanel,
  TEST_STATUS,
  type TestPanel,
  tellOperation,
  testOperation,
} from '../test-panel.ts'

const NEW = testOperation({ steps: [{ id: 'finish-update', title: 'Keep', state: 'done' }] })
const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function run(argv: string[], options: RunOptions = {}, isNew = true, status = TEST_STATUS) {
  const panel = await startTestPanel(
    {
      'POST /api/image/update': () => ({ operationId: 'op-1' }),
      'POST /api/image/rollback': () => ({ operationId: 'op-1' }),
      'GET /api/status': () => status,
    },
    { events: tellOperation(isNew ? NEW : testOperation()) },
  )
  panels.push(panel)
  const result = await runTestCli(argv, { panel, ...options })
  return { ...result, requests: panel.requests.filter(({ key }) => key.startsWith('POST')) }
}

test.each([
  [[], {}],
  [['--image', 'r.example/a@sha256:00'], { image: { kind: 'registry', reference: 'r.example/a@sha256:00' } }],
  [
    ['--archive', '/x.tar', '--within', '20'],
    { image: { kind: 'archive', path: '/x.tar' }, healthyWithinSeconds: 20 },
  ],
  [['--repo', '/r', '--build-arg', 'A=1'], { image: { kind: 'repo', path: '/r', buildArgs: { A: '1' } } }],
])('update %j asks for %j', async (argv, body) => {
  const { code, requests } = await run(['update', ...argv])
  expect(code).toBe(0)
  expect(requests[0]?.body).toEqual(body)
})

test.each([
  [['--within', '9'], '--within must be 10 to 3600 seconds, not "9"'],
  [['--within', '1e3'], '--within must be 10 to 3600 seconds'],
  [['--image', 'a', '--bundled'], 'exclude each other'],
  [['now'], 'update takes no operand'],
])('update %j is refused', async (argv, says) => {
  const { code, stderr, requests } = await run(['update', ...argv])
  expect({ code, requests }).toEqual({ code: 2, requests: [] })
  expect(stderr).toContain(says)
})

test('an update says what runs, and when there was nothing to do', async () => {
  expect((await run(['update'])).stdout).toContain('The gateway runs the new image.\nImage: bundled gateway')
  expect((await run(['update'], {}, false)).stdout).toContain('It runs, and its image was up to date.')
})

test('rollback asks for the way back and names the way forward', async () => {
  const { code, stdout, requests } = await run(['rollback'])
  expect(code).toBe(0)
  expect(requests.map(({ key }) => key)).toEqual(['POST /api/image/rollback'])
  expect(stdout).toContain('The gateway runs again: bundled gateway')
  expect((await run(['rollback', 'x'])).code).toBe(2)
})

test('an update and a step back say when the gateway runs another image than theirs', async () => {
  const { image } = TEST_STATUS
  if (image === null) throw new Error('no image')
  const status = { ...TEST_STATUS, image: { ...image, isRunning: false } }
  expect((await run(['update'], {}, true, status)).stdout).toContain('The update changed nothing that runs')
  expect((await run(['rollback'], {}, true, status)).stdout).toContain(
    'The step back changed nothing that runs',
  )
})

test('--json is the operation', async () => {
  expect(JSON.parse((await run(['update', '--json'])).stdout)).toEqual(NEW)
})
