/**
 * Behind `install.sh --try`: a panel and a gateway in a disposable Debian, reachable from this machine's loopback.
 * Arguments: the directory of the sources, a private directory, then options for install.sh. Ends with a signal, and
 * leaves nothing behind.
 */
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { prepareOutside } from './enter.ts'
import { createHost, type HostProcess, type TestHost } from './host.ts'
import { readRecord } from './host-record.ts'
import { joinSockets } from './join-sockets.ts'
import { startProgram } from './program.ts'
import { type HeldPort, holdPort, usePort } from './try-ports.ts'

const CHECKOUT = '/root/razroom-panel'
/** Options whose value is a path of this machine, and where it lies in the host. */
const PATH_OPTIONS = ['--repo', '--archive']
const PORTS = [
  ['--port', 18780],
  ['--gateway-port', 18789],
  ['--bridge-port', 18790],
] as const

/** Takes the value of an option out of the words. */
function takeOption(words: string[], name: string): string | undefined {
  const at = words.lastIndexOf(name)
  return at < 0 ? undefined : words.splice(at, 2)[1]
}

/** Holds the three ports of this machine from the start, so that nobody else takes them while the host is built. */
async function holdPorts(words: string[]): Promise<{ options: string[]; held: HeldPort[] }> {
  const options: string[] = []
  const held: HeldPort[] = []
  for (const [name, usual] of PORTS) {
    const named = takeOption(words, name)
    const next = held.some(({ port }) => port === usual) ? usual + 1 : usual
    const port = await holdPort(named === undefined ? undefined : Number(named), next)
    held.push(port)
    options.push(name, String(port.port))
  }
  return { options, held }
}

/** Copies what options name into the host, and names it there. */
async function bringPaths(host: TestHost, words: string[]): Promise<void> {
  for (const [at, word] of words.entries()) {
    const path = words[at + 1]
    if (!PATH_OPTIONS.includes(word) || path === undefined) continue
    const inside = join('/root/brought', basename(path))
    await host.copyIn(path, inside, 'root')
    words[at + 1] = inside
  }
}

async function forward(host: TestHost, held: readonly HeldPort[], directory: string): Promise<HostProcess> {
  await mkdir(directory, { mode: 0o700 })
  const ports = held.map(({ port }) => String(port))
  const argv = [process.execPath, join(import.meta.dirname, 'try-forward.ts'), directory, ...ports]
  // In the control group of the host: it ends with it.
  const child = startProgram(await prepareOutside(await readRecord(host.name), argv, {}))
  child.stderr.pipe(process.stderr)
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the forwarder of the ports ended at once')
    }),
  ])
  for (const port of held) {
    usePort(port, (socket) => {
      joinSockets(socket, connect({ path: join(directory, String(port.port)), allowHalfOpen: true }))
    })
  }
  return child
}

async function install(host: TestHost, options: readonly string[]): Promise<void> {
  const installer = await host.spawn([`${CHECKOUT}/install.sh`, ...options])
  installer.stdin.end()
  installer.stdout.pipe(process.stdout)
  installer.stderr.pipe(process.stderr)
  const [code] = await once(installer, 'close')
  if (code !== 0) throw new Error(`install.sh ended with exit code ${String(code)} in the disposable Debian`)
}

async function main(): Promise<void> {
  const [source = '', directory = '', ...words] = process.argv.slice(2)
  const { options, held } = await holdPorts(words)
  console.log('==> Making a disposable Debian (a minute or two: it is fetched from the mirror)')
  const host = await createHost({ kind: 'debian-13', base: 'bare', network: 'mirrors' })
  await host.copyIn(source, CHECKOUT, 'root')
  await bringPaths(host, words)
  await forward(host, held, join(directory, 'ports'))
  console.log('==> Running install.sh in it')
  await install(host, [...options, ...words])
  console.log(`
All of this is in a disposable Debian. The links work on this machine, on 127.0.0.1 only.
  A shell in it, for example for another link by razroom-panel login:
    sudo env RAZROOM_E2E_CACHE=${join(directory, 'cache')} ${process.execPath} ${join(import.meta.dirname, 'main.ts')} shell ${host.name}
  End it, and remove everything: Ctrl-C`)
  // Until a signal ends the process, and with it the host (exit-guard.ts).
  await new Promise(() => setInterval(() => {}, 3_600_000))
}

try {
  await main()
} catch (error) {
  console.error(`install.sh --try: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
