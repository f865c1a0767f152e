import { randomBytes } from 'node:crypto'
import type { PanelEvent, PanelEventBody } from '../contract/events.ts'

const BACKLOG_EVENTS = 2_000
type Listener = (event: PanelEvent) => void

/** Carries what happens to everyone who listens; numbers it, and keeps the last events for those who return. */
export interface EventBus {
  /** Numbers the event, keeps it, hands it to every listener. */
  publish(body: PanelEventBody): PanelEvent
  /** Calls the listener for each event from now on; the returned function ends that. */
  subscribe(listener: Listener): () => void
  /** Events after `since`, or null when the backlog no longer covers it (or it is of another boot). */
  since(since: string): PanelEvent[] | null
  /** The id of the last event, to resume from. */
  lastId(): string
}

export function createEventBus(): EventBus {
  const boot = randomBytes(6).toString('hex')
  const listeners = new Set<Listener>()
  const backlog: PanelEvent[] = []
  let last = 0
  return {
    publish(body) {
      last += 1
      const event = { ...body, id: `${boot}:${last}` } as PanelEvent
      backlog.push(event)
      if (backlog.length > BACKLOG_EVENTS) backlog.shift()
      for (const listener of listeners) listener(event)
      return event
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    since(since) {
      const [sinceBoot, number] = since.split(':')
      const seen = Number(number)
      const oldest = last - backlog.length
      if (sinceBoot !== boot || !Number.isInteger(seen) || seen < oldest || seen > last) return null
      return backlog.slice(seen - oldest)
    },
    lastId: () => `${boot}:${last}`,
  }
}
