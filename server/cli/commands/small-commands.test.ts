import { afterEach, expect, test } from 'vitest'
import { defaultSettings, type Settings } from '../../../contract/settings.ts'
import { runTestCli, startTestPanel, type TestHandlers, type TestPanel } from '../test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function start(handlers: TestHandlers): Promise<TestPanel> {
  const panel = await startTestPanel(handlers)
  panels.push(panel)
  return panel
}

const LINK = { url: 'http://127.0.0.1:18780/#code=xyz', code: 'xyz', expiresAt: '2026-11-23T11:42:00.000Z' }

test('login prints the link alone on stdout', async () => {
  const panel = await start({ 'POST /api/login-link': () => LINK })
  const { code, stdout, stderr } = await runTestCli(['login'], { panel })
  expect([code, stdout]).toEqual([0, `${LINK.url}\n`])
  expect(stderr).toContain('works once, until 2026-11-23 ')
  expect(JSON.parse((await runTestCli(['login', '--json'], { panel })).stdout)).toEqual(LINK)
})

test('login without a daemon makes no link', async () => {
  const panel = await start({ 'POST /api/login-link': () => LINK })
  const { code, stdout } = await runTestCli(['login', '--json'], { panel, isDaemon: false })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ code: 'DAEMON_UNREACHABLE' })
  expect(panel.requests).toEqual([])
})

function settingsHandlers(adminUids: number[]): TestHandlers {
  let settings: Settings = { ...defaultSettings(), adminUids }
  return {
    'GET /api/settings': () => settings,
    'PUT /api/settings': ({ body }) => {
      settings = { ...settings, adminUids: body.adminUids ?? settings.adminUids }
      return settings
    },
  }
}

test('access adds, lists and removes, and writes only what changes', async () => {
  const panel = await start(settingsHandlers([1000]))
  const access = async (...words: string[]) =>
    JSON.parse((await runTestCli(['access', ...words, '--json'], { panel })).stdout) as unknown
  expect(await access('add', '1001')).toEqual({ adminUids: [1000, 1001] })
  expect(await access('add', '1001')).toEqual({ adminUids: [1000, 1001] })
  expect(await access('remove', '1000')).toEqual({ adminUids: [1001] })
  expect(await access('remove', '1000')).toEqual({ adminUids: [1001] })
  expect(await access('list')).toEqual({ adminUids: [1001] })
  expect(panel.requests.filter(({ key }) => key === 'PUT /api/settings')).toHaveLength(2)
  expect((await runTestCli(['access', 'list'], { panel })).stdout).toBe('root and: 1001\n')
})

test('access says when only root may', async () => {
  const panel = await start(settingsHandlers([0]))
  expect((await runTestCli(['access', 'list'], { panel })).stdout).toBe('Only root may reach the page.\n')
})

test.each([
  [['add'], 'access add needs a UID'],
  [['add', 'alice'], '"alice" is no UID'],
  [['add', '4294967295'], '"4294967295" is no UID'],
  [['add', '-1'], 'has no option -1'],
  [['add', '1', '2'], 'takes no operand'],
  [['list', '1'], 'takes no operand'],
  [['lst'], 'did you mean access list?'],
])('access %j is a usage problem', async (words, says) => {
  const { code, stderr } = await runTestCli(['access', ...words])
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})
