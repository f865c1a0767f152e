import * as fs from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { gatewayArgs } from './render-podman-run.ts'
import { listen, makeSpec, runScript, startGateway, testHome } from './test-launch-script.ts'

const systemctl = (...words: string[]) => ['systemctl', '--user', '--no-ask-password', ...words]
const QUADLET = '.config/containers/systemd/razroom.container'
const PLAIN = '.config/systemd/user/razroom.service'

function writeUnit(path: string): void {
  const file = join(testHome(), path)
  fs.mkdirSync(dirname(file), { recursive: true })
  fs.writeFileSync(file, '[Unit]\n')
}

test.each([QUADLET, PLAIN, ''])(
  'a unit runs the gateway (%s): it is restarted, and podman starts nothing',
  async (path) => {
    if (path !== '') writeUnit(path)
    const port = await startGateway()
    const env = { FAKE_PORT: String(port), ...(path === '' ? { FAKE_UNIT: 'razroom.service' } : {}) }
    const run = await runScript({ env })
    expect([run.err, run.code]).toEqual(['', 0])
    expect(run.calls.filter(([verb]) => verb === 'run')).toEqual([])
    expect(run.calls).toContainEqual(systemctl('daemon-reload'))
    const jobs = run.calls.filter((call) => call.includes('razroom.service') && !call.includes('show'))
    // A unit that was started too often is not started again before its count is forgotten.
    expect(jobs).toEqual([
      systemctl('reset-failed', '--', 'razroom.service'),
      systemctl('restart', '--', 'razroom.service'),
    ])
    expect(run.out).toContain(`The gateway answers: http://127.0.0.1:${port}/`)
  },
)

test('it waits for a unit that systemd starts once more by itself', async () => {
  writeUnit(QUADLET)
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    if (requests > 1) response.end('hello')
    else request.socket.destroy()
  })
  const port = await listen(server)
  const env = { FAKE_PORT: String(port), FAKE_RESTART_EXIT: '1', FAKE_ACTIVE: 'activating' }
  const run = await runScript({ env })
  expect(run.code).toBe(0)
  expect(run.err).toContain('systemctl --user restart razroom.service failed')
})

test('a unit that has failed: its exit code and the last lines of the log', async () => {
  writeUnit(QUADLET)
  const log = join(testHome(), '.local/share/razroom/log')
  fs.mkdirSync(log, { recursive: true })
  fs.writeFileSync(
    join(log, 'gateway.log'),
    '2026-01-01T00:00:00.0+00:00 stderr F Refusing\u001b]0;evil\u0007 to bind\n',
  )
  const run = await runScript({ env: { FAKE_PORT: '1999', FAKE_ACTIVE: 'failed' } })
  expect(run.code).toBe(1)
  expect(run.err.split('\n')).toEqual([
    'run-razroom-podman: the unit razroom.service is failed (exit code 78) and does not answer',
    'run-razroom-podman: more: sudo systemctl --machine razroom@ --user status razroom.service',
    'run-razroom-podman: its last lines:',
    'Refusing]0;evil to bind',
    '',
  ])
})

test.each([
  [
    'variables a unit does not follow',
    { RAZROOM_PODMAN_GATEWAY_HOST_PORT: '28789' },
    2,
    'RAZROOM_PODMAN_GATEWAY_HOST_PORT: the unit',
  ],
  ['a manager that cannot be reached', { FAKE_NO_MANAGER: '1' }, 3, 'sudo loginctl enable-linger razroom'],
  [
    'a file that Quadlet refuses',
    { FAKE_LOAD_STATE: 'not-found' },
    3,
    'systemd knows no unit razroom.service',
  ],
])('%s', async (_name, env, code, message) => {
  writeUnit(QUADLET)
  const run = await runScript({ env })
  expect(run.code).toBe(code)
  expect(run.err).toContain(message)
  expect(run.calls.flat()).not.toContain('run')
  expect(run.calls.flat()).not.toContain('restart')
})

test('a container whose unit is gone, and one under another name, are podman’s', async () => {
  const port = await startGateway()
  const gone = await runScript({
    spec: makeSpec(port),
    env: { FAKE_UNIT: 'razroom.service', FAKE_LOAD_STATE: 'not-found' },
  })
  expect([gone.code, gone.calls.filter(([verb]) => verb === 'run')]).toEqual([0, [expect.any(Array)]])
  writeUnit(QUADLET)
  const other = await runScript({ spec: makeSpec(port), env: { RAZROOM_PODMAN_CONTAINER: 'mine' } })
  expect([other.err, other.code]).toEqual(['', 0])
  expect(other.calls.flat()).toContain('--name=mine')
})

test('a port that the forwarder of the replaced container still holds is tried again', async () => {
  const spec = makeSpec(await startGateway())
  const run = await runScript({ spec, env: { FAKE_TAKEN: '1' } })
  expect([run.err, run.code]).toEqual(['', 0])
  expect(run.calls.filter(([verb]) => verb === 'run')).toHaveLength(2)
  expect(fs.readdirSync(join(testHome(), '.local/share/razroom/log'))).toEqual([])
})

test.each(['keep-id', 'auto', 'host'] as const)(
  'user namespace %s, set or by the variable',
  async (userns) => {
    const port = await startGateway()
    const wanted = gatewayArgs(makeSpec(port, { userns }))
    const set = await runScript({ spec: makeSpec(port, { userns }) })
    expect(set.calls.find(([verb]) => verb === 'run')).toEqual(['run', ...wanted])
    const others = (['keep-id', 'auto', 'host'] as const).filter((other) => other !== userns)
    for (const other of others) {
      const named = await runScript({
        spec: makeSpec(port, { userns: other }),
        env: { RAZROOM_PODMAN_USERNS: userns },
      })
      const args =
        named.calls.find(([verb]) => verb === 'run')?.filter((word) => !word.startsWith('--label=')) ?? []
      expect(args).toEqual(['run', ...wanted.filter((word) => !word.startsWith('--label='))])
    }
  },
)
