import type { WebSocket } from 'ws'
import { CLOSE_CODES, EventsHello, type PanelEvent } from '../../contract/events.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'

/** A client this far behind is closed; it comes back with `since` and loses nothing. */
const MAX_BUFFERED_BYTES = 4_194_304

/** Everything that happens: first what the client missed, or a snapshot; then each event as it comes. */
export function eventsSocket({ bus, runner, monitor }: PanelDeps): SocketRoute<typeof EventsHello> {
  return {
    hello: EventsHello,
    async serve(socket, hello, signal) {
      const send = (event: PanelEvent) => sendEvent(socket, event)
      const missed = hello.since === undefined ? null : bus.since(hello.since)
      if (missed) {
        for (const event of missed) send(event)
      } else {
        const status = await monitor.read()
        // No pause between the snapshot and the subscription: nothing can slip through.
        send({ type: 'snapshot', id: bus.lastId(), status, operations: runner.list() })
      }
      if (signal.aborted) return
      signal.addEventListener('abort', bus.subscribe(send))
    },
  }
}

function sendEvent(socket: WebSocket, event: PanelEvent): void {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.close(CLOSE_CODES.tooSlow, 'too slow')
  else socket.send(JSON.stringify(event))
}
