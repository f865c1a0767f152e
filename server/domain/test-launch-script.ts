/** Runs the launch script for tests, with a recorder in place of podman. */
import { execFile, execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { defaultSettings, type Settings } from '../../contract/settings.ts'
import { type GatewaySpec, gatewaySpec } from './gateway-spec.ts'
import { launchScript } from './render-launch-script.ts'
import { PODMAN_RECORDER, SYSTEMCTL_RECORDER } from './test-podman-recorder.ts'

/** All the programs the script may use beside podman and curl. */
const TOOLS = 'bash mkdir mktemp cat tail od tr mv rm sync sed date sleep sha256sum'.split(' ')

let root = ''
let home = ''
/** Directory of one test, removed after it. */
export const testRoot = (): string => root
/** The home of the gateway's user, below it. */
export const testHome = (): string => home
const servers: { close(): void }[] = []

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'launch-script-'))
  home = join(root, "it's home")
  fs.mkdirSync(join(home, '.razroom'), { recursive: true })
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  fs.rmSync(root, { recursive: true })
})

/** A gateway of the user who runs the tests. */
export function makeSpec(gatewayPort = 18789, more: Partial<Settings> = {}): GatewaySpec {
  const spec = gatewaySpec({
    user: { name: 'razroom', uid: 995, gid: 994, home },
    settings: { ...defaultSettings(), gatewayPort, ...more },
    imageReference: 'localhost/razroom:bundled',
    seLinux: false,
  })
  // gatewaySpec refuses root, as which tests may run.
  const uid = process.getuid?.() ?? 0
  const user = spec.userns === 'keep-id' ? `${uid}:994` : spec.user
  return { ...spec, owner: { ...spec.owner, uid }, user }
}

function linkTools(directory: string, names: readonly string[]): void {
  fs.mkdirSync(directory)
  for (const name of names) {
    const path = execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    fs.symlinkSync(path, join(directory, name))
  }
}

export const envFile = () => join(home, '.razroom', '.env')
export const readEnvFile = () => fs.readFileSync(envFile(), 'utf8')

export interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
  /** Arguments of each call of podman. */
  readonly calls: string[][]
}

export interface RunOptions {
  readonly spec?: GatewaySpec
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Programs beside TOOLS and podman; all of the machine unless said. */
  readonly programs?: readonly string[]
  readonly edit?: (script: string) => string
  readonly terminal?: boolean
}

export async function runScript(options: RunOptions = {}): Promise<Run> {
  const { spec = makeSpec(), args = [], programs, edit = (text) => text, terminal = false } = options
  const bin = fs.mkdtempSync(join(root, 'bin-'))
  const record = join(bin, 'record')
  fs.writeFileSync(join(bin, 'podman'), PODMAN_RECORDER, { mode: 0o700 })
  fs.writeFileSync(join(bin, 'systemctl'), SYSTEMCTL_RECORDER, { mode: 0o700 })
  const tools = join(bin, 'tools')
  if (programs) linkTools(tools, [...TOOLS, ...programs])
  const script = join(bin, 'script.sh')
  fs.writeFileSync(script, edit(launchScript(spec)), { mode: 0o700 })
  const command = terminal
    ? ['script', '--quiet', '--return', '--command', `'${script}' ${args.join(' ')}`, '/dev/null']
    : ['/bin/bash', script, ...args]
  const path = `${bin}:${programs ? tools : '/usr/bin:/bin'}`
  const env = { PATH: path, TMPDIR: bin, RECORD: record, FAKE_STATE: 'running 0', ...options.env }
  const ended = await new Promise<Omit<Run, 'calls'>>((resolve) => {
    const [program = '', ...rest] = command
    const child = execFile(program, rest, { env, timeout: 20_000 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    )
    child.stdin?.end()
  })
  const recorded = fs.existsSync(record) ? fs.readFileSync(record, 'utf8').split('\0\n').slice(0, -1) : []
  return { ...ended, calls: recorded.map((call) => call.split('\0')) }
}

export async function listen<S extends Server | TcpServer>(server: S): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
export const answerWith: RequestListener = (_request, response) => response.end('hello')
export const startGateway = () => listen(createServer(answerWith))
