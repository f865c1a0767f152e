/** Pages of one user that ask the panel and listen to it at once: a program inside the host, driven from here. */
import { createInterface } from 'node:readline'
import type { PanelEvent } from '../../contract/events.ts'
import type { TestHost } from '../host/host.ts'
import { waitUntil } from '../host/wait-until.ts'
import type { Session } from './attack-host.ts'
import { pageHeaders } from './attack-host.ts'
import { insideArgv } from './inside.ts'
import type { Order, Report } from './page-client.ts'

export type PageAnswer = Extract<Report, { what: 'answer' }>

/** A connection to the events; what has come over it so far. */
export interface EventsConnection {
  /** As they came, each with the text of its frame. */
  readonly events: { readonly event: PanelEvent; readonly text: string; readonly at: number }[]
  /** The id it was resumed from; null for one that began with a snapshot. */
  readonly since: string | null
  closed: { readonly code: number; readonly at: number } | null
}

export interface Pages {
  /** One request; never throws: that the panel died is an answer too. */
  ask(session: Session | null, key: string, body?: unknown, etag?: string): Promise<PageAnswer>
  /**
   * Listens to the events with a ticket of the session, from an id on if one is given. Then there may be nothing to tell
   * yet; without one the first event has come when this resolves.
   */
  listen(session: Session, since?: string): Promise<EventsConnection>
  /** Leaves the socket, and waits until it is closed. */
  leave(connection: EventsConnection): Promise<void>
  end(): void
}

export async function openPages(host: TestHost, user: string): Promise<Pages> {
  const program = await host.spawn(insideArgv('page-client.ts'), { user })
  const waiting = new Map<number, (answer: PageAnswer) => void>()
  const connections = new Map<number, EventsConnection>()
  const opened = new Set<number>()
  const ids = new Map<EventsConnection, number>()
  let last = 0
  createInterface({ input: program.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as Report
    if (report.what === 'answer') waiting.get(report.id)?.(report)
    const connection = connections.get(report.id)
    if (report.what === 'frame') {
      const { text, at } = report
      connection?.events.push({ event: JSON.parse(text) as PanelEvent, text, at })
    }
    if (report.what === 'opened') opened.add(report.id)
    if (report.what === 'closed' && connection) {
      connection.closed = { code: report.code, at: report.at }
    }
  })
  const order = (make: (id: number) => Order): number => {
    last += 1
    program.stdin.write(`${JSON.stringify(make(last))}\n`)
    return last
  }
  const ask: Pages['ask'] = (session, key, body, etag) => {
    const [method = '', path = ''] = key.split(' ')
    const headers = Object.fromEntries([
      ...(session ? pageHeaders(session) : pageHeaders({ cookie: 'none=1', csrfToken: 'none' })),
      ...(body === undefined ? [] : [['Content-Type', 'application/json']]),
      ...(etag === undefined ? [] : [['If-Match', `"${etag}"`]]),
    ]) as Record<string, string>
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    return new Promise((resolve) => {
      const id = order((made) => ({ id: made, what: 'request', method, path, headers, ...text }))
      waiting.set(id, (answer) => {
        waiting.delete(id)
        resolve(answer)
      })
    })
  }
  return {
    ask,
    async listen(session, since) {
      const { body } = await ask(session, 'POST /api/ws-ticket')
      const { ticket } = JSON.parse(body) as { ticket: string }
      const hello = { type: 'hello', ticket, ...(since === undefined ? {} : { since }) }
      const connection: EventsConnection = { events: [], since: since ?? null, closed: null }
      const id = order((made) => ({ id: made, what: 'open', cookie: session.cookie, hello }))
      connections.set(id, connection)
      ids.set(connection, id)
      // Else what the page does next could come before its ticket is taken.
      await waitUntil('the page listens', 60_000, () => {
        const isIn = since === undefined ? connection.events.length > 0 : opened.has(id)
        return isIn || connection.closed !== null
      })
      return connection
    },
    async leave(connection) {
      if (connection.closed) return
      order((made) => ({ id: made, what: 'close', socket: ids.get(connection) ?? 0 }))
      await waitUntil('the socket is closed', 20_000, () => connection.closed !== null)
    },
    end: () => void program.stdin.end(),
  }
}
