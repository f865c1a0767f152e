/** How an install journey ends: the panel is uninstalled, comes back, and is purged. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Status } from '../../contract/schemas.ts'
import type { TokenReveal } from '../../contract/token.ts'
import type { TestHost } from '../host/host.ts'
import {
  INSTALL_TIMEOUT_MS,
  type InstallJourney,
  invokeGateway,
  LIB,
  panelJson,
  runInstaller,
  statusOf,
  uidOf,
} from './install-steps.ts'

const BACKUPS = '/var/backups/razroom-panel'
/** All that an installed panel has outside of the gateway's home. */
const PLACES = [
  LIB,
  '/usr/local/bin/razroom-panel',
  '/run/razroom-panel',
  '/var/cache/razroom-panel',
  '/run/razroom-panel-host.sock',
  ...['razroom-panel', 'razroom-panel-host'].flatMap((name) =>
    ['socket', 'service'].map((kind) => `/etc/systemd/system/${name}.${kind}`),
  ),
  '/etc/systemd/system/razroom-panel-backup.timer',
  '/etc/cron.d/razroom-panel',
  '/etc/init.d/razroom-panel',
]
const PURGED = [
  '/var/lib/razroom-panel',
  '/etc/razroom-panel',
  '/var/log/razroom-panel-install.log',
  '/var/log/razroom-panel-boot.log',
]

async function exists(host: TestHost, path: string): Promise<boolean> {
  return (await host.run(['test', '-e', path], { reject: false })).exitCode === 0
}

async function digest(host: TestHost, path: string): Promise<string> {
  const { stdout } = await host.run(['cat', path])
  return createHash('sha256').update(stdout).digest('hex')
}

/** The tests from the uninstallation on. */
export function testEnd(host: () => TestHost, journey: InstallJourney): void {
  const user = journey.user ?? 'razroom'
  if (journey.uninstall !== undefined) testUninstall(host, user)
  if (journey.uninstall === 'return') testReturn(host, user)
  testRefusals(host, user)
  testPurge(host, user, journey)
}

function testUninstall(host: () => TestHost, user: string): void {
  test(
    'razroom-panel uninstall takes the panel away, itself with it, and leaves the gateway as it is',
    async () => {
      const envFile = `/home/${user}/.razroom/.env`
      const { token } = await panelJson<TokenReveal>(host(), 'token', 'show')
      await panelJson(host(), 'backup', '--every', 'daily')
      const env = await digest(host(), envFile)
      const answer = await panelJson<{ uninstalled: boolean; purged: boolean }>(host(), 'uninstall')
      expect(answer).toMatchObject({ uninstalled: true, purged: false })
      for (const path of PLACES) expect(await exists(host(), path), path).toBe(false)
      expect(await hasPanelUser(host())).toBe(false)
      expect(await statusOf(host(), 'http://127.0.0.1:18780/healthz')).toBe('000')
      expect(await invokeGateway(host(), token)).toBe('200')
      expect(await digest(host(), envFile)).toBe(env)
    },
    INSTALL_TIMEOUT_MS,
  )
}

function testReturn(host: () => TestHost, user: string): void {
  test(
    'installing again finds the gateway with its token',
    async () => {
      const { stdout: env } = await host().run(['cat', `/home/${user}/.razroom/.env`])
      const token = /RAZROOM_GATEWAY_TOKEN=(\S+)/.exec(env)?.[1]
      const { exitCode, stdout, stderr } = await runInstaller(host(), ['--panel-only', '--port', '18781'])
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(await statusOf(host(), 'http://127.0.0.1:18781/healthz')).toBe('200')
      expect((await panelJson<TokenReveal>(host(), 'token', 'show')).token).toBe(token)
      expect((await panelJson<Status>(host(), 'status')).gateway.state).toBe('running')
    },
    INSTALL_TIMEOUT_MS,
  )
}

function testRefusals(host: () => TestHost, user: string): void {
  test('--purge wants the name of the user, and else removes nothing', async () => {
    const { exitCode, stderr } = await runInstaller(host(), [
      '--uninstall',
      '--purge',
      '--confirm',
      'mallory',
    ])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(`--confirm ${user}`)
    expect(await invokeGateway(host(), undefined)).toBe('401')
  })
}

function testPurge(host: () => TestHost, user: string, journey: InstallJourney): void {
  const words = ['--uninstall', '--purge', '--confirm', user]
  test(
    '--purge takes what the panel made, and nothing else',
    async () => {
      const uid = await uidOf(host(), user)
      const before = await readIds(host())
      const { exitCode, stdout, stderr } = await runInstaller(host(), words)
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      for (const path of [...PLACES, ...PURGED]) expect(await exists(host(), path), path).toBe(false)
      expect(await hasPanelUser(host())).toBe(false)
      expect(await invokeGateway(host(), undefined)).toBe('000')
      const { stdout: backups } = await host().run(['sh', '-c', `ls ${BACKUPS} 2>/dev/null || :`])
      // Without a panel by tar.
      expect(backups).toContain(`purge-${user}-`)
      if (journey.user === undefined) await expectNoTrace(host(), uid)
      else await expectUserKept(host(), user, before)
      expect((await host().run(['id', 'alice'])).exitCode).toBe(0)
    },
    INSTALL_TIMEOUT_MS,
  )

  test('a second purge finds nothing to do', async () => {
    const { exitCode, stdout, stderr } = await runInstaller(host(), words)
    expect([exitCode, stderr], stdout).toEqual([0, ''])
    expect(stdout).toContain('There is nothing of razroom-panel here.')
  })
}

/** The user that the front runs as. */
async function hasPanelUser(host: TestHost): Promise<boolean> {
  return (await host.run(['id', 'razroom-panel'], { reject: false })).exitCode === 0
}

/** Accounts and their ranges, without the front's user, who goes in any case. */
async function readIds(host: TestHost): Promise<string> {
  const { stdout } = await host.run(['cat', '/etc/subuid', '/etc/subgid', '/etc/passwd'])
  const lines = stdout.split('\n').filter((line) => !line.startsWith('razroom-panel:'))
  return lines.join('\n')
}

/** Neither processes nor subordinate ids nor files of a number that the next user may get. */
async function expectNoTrace(host: TestHost, uid: string): Promise<void> {
  expect(await exists(host, '/home/razroom')).toBe(false)
  expect((await host.run(['pgrep', '--uid', uid], { reject: false })).stdout).toBe('')
  expect(await readIds(host)).not.toContain('razroom')
  expect((await host.run(['find', '/home', '/tmp', '/run', '/var/lib', '-uid', uid])).stdout).toBe('')
}

/** A user of the machine has what was there before, and nothing of the gateway. */
async function expectUserKept(host: TestHost, user: string, ids: string): Promise<void> {
  const home = `/home/${user}`
  expect(await readIds(host)).toBe(ids)
  expect(await exists(host, `${home}/razroom-panel/install.sh`)).toBe(true)
  const gone = [
    '.razroom',
    'run-razroom-podman.sh',
    '.config/systemd/user/razroom.service',
    '.config/containers/containers.conf.d/50-razroom-panel.conf',
  ]
  for (const path of gone) expect(await exists(host, `${home}/${path}`), path).toBe(false)
  expect(await exists(host, `/var/lib/systemd/linger/${user}`)).toBe(false)
  const { stdout } = await host.run(['podman', 'images', '--quiet'], { user })
  expect(stdout).toBe('')
}
