/** What the install journeys do and look at. */
import type { Status } from '../../contract/schemas.ts'
import type { Mode } from '../../contract/settings.ts'
import type { HostKind, RunResult, TestHost } from '../host/host.ts'
import { waitUntil } from '../host/wait-until.ts'

export const CHECKOUT = '/home/alice/razroom-panel'
export const LIB = '/usr/local/lib/razroom-panel'
/** npm, apt and the build on two cores that another journey shares. */
export const INSTALL_TIMEOUT_MS = 1_200_000

export const hasSystemd = (kind: HostKind): boolean => kind !== 'debian-12-no-systemd'
/** What a first setup makes when nobody says otherwise. */
export const modeOf = (kind: HostKind): Mode => (hasSystemd(kind) ? 'quadlet' : 'container')

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
export function invokeGateway(host: TestHost, token: string | undefined): Promise<string> {
  return statusOf(
    host,
    ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
    ...['--json', '{"tool":"sessions_list","args":{}}', 'http://127.0.0.1:18789/tools/invoke'],
  )
}

export async function panelPid(host: TestHost, kind: HostKind): Promise<string> {
  const argv = !hasSystemd(kind)
    ? ['cat', '/run/razroom-panel/panel.pid']
    : ['systemctl', 'show', '--property=MainPID', '--value', 'razroom-panel.service']
  return (await host.run(argv)).stdout
}

export async function uidOf(host: TestHost, user: string): Promise<string> {
  return (await host.run(['id', '--user', user])).stdout
}

export interface InstallJourney {
  /** false: by --full alone. Its parts are what other journeys have: the packages of one, the services of another. */
  readonly isInGate?: boolean
  /** An ordinary user of the machine runs the gateway, so that nobody may remove it; razroom unless said. */
  readonly user?: string
  /** Further tests, after the installation and before it is taken back. */
  readonly further?: (host: () => TestHost) => void
  /** `return`: it is uninstalled and comes back before the purge. `bare`: the purge finds no panel any more. */
  readonly uninstall?: 'return' | 'bare'
}

/** Waits until the gateway takes its token, and the panel sees it. */
export async function expectBack(host: TestHost, token: string): Promise<void> {
  await waitUntil(
    'the gateway answers again',
    180_000,
    async () => (await invokeGateway(host, token)) === '200',
  )
  await waitUntil('the panel sees it', 120_000, async () => {
    if ((await statusOf(host, 'http://127.0.0.1:18780/healthz')) !== '200') return false
    return (await panelJson<Status>(host, 'status')).gateway.healthy
  })
}
