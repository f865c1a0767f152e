import cookie from '@fastify/cookie'
import websocket from '@fastify/websocket'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE_CODES, EventsHello } from '../../contract/events.ts'
import type { AuditPort } from '../http/audit-hook.ts'
import { registerGuards } from '../http/guards.ts'
import { registerProblems } from '../http/problem.ts'
import { createSessions, type Session, type Sessions } from '../http/session.ts'
import { createSocketBinder } from './bind-sockets.ts'

const DAY_MS = 24 * 3_600_000
let app: FastifyInstance
let sessions: Sessions
let now: number
let port: number
let cookieHeader: string
let session: Session
/** How often the route was let in. */
let served: number
const clients: WebSocket[] = []

beforeEach(async () => {
  now = Date.now()
  served = 0
  sessions = await createSessions({ read: async () => [], write: async () => {} }, () => now)
  app = fastify({ http: { requireHostHeader: false } })
  registerProblems(app)
  await app.register(websocket, { options: { maxPayload: 16_384, perMessageDeflate: false } })
  await app.register(cookie)
  registerGuards(app, {
    sessions,
    cookieName: 'panel',
    apiToken: 'scripts-token-0123456789abcdef',
    allowedHosts: () => [`127.0.0.1:${port}`],
    adminUids: () => [],
    findPeerUid: async () => 0,
  })
  const audit: Pick<AuditPort, 'within'> = { within: (_cause, work) => work() }
  await app.register(async (scope) => {
    createSocketBinder(scope, { sessions, isControl: false, audit, isListed: async () => true })(
      'WS /api/events',
      {
        hello: EventsHello,
        serve(socket) {
          served += 1
          socket.send('in')
        },
      },
    )
  })
  app.get('/healthz', { config: { access: 'public' } }, () => ({ ok: true }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
  const login = await sessions.redeem(sessions.issueCode().code, 0)
  session = login.session
  cookieHeader = `panel=${login.id}`
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  await app.close()
})

interface Talk {
  readonly client: WebSocket
  readonly said: string[]
  readonly closed: Promise<number>
}

/** Opens a socket as the page does. @throws with the status when the handshake is refused */
function open(headers: Readonly<Record<string, string>> = {}, path = '/api/events'): Promise<Talk> {
  const all = { Cookie: cookieHeader, Origin: `http://127.0.0.1:${port}`, ...headers }
  // An empty one is left out: sent as it is, it would be another attack.
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: sent })
  clients.push(client)
  const said: string[] = []
  client.on('message', (data) => said.push(String(data)))
  const closed = new Promise<number>((resolve) => client.on('close', resolve))
  return new Promise((resolve, reject) => {
    client.on('open', () => resolve({ client, said, closed }))
    client.on('unexpected-response', (_request, { statusCode }) => reject(new Error(String(statusCode))))
    client.on('error', reject)
  })
}

const hello = (ticket: string) => JSON.stringify({ type: 'hello', ticket })

async function openFor(own: Session = session): Promise<Talk> {
  const talk = await open()
  talk.client.send(hello(sessions.issueTicket(own)))
  await expect.poll(() => talk.said).toEqual(['in'])
  return talk
}

test.each([
  ['no cookie', { Cookie: '' }, '401'],
  ['a wrong cookie', { Cookie: 'panel=AAAA' }, '401'],
  ['another origin', { Origin: 'http://evil.com' }, '403'],
  ['another port', { Origin: 'http://127.0.0.1:18789' }, '403'],
  ['no origin', { Origin: '' }, '403'],
  ['another site', { 'Sec-Fetch-Site': 'same-site' }, '403'],
  ['another host', { Host: 'evil.com' }, '421'],
])('the handshake is refused with %s', async (_what, headers, status) => {
  await expect(open(headers)).rejects.toThrow(status)
  expect(served).toBe(0)
})

test('an address that is no socket opens none, though it asks for no login', async () => {
  await expect(open({}, '/healthz')).rejects.toThrow('400')
})

const NO_TICKETS: readonly [string, () => string, number][] = [
  ['made up', () => 'A'.repeat(43), CLOSE_CODES.ticketInvalid],
  ['short', () => sessions.issueTicket(session).slice(0, -1), CLOSE_CODES.ticketInvalid],
  ['long', () => `${sessions.issueTicket(session)}A`, CLOSE_CODES.ticketInvalid],
  ['missing', () => '', CLOSE_CODES.badFrame],
  [
    'too old',
    (): string => {
      const ticket = sessions.issueTicket(session)
      now += 30_000
      return ticket
    },
    CLOSE_CODES.ticketInvalid,
  ],
  [
    'used before',
    (): string => {
      const ticket = sessions.issueTicket(session)
      sessions.redeemTicket(ticket)
      return ticket
    },
    CLOSE_CODES.ticketInvalid,
  ],
]

test.each(NO_TICKETS)('nothing is done for a ticket that is %s', async (_what, makeTicket, code) => {
  const { client, closed, said } = await open()
  client.send(hello(makeTicket()))
  expect([await closed, said, served]).toEqual([code, [], 0])
})

test('nothing is done for the ticket of another session', async () => {
  const other = await sessions.redeem(sessions.issueCode().code, 0)
  const { client, closed } = await open()
  client.send(hello(sessions.issueTicket(other.session)))
  expect([await closed, served]).toEqual([CLOSE_CODES.ticketInvalid, 0])
})

test('the logout of its session closes a live socket, and no other', async () => {
  const other = await sessions.redeem(sessions.issueCode().code, 0)
  const own = await openFor()
  const ownCookie = cookieHeader
  cookieHeader = `panel=${other.id}`
  const still = await openFor(other.session)
  cookieHeader = ownCookie
  await sessions.end(session)
  expect(await own.closed).toBe(CLOSE_CODES.sessionEnded)
  expect(still.client.readyState).toBe(WebSocket.OPEN)
})

test('the age of its session closes a live socket at the next look', async () => {
  const { closed } = await openFor()
  now += DAY_MS
  await sessions.sweep()
  expect(await closed).toBe(CLOSE_CODES.sessionEnded)
})

test('the end of all sessions closes all sockets', async () => {
  const talks = [await openFor(), await openFor()]
  await sessions.endAll()
  for (const { closed } of talks) expect(await closed).toBe(CLOSE_CODES.sessionEnded)
})

test('a client that talks on is closed', async () => {
  const { client, closed } = await openFor()
  client.send('{"type":"more"}')
  expect(await closed).toBe(CLOSE_CODES.badFrame)
})

test('the sixty-fifth socket is one too many', async () => {
  await Promise.all(Array.from({ length: 64 }, () => open()))
  expect(await (await open()).closed).toBe(CLOSE_CODES.tooMany)
})
