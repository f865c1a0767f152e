import { once } from 'node:events'
import cookie from '@fastify/cookie'
import websocket from '@fastify/websocket'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE_CODES, EventsHello } from '../../contract/events.ts'
import type { AuditPort } from '../http/audit-hook.ts'
import { registerGuards } from '../http/guards.ts'
import { createSessions, type Sessions } from '../http/session.ts'
import { createSocketBinder } from './bind-sockets.ts'

let app: FastifyInstance
let sessions: Sessions
let listed: number[]
let peerUid: number

beforeEach(async () => {
  listed = [1000]
  peerUid = 1000
  sessions = await createSessions({ read: async () => [], write: async () => {} })
  app = fastify()
  await app.register(websocket)
  await app.register(cookie)
  registerGuards(app, {
    sessions,
    cookieName: 'panel',
    apiToken: 'none',
    allowedHosts: () => [address()],
    adminUids: () => listed,
    findPeerUid: async () => peerUid,
  })
  await app.register(async (routes) => {
    const isListed = async (uid: number | null) => uid !== null && listed.includes(uid)
    const audit: Pick<AuditPort, 'within'> = { within: (_cause, work) => work() }
    const bindSocket = createSocketBinder(routes, { sessions, isControl: false, audit, isListed })
    bindSocket('WS /api/events', { hello: EventsHello, serve: (socket) => socket.send('{}') })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(() => app.close())

const address = (): string => `127.0.0.1:${(app.server.address() as { port: number }).port}`

/** A socket that is served. */
async function open(): Promise<WebSocket> {
  const { id, session } = await sessions.redeem(sessions.issueCode().code, 0)
  const headers = { Cookie: `panel=${id}`, Origin: `http://${address()}` }
  const socket = new WebSocket(`ws://${address()}/api/events`, { headers })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'hello', ticket: sessions.issueTicket(session) }))
  await once(socket, 'message')
  return socket
}

// A machine may stand still for a moment; who is told on is told on each time.
test('a user who is taken off the list is not told any more, within a second', { retry: 2 }, async () => {
  const socket = await open()
  const begun = performance.now()
  listed = []
  const [code] = (await once(socket, 'close')) as [number]
  expect(code).toBe(CLOSE_CODES.sessionEnded)
  expect(performance.now() - begun).toBeLessThan(1_500)
})

test('root, who needs no list, stays, and so does who is still on it', async () => {
  const other = await open()
  peerUid = 0
  const root = await open()
  peerUid = 1001
  listed = [1000, 1001]
  const leaving = await open()
  listed = [1000]
  await once(leaving, 'close')
  expect([other.readyState, root.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN])
})
