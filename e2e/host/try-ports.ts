import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { hasCode } from './file-errors.ts'

/** How far from its usual number a port may be looked for. */
const TRIES = 100

/** A port of this machine's loopback that is held. */
export interface HeldPort {
  readonly port: number
  readonly server: Server
}

/**
 * Holds a port on 127.0.0.1: the one that is named, else the first free one from the usual number on.
 * @throws when the named one is taken, or none is free
 */
export async function holdPort(named: number | undefined, usual: number): Promise<HeldPort> {
  if (named !== undefined) {
    const held = await tryToHold(named)
    if (held === undefined) throw new Error(`port ${named} is taken on this machine: name another one`)
    return held
  }
  for (let port = usual; port < usual + TRIES; port += 1) {
    const held = await tryToHold(port)
    if (held !== undefined) return held
  }
  throw new Error(`no port from ${usual} to ${usual + TRIES - 1} is free on this machine`)
}

/** From now on the port leads somewhere. */
export function usePort({ server }: HeldPort, take: (socket: Socket) => void): void {
  server.off('connection', refuse)
  server.on('connection', take)
}

function refuse(socket: Socket): void {
  socket.destroy()
}

async function tryToHold(port: number): Promise<HeldPort | undefined> {
  const server = createServer({ allowHalfOpen: true })
  try {
    await once(server.listen({ port, host: '127.0.0.1' }), 'listening')
    server.on('connection', refuse)
    return { port, server }
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE', 'EACCES')) return undefined
    throw error
  }
}
