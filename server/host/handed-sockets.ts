/** Sockets that whoever started this process hands over to it (sd_listen_fds(3)). */
import { once } from 'node:events'
import { connect, type Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createReusedReads, type ReusedReads } from './reused-reads.ts'

const FIRST_FD = 3
const MAX_FDS = 8

export interface HandedSockets {
  /** To listen on, in the order of the unit. */
  readonly listenFds: readonly number[]
  /** The connection to the half that runs as root; missing where systemd holds its socket. */
  readonly hostFd?: number
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * @param env LISTEN_FDS and LISTEN_PID as systemd sets them, RAZROOM_PANEL_HOST_FD as front-process.ts does
 * @returns null when nothing was handed over, or it was meant for another process
 */
export function readHandedSockets(env: Environment, pid: number): HandedSockets | null {
  const { LISTEN_FDS: count, LISTEN_PID: owner, RAZROOM_PANEL_HOST_FD: host } = env
  if (count === undefined || !/^[1-9]$/.test(count) || Number(count) > MAX_FDS) return null
  if (owner !== undefined && owner !== String(pid)) return null
  const listenFds = Array.from({ length: Number(count) }, (_, index) => FIRST_FD + index)
  return host === undefined || !/^\d{1,2}$/.test(host) ? { listenFds } : { listenFds, hostFd: Number(host) }
}

/** The connection to the root half, and its reads. @throws what connect(2) says when nobody listens on the path */
export async function openHostConnection(
  { hostFd }: HandedSockets,
  path: string,
): Promise<{ connection: Duplex; reads: ReusedReads }> {
  const reads = createReusedReads()
  const { onread } = reads
  if (hostFd !== undefined)
    return { connection: new Socket({ fd: hostFd, readable: true, writable: true, onread }), reads }
  const connection = connect({ path, onread })
  await once(connection, 'connect')
  return { connection, reads }
}

/** Listens on a socket that was handed over. @throws EADDRINUSE when another process listens on its address */
export async function listenOn(server: Server, fd: number): Promise<void> {
  server.listen({ fd })
  await once(server, 'listening')
}
