import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PanelConfig } from './config.ts'
import { ConflictError, HostError } from './errors.ts'
import { type BoundSocket, bindPath, bindTcp, hasIpv6Loopback } from './host/bound-sockets.ts'
import { claimControlSocket } from './host/control-socket.ts'
import { type FrontProgram, startFront } from './host/front-process.ts'
import type { UserAccount } from './host/host.ts'
import { ensurePanelUser } from './host/panel-user.ts'
import { createCommandRunner } from './host/run-command.ts'
import { createFrontBounds, type FrontBounds } from './host/split/front-bounds.ts'
import { findPortHolder } from './host/tcp-table.ts'
import { serveConnection } from './root-half.ts'

const STOP_TIMEOUT_MS = 10_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** A front that ends more often than so within a minute will not mend by itself. */
const MAX_ENDS = 8
const WINDOW_MS = 60_000

/**
 * Both halves without systemd: this process binds the sockets, keeps the machine to itself, and has a child without
 * rights listen. A child that ends is started again on the same sockets, which nobody can take meanwhile.
 * @returns the exit code
 * @throws {ConflictError} PORT_IN_USE, or OPERATION_RUNNING when another panel serves on this machine
 * @throws {HostError} FRONT_FAILED the front ended again and again
 */
export async function serveBoth(config: PanelConfig, program: FrontProgram): Promise<number> {
  const stopped = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort())
  const commands = createCommandRunner((text) => text)
  const user = await ensurePanelUser(commands.run)
  const sockets = await bindSockets(config)
  try {
    const bounds = createFrontBounds(config.stateDir)
    await keepFront({ config, program, user, sockets, bounds, signal: stopped.signal })
    return 0
  } finally {
    for (const socket of sockets) socket.close()
    await rm(config.controlSocket, { force: true })
  }
}

async function bindSockets({ port, runDir, controlSocket }: PanelConfig): Promise<readonly BoundSocket[]> {
  const page = bindTcp('127.0.0.1', port)
  if (page === null) throw await portInUse(port, '127.0.0.1')
  // Held so that nobody else answers for the name localhost.
  const page6 = (await hasIpv6Loopback()) ? bindTcp('::1', port) : undefined
  if (page6 === null) throw await portInUse(port, '::1')
  await claimControlSocket(runDir)
  return [page, ...(page6 === undefined ? [] : [page6]), bindPath(controlSocket)]
}

async function portInUse(port: number, address: string): Promise<ConflictError> {
  const holder = await findPortHolder(port, address)
  const who = holder?.program === undefined ? '' : ` by ${holder.program} (pid ${holder.pid})`
  const shown = address.includes(':') ? `[${address}]` : address
  return new ConflictError('PORT_IN_USE', { detail: `${shown}:${port} is held${who}` })
}

interface FrontOrders {
  readonly config: PanelConfig
  readonly program: FrontProgram
  readonly user: UserAccount
  readonly sockets: readonly BoundSocket[]
  readonly bounds: FrontBounds
  readonly signal: AbortSignal
}

async function keepFront(orders: FrontOrders): Promise<void> {
  const { signal } = orders
  let ends: number[] = []
  while (!signal.aborted) {
    const how = await runFront(orders)
    if (signal.aborted) return
    ends = [...ends.filter((time) => Date.now() - time < WINDOW_MS), Date.now()]
    if (ends.length >= MAX_ENDS)
      throw new HostError('FRONT_FAILED', { detail: `${ends.length} times in a minute, at last by ${how}` })
    console.error(`the front has ended (${how}) and is started again`)
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (ends.length - 1), LONGEST_PAUSE_MS)
    await sleep(pauseMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}

/** One front from its start to its end, with all that it had begun. @returns how it ended */
async function runFront(orders: FrontOrders): Promise<string> {
  const { config, program, user, sockets, bounds, signal } = orders
  const argv = [...program.argv, 'serve', '--port', String(config.port)]
  const front = await startFront({ user, sockets, program: { ...program, argv } })
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    front.kill('SIGTERM')
    timer ??= setTimeout(() => front.kill('SIGKILL'), STOP_TIMEOUT_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const half = await serveConnection(config, front.connection, bounds)
    // Without the machine it is of no use: it ends by itself, or is made to.
    void half.ended.finally(stop).catch(() => undefined)
    const how = await front.ended
    await half.end()
    return how
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    front.kill('SIGKILL')
  }
}
