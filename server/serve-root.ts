import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { PanelConfig } from './config.ts'
import { type HandedSockets, listenOn } from './host/handed-sockets.ts'
import { createFrontBounds } from './host/split/front-bounds.ts'
import { type RootHalf, serveConnection } from './root-half.ts'

/**
 * The root half as a unit of systemd: it waits on the socket that only the front's user may open. There is one front: a
 * new connection ends the one before, and whatever that had begun.
 * @returns the exit code
 */
export async function serveRoot(config: PanelConfig, { listenFds }: HandedSockets): Promise<number> {
  const [fd] = listenFds
  if (fd === undefined) throw new Error('no socket was handed over')
  const bounds = createFrontBounds(config.stateDir)
  const stopped = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort())
  let half: RootHalf | undefined
  let newest: Socket | undefined
  let turn: Promise<void> = Promise.resolve()
  const server = createServer((socket) => {
    // Whatever reads the socket later sees the error as its end.
    socket.on('error', () => undefined)
    newest?.destroy()
    newest = socket
    turn = turn
      .then(async () => {
        await half?.end()
        half = socket === newest ? await serveConnection(config, socket, bounds) : undefined
      })
      .catch((error: unknown) => {
        console.error('root half:', error)
        socket.destroy()
      })
  })
  await listenOn(server, fd)
  console.log(`razroom-panel ${config.version}: the root half is ready`)
  if (!stopped.signal.aborted) await once(stopped.signal, 'abort')
  server.close()
  newest?.destroy()
  await turn
  await half?.end()
  return 0
}
