import { afterEach, expect, test } from 'vitest'
import {
  type RunOptions,
  runTestCli,
  startTestPanel,
  TEST_STATUS,
  type TestHandlers,
  type TestPanel,
  tellOperation,
  testOperation,
} from '../test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function run(argv: string[], options: RunOptions = {}, changed = true, handlers: TestHandlers = {}) {
  const panel = await startTestPanel(
    {
      'POST /api/setup': () => ({ operationId: 'op-1' }),
      'GET /api/status': () => TEST_STATUS,
      'POST /api/token/reveal': () => ({ token: 'a b#c', source: 'env', sourcesAgree: true }),
      'POST /api/login-link': () => ({
        url: 'http://127.0.0.1:18780/#code=xyz',
        code: 'xyz',
        expiresAt: '2026-11-23T11:42:00.000Z',
      }),
      ...handlers,
    },
    { events: tellOperation(testOperation({ changed })) },
  )
  panels.push(panel)
  const result = await runTestCli(['setup', ...argv], { panel, ...options })
  return { ...result, body: panel.requests.find(({ key }) => key === 'POST /api/setup')?.body }
}

test.each([
  [[], {}, {}],
  [['--quadlet'], {}, { mode: 'quadlet' }],
  [['--container'], { RAZROOM_PODMAN_QUADLET: '1' }, { mode: 'container' }],
  [[], { RAZROOM_PODMAN_QUADLET: 'TRUE' }, { mode: 'quadlet' }],
  [[], { RAZROOM_PODMAN_QUADLET: '0' }, { mode: 'container' }],
  [[], { RAZROOM_PODMAN_QUADLET: '' }, {}],
  [['--bundled'], { RAZROOM_REPO_PATH: '/src' }, { image: { kind: 'bundled' } }],
  [['--repo', '../x/./razroom'], {}, { image: { kind: 'repo', path: '/x/razroom' } }],
  [['--repo', '/opt/razroom/'], {}, { image: { kind: 'repo', path: '/opt/razroom' } }],
  [
    ['--repo', '/r', '--build-arg', 'A=1', '--build-arg', 'B=x=y'],
    {},
    { image: { kind: 'repo', path: '/r', buildArgs: { A: '1', B: 'x=y' } } },
  ],
  [['--image', 'ghcr.io/x/y:1'], {}, { image: { kind: 'registry', reference: 'ghcr.io/x/y:1' } }],
  [['--archive', 'x.tar'], {}, { image: { kind: 'archive', path: '/somewhere/x.tar' } }],
  [[], { RAZROOM_REPO_PATH: 'razroom' }, { image: { kind: 'repo', path: '/somewhere/razroom' } }],
  [
    ['--bridge-port', '28790'],
    { RAZROOM_PODMAN_GATEWAY_HOST_PORT: '28789', RAZROOM_PODMAN_BRIDGE_HOST_PORT: '28791' },
    { gatewayPort: 28789, bridgePort: 28790 },
  ],
  [['--user', 'alice'], { RAZROOM_PODMAN_USER: 'bob' }, { user: 'alice' }],
  [[], { RAZROOM_PODMAN_USER: 'bob' }, { user: 'bob', createUser: true }],
  [
    ['--container-name', 'gw', '--workspace-dir', 'ws', '--userns', 'host'],
    { RAZROOM_PODMAN_CONTAINER: 'x', RAZROOM_CONFIG_DIR: '/srv/razroom/', RAZROOM_PODMAN_USERNS: 'auto' },
    { containerName: 'gw', configDir: '/srv/razroom', workspaceDir: '/somewhere/ws', userns: 'host' },
  ],
  [
    [],
    { RAZROOM_PODMAN_IMAGE: 'razroom:local' },
    { image: { kind: 'registry', reference: 'razroom:local' } },
  ],
  [['--repo', '/src'], { RAZROOM_PODMAN_IMAGE: 'razroom:local' }, { image: { kind: 'repo', path: '/src' } }],
  [['--quadlet', '--no-start-at-boot'], {}, { mode: 'quadlet', startAtBoot: false }],
  [['--start-at-boot'], {}, { startAtBoot: true }],
  [['--publish', '127.0.0.2'], {}, { publishAddress: '127.0.0.2' }],
] as const)('%j with %j asks for %j', async (argv, env, body) => {
  const result = await run([...argv], { io: { env } })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.body).toEqual(body)
})

