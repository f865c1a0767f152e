import { afterEach, expect, test, vi } from 'vitest'
import { defaultSettings, type Settings } from '../../../contract/settings.ts'
import {
  NO_ALLOWANCES,
  runTestCli,
  startTestPanel,
  type TestHandlers,
  type TestPanel,
} from '../test-panel.ts'

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
      const { adminUids, allowedHosts } = settings
      settings = {
        ...settings,
        adminUids: body.adminUids ?? adminUids,
        allowedHosts: body.allowedHosts ?? allowedHosts,
      }
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

test('access user and access path change what the panel may use, without asking the panel', async () => {
  const calls: unknown[] = []
  const allowed = { users: ['alice'], made: ['razroom2'], paths: ['/somewhere/repo'] }
  const allowances = {
    list: async () => allowed,
    addUser: async (...args: unknown[]) => void calls.push(['addUser', ...args]),
    removeUser: async (...args: unknown[]) => void calls.push(['removeUser', ...args]),
    addPath: async (...args: unknown[]) => void calls.push(['addPath', ...args]),
    removePath: async (...args: unknown[]) => void calls.push(['removePath', ...args]),
  }
  const access = (...words: string[]) => runTestCli(['access', ...words], { services: { allowances } })
  expect((await access('user', 'add', 'alice')).stdout).toBe(
    'The gateway may run as razroom, alice, razroom2.\n',
  )
  await access('user', 'remove', 'alice')
  expect((await access('path', 'add', 'repo')).stdout).toBe('/somewhere/repo\n')
  await access('path', 'remove', '/srv/repo')
  expect(JSON.parse((await access('path', 'list', '--json')).stdout)).toEqual(allowed)
  expect(calls).toEqual([
    ['addUser', 'alice', true],
    ['removeUser', 'alice'],
    ['addPath', '/somewhere/repo'],
    ['removePath', '/srv/repo'],
  ])
  expect((await access('user', 'add', 'alice')).stderr).toBe('')
  expect((await access('user', 'add', 'ghost')).stderr).toContain('There is no user ghost yet')
  expect((await access('user', 'add')).code).toBe(2)
  expect((await access('user', 'add', 'Not a name')).code).toBe(2)
})

test.each([
  ['/srv/repo', ['/srv/repo'], 0],
  // One that is mistyped, and what lies in a directory that is.
  ['/srv/rpeo', ['/srv', '/srv/repo'], 1],
  ['/srv/nowhere/new.tar.gz', ['/srv'], 1],
  // A backup that is yet to be written.
  ['/srv/new.tar.gz', ['/srv'], 0],
  ['/srv/new.tar.zst', ['/srv'], 0],
])('access path add %s, where there is %j', async (path, there, code) => {
  const addPath = vi.fn(async () => undefined)
  const services = {
    allowances: { ...NO_ALLOWANCES, addPath },
    hasPath: async (one: string) => there.includes(one.replace(/\/$/, '')),
  }
  const added = await runTestCli(['access', 'path', 'add', path], { services })
  expect(added.code).toBe(code)
  expect(addPath.mock.calls).toEqual(code === 0 ? [[path]] : [])
  if (code !== 0)
    expect(added.stderr).toMatch(new RegExp(`no such file or directory: ${path}\\n {2}Check how`))
  const removed = await runTestCli(['access', 'path', 'remove', path], { services })
  expect(removed.code).toBe(0)
})

test('what a command names is allowed by that, a backup only for as long as it is made', async () => {
  const calls: unknown[] = []
  const allowances = {
    list: async () => ({ users: [], made: [], paths: ['/kept.tar.gz'] }),
    addUser: async (name: string, mayBeMissing: boolean) => void calls.push(['user', name, mayBeMissing]),
    removeUser: async () => undefined,
    addPath: async (path: string) => void calls.push(['path', path]),
    removePath: async (path: string) => void calls.push(['gone', path]),
  }
  // Nothing answers there: what is named is said before anything is asked.
  const run = (...words: string[]) => runTestCli(words, { services: { allowances } })
  await run('setup', '--user', 'alice', '--repo', 'razroom')
  await run('update', '--archive', '/root/image.tar')
  await run('backup', 'a.tar.gz')
  await run('restore', '/root/a.tar.gz')
  await run('restore', '/kept.tar.gz')
  expect(calls).toEqual([
    ['user', 'alice', false],
    ['path', '/somewhere/razroom'],
    ['path', '/root/image.tar'],
    ['path', '/somewhere/a.tar.gz'],
    ['gone', '/somewhere/a.tar.gz'],
    ['path', '/root/a.tar.gz'],
    ['gone', '/root/a.tar.gz'],
  ])
})

test('access host adds and removes what the page answers to', async () => {
  const panel = await start(settingsHandlers([0]))
  const host = (...words: string[]) => runTestCli(['access', 'host', ...words], { panel })
  expect((await host('list')).stdout).toBe('The page has its own names only.\n')
  expect((await host('add', '127.0.0.1:28780')).stdout).toBe('127.0.0.1:28780\n')
  expect(JSON.parse((await host('add', '127.0.0.1:28780', '--json')).stdout)).toEqual({
    allowedHosts: ['127.0.0.1:28780'],
  })
  expect((await host('remove', '127.0.0.1:28780')).stdout).toBe('The page has its own names only.\n')
  for (const words of [
    ['add'],
    ['add', 'http://x:1'],
    ['add', '127.0.0.1'],
    ['list', 'x:1'],
    ['add', 'x:1', 'y:1'],
    ['add', 'x:0'],
    ['add', 'x:65536'],
  ])
    expect((await host(...words)).code).toBe(2)
})

test('access lets no number in that belongs to nobody, and takes one off whose user is gone', async () => {
  const panel = await start(settingsHandlers([77777]))
  const access = (...words: string[]) => runTestCli(['access', ...words], { panel })
  expect(await access('remove', '77777')).toMatchObject({ code: 0 })
  const refused = await access('add', '77777')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('no user of this machine has')])
  expect((await access('list')).stdout).toBe('Only root may reach the page.\n')
  expect((await access('add', '0')).code).toBe(0)
})

test('access says when only root may', async () => {
  const panel = await start(settingsHandlers([0]))
  expect((await runTestCli(['access', 'list'], { panel })).stdout).toBe('Only root may reach the page.\n')
})

test.each([
  [['add'], 'access add needs a UID'],
  [['add', 'alice'], '"alice" is no UID; it is a number: access add "$(id -u alice)"'],
  [['add', '4294967295'], '"4294967295" is no UID'],
  [['add', '-1'], 'has no option -1'],
  [['remove', '0'], 'root may always reach the page'],
  [['add', '1', '2'], 'takes no operand'],
  [['list', '1'], 'takes no operand'],
  [['lst'], 'did you mean access list?'],
])('access %j is a usage problem', async (words, says) => {
  const { code, stderr } = await runTestCli(['access', ...words])
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})
