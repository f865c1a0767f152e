import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { PanelConfig } from './config.ts'
import { ConflictError } from './errors.ts'
import { type HandedSockets, listenOn, openHostConnection } from './host/handed-sockets.ts'
import { connectHost } from './host/split/connect-host.ts'
import { createPanel, type Panel } from './panel.ts'

/**
 * The half that speaks to browsers and to the command line. It runs without rights and touches the machine only through
 * the root half: without that it ends, and is started again.
 * @param sockets to listen on: the page's addresses, and last the control socket
 * @returns the exit code
 */
export async function serveFront(config: PanelConfig, sockets: HandedSockets): Promise<number> {
  const stopped = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort())
  const { connection, reads } = await openHostConnection(sockets, config.hostSocket)
  const isHostGone = new Promise<true>((resolve) => connection.once('close', () => resolve(true)))
  const panel = await createPanel(config, (redact) => connectHost(connection, { redact, reads }))
  const doors = await openDoors(panel, sockets.listenFds, config.port)
  panel.follow()
  console.log(`razroom-panel ${config.version} listens on http://127.0.0.1:${config.port}`)
  const isAborted = stopped.signal.aborted ? true : once(stopped.signal, 'abort').then(() => false)
  if (await Promise.race([isHostGone, isAborted])) {
    // Nothing can be ended in order any more; the root half has ended what was begun over the connection.
    if (!stopped.signal.aborted) console.error('the root half has ended: ending too')
    return stopped.signal.aborted ? 0 : 1
  }
  await doors.close()
  await panel.close()
  return 0
}

interface Doors {
  close(): Promise<void>
}

/** @throws {ConflictError} PORT_IN_USE */
async function openDoors(panel: Panel, fds: readonly number[], port: number): Promise<Doors> {
  const [page, control] = await Promise.all([panel.buildPage(), panel.buildControl()])
  const [first, ...rest] = fds.slice(0, -1)
  const controlFd = fds.at(-1)
  if (first === undefined || controlFd === undefined) throw new Error('no sockets were handed over')
  // Further addresses of the page: their connections go to the one server.
  const others = rest.map(() => createServer((socket) => page.server.emit('connection', socket)))
  try {
    // Fastify hands its options to server.listen() (net.Server) as they are; the host only says that it is one address.
    await page.listen(Object.assign({ host: '127.0.0.1' }, { fd: first }))
    for (const [index, server] of others.entries()) await listenOn(server, rest[index] ?? -1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw await portInUse(panel, port, error)
  }
  // Node has no address for a unix socket that it did not bind itself, and Fastify's listen() wants one.
  await listenOn(control.server, controlFd)
  checkAddresses([page.server, ...others], control.server)
  return {
    async close() {
      for (const server of others) server.close()
      const closed = Promise.all([page.close(), control.close()])
      control.server.closeAllConnections()
      await closed
    },
  }
}

/** Whoever calls the control socket is root: a socket of another kind must never take its place. */
function checkAddresses(pages: readonly Server[], control: Server): void {
  const addressOf = (server: Server): string | undefined => {
    const address = server.address()
    return typeof address === 'object' ? address?.address : undefined
  }
  const isPage = (server: Server): boolean => ['127.0.0.1', '::1'].includes(addressOf(server) ?? '')
  if (!pages.every(isPage) || addressOf(control) !== undefined)
    throw new Error('the sockets were handed over in another order than the units have')
}

async function portInUse(panel: Panel, port: number, cause: unknown): Promise<ConflictError> {
  const holder = await panel.deps.host.findPortHolder(port, '127.0.0.1')
  const who = holder?.program === undefined ? '' : ` by ${holder.program} (pid ${holder.pid})`
  return new ConflictError('PORT_IN_USE', { detail: `127.0.0.1:${port} is held${who}`, cause })
}
