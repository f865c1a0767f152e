/**
 * Sockets that are bound here and listened on by another process. Node's documented ways of listening also accept, and
 * two processes that accept on one socket take each other's connections. So this uses the function that Node's own
 * cluster module has for its primary; it goes when Node can bind without accepting.
 */
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { HostError } from '../errors.ts'

/** A socket that is bound and not listened on. */
export interface BoundSocket {
  readonly fd: number
  close(): void
}

interface Handle {
  readonly fd: number
  close(): void
  /** Fills the object; 0 or a negative error number. A socket of the unix family has none. */
  getsockname?(name: { port?: number }): number
}

/** ::1 as /proc/net/if_inet6 prints it. */
const LOOPBACK_6 = /^0{31}1 /m

/** This machine has [::1]. */
export async function hasIpv6Loopback(): Promise<boolean> {
  const table = await readFile('/proc/net/if_inet6', 'utf8').catch((error: NodeJS.ErrnoException) => {
    // A kernel without IPv6.
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return LOOPBACK_6.test(table)
}

/**
 * Binds an address of this machine.
 * @returns null when another process holds it
 * @throws {HostError} COMMAND_FAILED for any other reason
 */
export function bindTcp(address: string, port: number): BoundSocket | null {
  const handle = createHandle([address, port, net.isIPv6(address) ? 6 : 4])
  // A port that is held shows only here: bind(2) as libuv does it puts that error off.
  const name: { port?: number } = {}
  const error = handle.getsockname?.(name)
  if (error === 0 && name.port === port) return handle
  handle.close()
  return null
}

/** Binds a path that must not exist, with what the umask leaves of the mode; the path goes when it is closed. */
export function bindPath(path: string): BoundSocket {
  return createHandle([path, -1, -1])
}

function createHandle(words: readonly (string | number)[]): Handle {
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function') throw new Error('this Node has no way to bind without accepting')
  const handle: unknown = Reflect.apply(create, net, words)
  if (isHandle(handle)) return handle
  throw new HostError('COMMAND_FAILED', { detail: `${words[0]} cannot be bound (error ${String(handle)})` })
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'fd' in value && typeof value.fd === 'number'
}
