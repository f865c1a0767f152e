import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { defaultSettings } from '../../../contract/settings.ts'
import { useOperationPanels } from '../test-operation-panel.ts'
import { NO_ALLOWANCES, runTestCli, TEST_STATUS, tellOperation, testOperation } from '../test-panel.ts'

const start = useOperationPanels()

test.each([
  ['running', 'POST /api/gateway/restart'],
  ['stopped', 'POST /api/gateway/restart'],
  ['absent', 'POST /api/gateway/start'],
] as const)('launch takes ports from the environment; the container is %s', async (state, key) => {
  const editable = () => defaultSettings()
  const panel = await start(
    { events: tellOperation(testOperation()) },
    {
      'GET /api/settings': editable,
      'PUT /api/settings': editable,
      'GET /api/status': () => ({ ...TEST_STATUS, gateway: { ...TEST_STATUS.gateway, state } }),
    },
  )
  const env = { RAZROOM_PODMAN_GATEWAY_HOST_PORT: '28789' }
  expect((await runTestCli(['launch'], { panel, io: { env } })).code).toBe(0)
  expect(panel.requests.find(({ key }) => key === 'PUT /api/settings')?.body).toEqual({ gatewayPort: 28789 })
  expect(panel.requests.map((request) => request.key)).toContain(key)

  panel.requests.length = 0
  await runTestCli(['launch'], { panel, io: { env: { RAZROOM_PODMAN_GATEWAY_HOST_PORT: '18789' } } })
  const keys = panel.requests.map((request) => request.key)
  expect(keys).not.toContain('PUT /api/settings')
  expect(keys).toContain('POST /api/gateway/start')
})

test.each([
  [{ RAZROOM_CONFIG_DIR: '/srv/razroom' }, { configDir: '/srv/razroom' }],
  [
    { RAZROOM_WORKSPACE_DIR: '/srv/work', RAZROOM_PODMAN_GATEWAY_HOST_PORT: '28789' },
    { gatewayPort: 28789, workspaceDir: '/srv/work' },
  ],
  [
    { RAZROOM_PODMAN_USERNS: 'auto', RAZROOM_PODMAN_CONTAINER: 'razroom' },
    { userns: 'auto', containerName: 'razroom' },
  ],
  // What is so already, and what is setup's alone.
  [{ RAZROOM_CONFIG_DIR: '/home/razroom/.razroom', RAZROOM_PODMAN_USERNS: 'keep-id' }, null],
  [{ RAZROOM_WORKSPACE_DIR: '/home/razroom/.razroom/workspace', RAZROOM_PODMAN_QUADLET: '1' }, null],
  [
    { RAZROOM_PODMAN_IMAGE: 'example.org/razroom:2' },
    { image: { kind: 'registry', reference: 'example.org/razroom:2' } },
  ],
  // The one in use, by either of its names, and what a checkout is built as.
  [{ RAZROOM_PODMAN_IMAGE: 'razroom:bundled' }, null],
  [{ RAZROOM_PODMAN_IMAGE: 'localhost/razroom:bundled' }, null],
  [{ RAZROOM_PODMAN_IMAGE: 'example.org/razroom:2', RAZROOM_REPO_PATH: '/src/razroom' }, null],
  // Another user as well: made by setup alone, so nothing asks for that.
  [{ RAZROOM_PODMAN_USER: 'alice' }, { user: 'alice' }],
  [{ RAZROOM_PODMAN_USER: 'razroom' }, null],
] as const)('launch has setup bring about another place, user or image: %j', async (env, body) => {
  const panel = await start(
    { events: tellOperation(testOperation()) },
    { 'GET /api/settings': () => defaultSettings(), 'GET /api/status': () => TEST_STATUS },
  )
  expect((await runTestCli(['launch'], { panel, io: { env } })).code).toBe(0)
  const posted = panel.requests.filter(({ key }) => key.startsWith('POST '))
  expect(posted.map((request) => request.key)).toEqual([
    body === null ? 'POST /api/gateway/start' : 'POST /api/setup',
  ])
  if (body !== null) expect(posted[0]?.body).toEqual(body)
})

test('launch lets the panel use the user that the environment names, when it is another one', async () => {
  const panel = await start(
    { events: tellOperation(testOperation()) },
    { 'GET /api/settings': () => defaultSettings(), 'GET /api/status': () => TEST_STATUS },
  )
  const addUser = vi.fn(async () => undefined)
  const services = { allowances: { ...NO_ALLOWANCES, addUser } }
  for (const name of ['razroom', 'alice'])
    await runTestCli(['launch'], { panel, io: { env: { RAZROOM_PODMAN_USER: name } }, services })
  expect(addUser.mock.calls).toEqual([['alice', false]])
})

test('launch setup runs the wizard of the gateway’s user, on a terminal only', async () => {
  const without = await runTestCli(['launch', 'setup'])
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('run it on a terminal')])
  const marks: unknown[] = []
  const panel = await start(
    {},
    {
      'GET /api/status': () => TEST_STATUS,
      'POST /api/wizard-mark': ({ body }) => {
        marks.push(body.state)
        return null
      },
    },
  )
  const runWizard = vi.fn(async () => marks.push('the wizard') + 5)
  const terminal = Object.assign(new PassThrough(), { isTTY: true })
  const run = { panel, io: { isTty: true, stdin: terminal }, services: { runWizard } }
  expect((await runTestCli(['launch', 'setup'], run)).code).toBe(7)
  expect(runWizard).toHaveBeenCalledWith({ name: 'razroom', home: '/home/razroom' })
  // The panel knows whose the changes are that it sees meanwhile, also when the wizard fails.
  expect(marks).toEqual(['running', 'the wizard', 'ended'])
  const failing = {
    ...run,
    services: { runWizard: vi.fn(async () => Promise.reject(new Error('no runuser'))) },
  }
  await runTestCli(['launch', 'setup'], failing)
  expect(marks.slice(3)).toEqual(['running', 'ended'])
})
