/** For tests: the two doors of the panel with the audit log's hook, and what the hook tells. */
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { AuditNote, AuditWho } from '../../contract/audit.ts'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import { type AuditPort, registerAudit } from './audit-hook.ts'
import { bindRoutes, type Handlers, type RequestKey } from './bind-routes.ts'
import { registerControlDoor, registerGuards } from './guards.ts'
import { registerProblems } from './problem.ts'
import { createSessions } from './session.ts'

export const HOST = '127.0.0.1:18780'
export const API_TOKEN = 'scripts-token-0123456789abcdef'

export const REQUESTS = (Object.entries(ENDPOINTS) as [string, Endpoint][]).filter(
  ([key]) => !key.startsWith('WS '),
)

/** What a test asks, and what it is told of that: another at each test. */
interface AuditWorld {
  notes: AuditNote[]
  refusals: AuditNote[]
  reads: AuditWho[]
  /** Who is at the other end. */
  peerUid: number | null
  /** What a route answers. */
  answer: () => unknown
  /** Of a page that is logged in. */
  headers: Record<string, string>
  /** Its session as the log names it. */
  session: string
  readonly port: AuditPort
}
type Door = 'browser' | 'control'

/** Opens both for the tests of a file. */
export function useAuditDoors() {
  let doors: Record<Door, FastifyInstance>
  const world: AuditWorld = {
    ...{ notes: [], refusals: [], reads: [], peerUid: 1000, answer: () => null, headers: {}, session: '' },
    port: {
      within: (_cause, work) => work(),
      note: async (note) => void world.notes.push(note),
      noteStill: async (note) => void world.notes.push(note),
      refuse: (note) => void world.refusals.push(note),
      readByScript: (who) => void world.reads.push(who),
    },
  }
  beforeAll(async () => {
    doors = { browser: await build('browser', world), control: await build('control', world) }
  })
  afterAll(async () => {
    await doors.browser.close()
    await doors.control.close()
  })
  beforeEach(() => {
    Object.assign(world, { notes: [], refusals: [], reads: [], peerUid: 1000, answer: () => null })
  })
  return {
    world,
    open: (door: Door) => doors[door],
    /** A request of the page that is logged in. */
    page: (key: string, body?: object) =>
      request(key, { headers: world.headers, ...(body === undefined ? {} : { payload: body }) }),
  }
}

async function build(door: Door, world: AuditWorld): Promise<FastifyInstance> {
  const app = fastify({ exposeHeadRoutes: false })
  registerProblems(app)
  await app.register(cookie)
  if (door === 'control') registerControlDoor(app)
  else {
    const sessions = await createSessions({ read: async () => [], write: async () => {} })
    const { id, session } = await sessions.redeem(sessions.issueCode().code, 0)
    world.session = session.idHash.slice(0, 8)
    world.headers = { cookie: `panel=${id}`, origin: `http://${HOST}`, 'x-csrf-token': session.csrfToken }
    registerGuards(app, {
      ...{ sessions, cookieName: 'panel', apiToken: API_TOKEN },
      allowedHosts: () => [HOST],
      adminUids: () => [1000],
      findPeerUid: async () => world.peerUid,
    })
  }
  registerAudit(app, world.port)
  const handlers = Object.fromEntries(REQUESTS.map(([key]) => [key as RequestKey, () => world.answer()]))
  await app.register(async (routes) => bindRoutes(routes, handlers as unknown as Handlers))
  return app
}

/** A request for an endpoint of the contract, from nobody in particular. */
export function request(key: string, more: Partial<InjectOptions> = {}): InjectOptions {
  const [method = '', path = ''] = key.split(' ')
  return {
    method: method as 'GET',
    url: path.replace(/:[a-z]+/gi, 'x'),
    ...more,
    headers: { host: HOST, ...more.headers },
  }
}
