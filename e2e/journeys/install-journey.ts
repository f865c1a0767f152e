import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LoginLink, Status, TokenReveal } from '../../contract/schemas.ts'
import { createHost, type HostKind, type RunResult, type TestHost } from '../host/host.ts'
import { copyCheckout } from './checkout.ts'

export const CHECKOUT = '/home/alice/razroom-panel'
export const LIB = '/usr/local/lib/razroom-panel'
const CONFIG = '/home/razroom/.razroom'
/** npm, apt and the build on two cores that another journey shares. */
export const INSTALL_TIMEOUT_MS = 580_000
/** A second run looks, compares and asks the panel; 5 s on an idle machine. */
const SECOND_RUN_LIMIT_MS = 40_000

/** install.sh as root from a directory that is not its own, as `sudo` from elsewhere would. */
export function runInstaller(
  host: TestHost,
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  return host.run([`${CHECKOUT}/install.sh`, ...options], {
    env,
    cwd: '/var/tmp',
    reject: false,
    timeoutMs: INSTALL_TIMEOUT_MS,
  })
}

export async function panelJson<T>(host: TestHost, ...words: string[]): Promise<T> {
  const { stdout } = await host.run(['razroom-panel', ...words, '--json'])
  return JSON.parse(stdout) as T
}

/** HTTP status of a request from within the host's network; 000 when nothing answers (curl(1), http_code). */
export async function statusOf(host: TestHost, ...curl: string[]): Promise<string> {
  const argv = ['curl', '--silent', '--output', '/dev/null', '--write-out', '%{http_code}', ...curl]
  return (await host.outside(argv, { reject: false })).stdout
}

/** What the gateway says to the one request that proves a token (docs/facts/razroom-gateway.md). */
function invokeGateway(host: TestHost, token: string | undefined): Promise<string> {
  return statusOf(
    host,
    ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
    ...['--json', '{"tool":"sessions_list","args":{}}', 'http://127.0.0.1:18789/tools/invoke'],
  )
}

export async function panelPid(host: TestHost, kind: HostKind): Promise<string> {
  const argv =
    kind === 'debian-12-no-systemd'
      ? ['cat', '/run/razroom-panel/panel.pid']
      : ['systemctl', 'show', '--property=MainPID', '--value', 'razroom-panel.service']
  return (await host.run(argv)).stdout
}

async function uidOf(host: TestHost, user: string): Promise<string> {
  return (await host.run(['id', '--user', user])).stdout
}

async function listNotOf(host: TestHost, user: string, path: string): Promise<string> {
  return (await host.run(['find', path, '!', '-user', user])).stdout
}

async function digest(host: TestHost, path: string): Promise<string> {
  const { stdout } = await host.run(['cat', path])
  return createHash('sha256').update(stdout).digest('hex')
}

export interface InstallJourney {
  /** The gateway's user is there before, so that nobody may remove it. */
  readonly hasUserBefore?: boolean
  /** Further tests, after the installation and before it is taken back. */
  readonly further?: (host: () => TestHost) => void
  /** `return`: it is uninstalled and comes back before the purge. `bare`: the purge finds no panel any more. */
  readonly uninstall?: 'return' | 'bare'
}

/** The way of somebody with a bare machine: install, use, install again, uninstall, come back, purge. */
export function describeInstallJourney(kind: HostKind, journey: InstallJourney = {}): void {
  describe(`install.sh on a bare ${kind}`, () => {
    let machine: TestHost | undefined
    const host = (): TestHost => {
      if (machine === undefined) throw new Error('the host did not come up')
      return machine
    }
    beforeAll(async () => {
      machine = await createHost({ kind, base: 'bare', network: 'mirrors' })
      await copyCheckout(machine, CHECKOUT, 'alice')
      if (journey.hasUserBefore === true) await machine.run(['useradd', '--create-home', 'razroom'])
    })
    afterAll(() => machine?.destroy())
    testInstallation(kind, host)
    testSecondRun(kind, host)
    journey.further?.(host)
    if (journey.uninstall !== undefined) testUninstall(host)
    if (journey.uninstall === 'return') testReturn(host)
    testPurge(host, journey.hasUserBefore === true)
  })
}