test.each([
  [['--quadlet', '--container'], {}, 'exclude each other'],
  [['--repo', 'x', '--bundled'], {}, 'exclude each other'],
  [['--repo', ''], {}, '--repo must be a directory'],
  [['--repo', 'a\nb'], {}, '--repo must be a directory'],
  [['--gateway-port', '80'], {}, '--gateway-port must be a port from 1024 to 65535, not "80"'],
  [['--gateway-port', '0x5000'], {}, '--gateway-port must be a port'],
  [['--bridge-port', '70000'], {}, '--bridge-port must be a port'],
  [[], { RAZROOM_PODMAN_QUADLET: 'maybe' }, 'RAZROOM_PODMAN_QUADLET must be 1 or 0'],
  [[], { RAZROOM_PODMAN_GATEWAY_HOST_PORT: 'x' }, 'RAZROOM_PODMAN_GATEWAY_HOST_PORT must be a port'],
  [['--image', '.x'], {}, '--image must be an image reference, not ".x"'],
  [['--image', 'a', '--archive', 'x.tar'], {}, '--image and --archive exclude each other'],
  [['--archive', ''], {}, '--archive must be a file'],
  [['--bundled', '--build-arg', 'A=1'], {}, '--build-arg goes with --repo'],
  [['--repo', 'x', '--build-arg', 'A'], {}, '--build-arg must be NAME=VALUE on one line, not "A"'],
  [['--publish', 'everywhere'], {}, '--publish must be an IP address, not "everywhere"'],
  [['--user', 'Me'], {}, '--user must be a user name, not "Me"'],
  [[], { RAZROOM_PODMAN_USER: '0' }, 'RAZROOM_PODMAN_USER must be a user name, not "0"'],
  [['--container-name', '.x'], {}, 'must be letters'],
  [['--userns', 'nomap'], {}, 'must be keep-id, auto or host, not "nomap"'],
  [['--config-dir', ''], {}, '--config-dir must be a directory'],
  [['--start-at-boot', '--no-start-at-boot'], {}, 'exclude each other'],
  [['now'], {}, 'setup takes no operand'],
] as const)('%j with %j is refused before anything happens', async (argv, env, says) => {
  const { code, stderr, stdout, body } = await run([...argv], { io: { env } })
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(says)
  expect(body).toBeUndefined()
})

test('ends with both links', async () => {
  const { stdout } = await run([])
  expect(stdout).toContain('The gateway is set up and answers.\nImage: bundled gateway, for a first try\n')
  expect(stdout).toContain('  Gateway  http://127.0.0.1:18789/#token=a%20b%23c\n')
  expect(stdout).toContain('  Panel    http://127.0.0.1:18780/#code=xyz\n')
  expect(stdout).toContain('works once, until 2026-11-23 ')
})

test('a second run says that nothing was changed', async () => {
  expect((await run([], {}, false)).stdout).toContain('Everything was already set up: nothing was changed.')
})

test('without a daemon there is no link to the page that would not work', async () => {
  const { stdout } = await run([], { isDaemon: false })
  expect(stdout).toContain('Panel    not running')
  expect(stdout).not.toContain('#code=')
})

test('--json is the operation, and no link is made', async () => {
  const { code, stdout } = await run(['--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(testOperation())
})

test('an address beyond loopback is consent, and what it opens is said', async () => {
  const { code, stderr, body } = await run(['--publish', '0.0.0.0'])
  expect(code).toBe(0)
  expect(body).toEqual({ publishAddress: '0.0.0.0', confirmExposure: true })
  expect(stderr).toMatch(/--publish 0\.0\.0\.0: every machine that reaches this address/)
})
