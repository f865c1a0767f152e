import { EventsHello, type PanelEvent } from '../../contract/events.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'
import { createFlow } from './flow.ts'

/**
 * Everything that happens: first what the client missed, or a snapshot; then each event as it comes. Nothing is queued
 * for a client: it has a place in the bus's own backlog, and one that falls behind that gets a snapshot.
 */
export function eventsSocket({
  bus,
  runner,
  monitor,
}: Pick<PanelDeps, 'bus' | 'runner' | 'monitor'>): SocketRoute<typeof EventsHello> {
  return {
    hello: EventsHello,
    async serve(socket, hello, signal) {
      const flow = createFlow(socket, signal)
      let last = hello.since
      const send = (event: PanelEvent): void => {
        flow.send(JSON.stringify(event))
        last = event.id
      }
      let wake: () => void = () => undefined
      const leave = bus.subscribe(() => wake())
      const lookAway = monitor.attend()
      signal.addEventListener('abort', () => wake())
      try {
        while (!signal.aborted) {
          const missed = last === undefined ? null : bus.since(last)
          if (missed === null) {
            const status = await monitor.read()
            // No pause between the snapshot and its id: nothing can slip through.
            send({ type: 'snapshot', id: bus.lastId(), status, operations: runner.list() })
          } else if (missed.length === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
          for (const event of missed ?? []) {
            await flow.room()
            send(event)
          }
          await flow.room()
        }
      } finally {
        leave()
        lookAway()
      }
    },
  }
}