function testInstallation(kind: HostKind, host: () => TestHost): void {
  test(
    'installs the panel and a gateway, and prints both links',
    async () => {
      const sudo = { SUDO_UID: await uidOf(host(), 'mallory') }
      const { exitCode, stdout, stderr } = await runInstaller(host(), ['--admin', 'alice'], sudo)
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(stdout.match(/http:\/\/127\.0\.0\.1:18780\/#code=\S+/g)).toHaveLength(1)
      expect(stdout).toMatch(/Gateway +http:\/\/127\.0\.0\.1:18789\//)
      expect(stdout).toContain('sudo razroom-panel token show')
    },
    INSTALL_TIMEOUT_MS,
  )

  test('the gateway answers to the token, and to nothing else', async () => {
    const { token } = await panelJson<TokenReveal>(host(), 'token', 'show')
    expect(await invokeGateway(host(), token)).toBe('200')
    expect(await invokeGateway(host(), undefined)).toBe('401')
    expect(await invokeGateway(host(), `${token}x`)).toBe('401')
    const { gateway, image, isSetUp } = await panelJson<Status>(host(), 'status')
    expect(gateway).toMatchObject({ state: 'running', healthy: true, mode: 'container' })
    expect(image?.source).toEqual({ kind: 'bundled' })
    expect(isSetUp).toBe(true)
  })

  test('the link logs in, once', async () => {
    const { code } = await panelJson<LoginLink>(host(), 'login')
    const logIn = () =>
      statusOf(
        host(),
        ...['--header', 'Origin: http://127.0.0.1:18780', '--json', JSON.stringify({ code })],
        'http://127.0.0.1:18780/api/session',
      )
    expect(await logIn()).toBe('200')
    expect(await logIn()).toBe('401')
  })

  test('the admin named and the user who called sudo are let in', async () => {
    const { adminUids } = await panelJson<{ adminUids: number[] }>(host(), 'access', 'list')
    const named = [Number(await uidOf(host(), 'alice')), Number(await uidOf(host(), 'mallory'))]
    expect(adminUids.toSorted()).toEqual(named.toSorted())
  })

  test("the person's checkout has no files of root's, and no others than before", async () => {
    expect(await listNotOf(host(), 'alice', CHECKOUT)).toBe('')
    const { stdout } = await host().run(['find', CHECKOUT, '-name', 'node_modules', '-o', '-name', 'dist'])
    expect(stdout).toBe('')
  })

  test("the release is root's, readable by all and writable by nobody else", async () => {
    expect(await listNotOf(host(), 'root', LIB)).toBe('')
    const writable = ['find', LIB, '!', '-type', 'l', '-perm', '/022', '!', '-perm', '-1000']
    expect((await host().run(writable)).stdout).toBe('')
    const { stdout } = await host().run([`${LIB}/current/node`, '--version'], { user: 'mallory' })
    expect(stdout).toMatch(/^v24\./)
    await host().run(['cat', `${LIB}/current/dist/server/user-agent.js`], { user: 'mallory' })
  })

  test("state, run files and logs are root's alone", async () => {
    for (const path of [
      '/var/lib/razroom-panel',
      '/run/razroom-panel',
      '/var/log/razroom-panel-install.log',
    ]) {
      const { stdout } = await host().run(['stat', '--format=%U %a', path])
      expect(stdout, path).toMatch(/^root [67]00$/)
    }
  })

  if (kind !== 'debian-12-no-systemd') {
    test('the service is enabled, and no unit has failed', async () => {
      expect((await host().run(['systemctl', 'is-enabled', 'razroom-panel'])).stdout).toBe('enabled')
      const failed = ['systemctl', 'list-units', '--state=failed', '--plain', '--no-legend']
      expect((await host().run(failed)).stdout).toBe('')
    })
  }
}

function testSecondRun(kind: HostKind, host: () => TestHost): void {
  test(
    'a second run is quick, builds nothing, and restarts neither panel nor gateway',
    async () => {
      const before = await panelJson<Status>(host(), 'status')
      const pid = await panelPid(host(), kind)
      const startedAt = Date.now()
      const { exitCode, stdout, stderr } = await runInstaller(host(), [])
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(Date.now() - startedAt).toBeLessThan(SECOND_RUN_LIMIT_MS)
      expect(stdout).not.toContain('Building')
      expect(stdout).toContain('http://127.0.0.1:18780/#code=')
      const after = await panelJson<Status>(host(), 'status')
      expect(after.gateway.containerId).toBe(before.gateway.containerId)
      expect(after.gateway.since).toBe(before.gateway.since)
      expect(await panelPid(host(), kind)).toBe(pid)
    },
    INSTALL_TIMEOUT_MS,
  )
}

function testUninstall(host: () => TestHost): void {
  test(
    '--uninstall takes the panel away and leaves the gateway as it is',
    async () => {
      const { token } = await panelJson<TokenReveal>(host(), 'token', 'show')
      const env = await digest(host(), `${CONFIG}/.env`)
      const { exitCode, stdout, stderr } = await host().run([`${LIB}/current/install.sh`, '--uninstall'], {
        reject: false,
      })
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      const gone = [
        LIB,
        '/usr/local/bin/razroom-panel',
        '/run/razroom-panel',
        '/etc/systemd/system/razroom-panel.service',
      ]
      for (const path of gone) expect((await host().run(['test', '!', '-e', path])).exitCode).toBe(0)
      expect(await statusOf(host(), 'http://127.0.0.1:18780/healthz')).toBe('000')
      expect(await invokeGateway(host(), token)).toBe('200')
      expect(await digest(host(), `${CONFIG}/.env`)).toBe(env)
    },
    INSTALL_TIMEOUT_MS,
  )
}

function testReturn(host: () => TestHost): void {
  test(
    'installing again finds the gateway with its token',
    async () => {
      const token = /RAZROOM_GATEWAY_TOKEN=(\S+)/.exec(
        (await host().run(['cat', `${CONFIG}/.env`])).stdout,
      )?.[1]
      const { exitCode, stdout, stderr } = await runInstaller(host(), ['--panel-only', '--port', '18781'])
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(await statusOf(host(), 'http://127.0.0.1:18781/healthz')).toBe('200')
      expect((await panelJson<TokenReveal>(host(), 'token', 'show')).token).toBe(token)
      expect((await panelJson<Status>(host(), 'status')).gateway.state).toBe('running')
    },
    INSTALL_TIMEOUT_MS,
  )
}

function testPurge(host: () => TestHost, hasUserBefore: boolean): void {
  test('--purge wants the name of the user, and else removes nothing', async () => {
    const { exitCode, stderr } = await runInstaller(host(), ['--uninstall', '--purge', '--confirm', 'alice'])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('--confirm razroom')
    expect(await invokeGateway(host(), undefined)).toBe('401')
  })

  test(
    '--purge takes what the panel made, and nothing else',
    async () => {
      const uid = await uidOf(host(), 'razroom')
      const { exitCode, stdout, stderr } = await runInstaller(host(), [
        '--uninstall',
        '--purge',
        '--confirm',
        'razroom',
      ])
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      for (const path of [LIB, '/var/lib/razroom-panel', '/etc/razroom-panel', '/var/cache/razroom-panel'])
        expect((await host().run(['test', '!', '-e', path])).exitCode).toBe(0)
      const user = await host().run(['id', '--user', 'razroom'], { reject: false })
      const home = await host().run(['test', '-e', CONFIG], { reject: false })
      expect({ user: user.exitCode, config: home.exitCode }).toEqual(
        hasUserBefore ? { user: 0, config: 0 } : { user: 1, config: 1 },
      )
      expect(await invokeGateway(host(), undefined)).toBe('000')
      if (!hasUserBefore) await expectNoTrace(host(), uid)
      expect((await host().run(['id', 'alice'])).exitCode).toBe(0)
    },
    INSTALL_TIMEOUT_MS,
  )
}

/** Neither processes nor subordinate ids nor files of a number that the next user may get. */
async function expectNoTrace(host: TestHost, uid: string): Promise<void> {
  expect((await host.run(['pgrep', '--uid', uid], { reject: false })).stdout).toBe('')
  const { stdout: ranges } = await host.run(['cat', '/etc/subuid', '/etc/subgid'])
  expect(ranges).not.toContain('razroom')
  expect((await host.run(['find', '/home', '/tmp', '/run', '/var/lib', '-uid', uid])).stdout).toBe('')
}
