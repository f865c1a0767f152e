import type { LoginLink, Operation, Problem, Status } from '../../contract/schemas.ts'
import type { TokenReveal } from '../../contract/token.ts'
import type { RunOptions, TestHost } from './host.ts'
import { type Daemon, PANEL_PROGRAM, plainDaemon, unitDaemon } from './panel-daemon.ts'
import { copyRelease } from './panel-release.ts'
import { waitUntil } from './wait-until.ts'

/** Where the page is, seen from the host's own loopback. */
export const PANEL_URL = 'http://127.0.0.1:18780'
/** A setup with a build takes half a minute on two idle cores; several hosts share them. */
const CLI_TIMEOUT_MS = 300_000
/** In a unit of the user's own manager, asked by the user: no session is opened for it. */
const IN_MANAGER = ['systemd-run', '--user', '--pipe', '--wait', '--quiet', '--collect']

/** How a command of the panel ended; `json` is what it printed on stdout, when that is one JSON document. */
export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly json: unknown
}

/** A panel that is installed in a disposable host. */
export interface PanelHost extends Omit<Daemon, 'isRunning'> {
  readonly host: TestHost
  /** Runs a command with --json. @returns the document it printed @throws when it fails */
  cli<T>(...args: string[]): Promise<T>
  /** Runs a command as it is and returns however it ended. */
  tryCli(args: readonly string[], options?: RunOptions): Promise<CliResult>
  /** Runs podman as razroom, as a person on the shell would. */
  podman(...args: string[]): Promise<string>
}

/** Installs the built panel of this checkout in a `ready` host and starts its daemon. */
export async function startPanel(host: TestHost): Promise<PanelHost> {
  await copyRelease(host)
  const panel = openPanel(host)
  await panel.start()
  return panel
}

function openPanel(host: TestHost): PanelHost {
  const daemon = host.kind === 'debian-12-no-systemd' ? plainDaemon(host) : unitDaemon(host)
  const tryCli: PanelHost['tryCli'] = async (args, options) => {
    const all = { timeoutMs: CLI_TIMEOUT_MS, ...options, reject: false }
    const result = await host.run([PANEL_PROGRAM, ...args], all)
    return { ...result, json: parseOrUndefined(result.stdout) }
  }
  return {
    host,
    ...daemon,
    async start() {
      await daemon.start()
      await waitUntil('the panel answers', 120_000, async () => {
        if ((await requestStatus(host, `${PANEL_URL}/healthz`)) === 200) return true
        if (!(await daemon.isRunning())) throw new Error(`the panel ended at once:\n${await daemon.log()}`)
        return false
      })
    },
    async cli<T>(...args: string[]) {
      const result = await tryCli([...args, '--json'])
      const said = `${result.stdout}\n${result.stderr}`
      if (result.exitCode !== 0)
        throw new Error(`razroom-panel ${args.join(' ')}: ${result.exitCode}\n${said}`)
      if (result.json === undefined) throw new Error(`razroom-panel ${args.join(' ')}: not JSON\n${said}`)
      return result.json as T
    },
    tryCli,
    async podman(...args) {
      const hasSystemd = host.kind !== 'debian-12-no-systemd'
      const inManager = hasSystemd ? IN_MANAGER : []
      return (await host.run([...inManager, 'podman', ...args], { user: 'razroom' })).stdout
    },
  }
}

/** Status of one request from inside the host's network; 0 when there was no answer. */
export async function requestStatus(host: TestHost, url: string, ...options: string[]): Promise<number> {
  return (await request(host, url, options)).status
}

async function request(host: TestHost, url: string, options: readonly string[]) {
  const flags = ['--silent', '--show-error', '--output', '/dev/null', '--max-time', '30']
  const argv = ['curl', ...flags, '--write-out', '%{http_code}', ...options, url]
  const { exitCode, stdout, stderr } = await host.outside(argv, { reject: false })
  return { status: Number(stdout), why: `curl ended with ${exitCode}: ${stderr}` }
}

const TOOL_BODY = [
  '--header',
  'Content-Type: application/json',
  '--data',
  '{"tool":"sessions_list","args":{}}',
]

function askForTool(host: TestHost, token: string | null, port: number) {
  const bearer = token === null ? [] : ['--header', `Authorization: Bearer ${token}`]
  return request(host, `http://127.0.0.1:${port}/tools/invoke`, [...bearer, ...TOOL_BODY])
}

/** What the gateway answers to a request that proves a token (docs/facts/razroom-gateway.md); 0 without an answer. */
export async function invokeTool(host: TestHost, token: string | null, port = 18789): Promise<number> {
  return (await askForTool(host, token, port)).status
}

/** @throws when the gateway does not take the token, with what runs and listens there */
export async function seeTokenTaken(host: TestHost, token: string | null, port = 18789): Promise<void> {
  const { status, why } = await askForTool(host, token, port)
  if (status === 200) return
  const look = 'ps -eo pid,etimes,args | grep -E "conmon|pasta|slirp|rootlessport|index.js"; ss -ltn; date'
  const { stdout } = await host.run(['sh', '-c', look], { reject: false })
  const logs = 'tail -n 15 /home/*/.local/share/razroom/log/gateway.log; journalctl --no-pager --lines=30'
  const said = await host.run(['sh', '-c', logs], { reject: false })
  throw new Error(`port ${port} answers ${status}, not 200. ${why}\n${stdout}\n${said.stdout}`)
}

/** Sets the bundled gateway up by the CLI. */
export function setUpBundled(panel: PanelHost, ...options: string[]): Promise<Operation> {
  return panel.cli<Operation>('setup', '--bundled', '--container', ...options)
}

export const readStatus = (panel: PanelHost): Promise<Status> => panel.cli<Status>('status')
export const readToken = async (panel: PanelHost): Promise<string> =>
  (await panel.cli<TokenReveal>('token', 'show')).token
export const loginLink = (panel: PanelHost): Promise<LoginLink> => panel.cli<LoginLink>('login')

/** The problem document that a command ended in. @throws when it did not fail, or without one */
export function problemOf(result: CliResult): Problem {
  const document = result.json as Partial<Problem> | undefined
  if (result.exitCode === 0 || typeof document?.code !== 'string') {
    throw new Error(
      `expected a problem, got exit code ${result.exitCode}:\n${result.stdout}\n${result.stderr}`,
    )
  }
  return document as Problem
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // People's output is not JSON; whoever needs the document notices that it is missing.
    return undefined
  }
}
