import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import Type from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { AuditNote, AuditWho } from '../../contract/audit.ts'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import { ConflictError, HostError } from '../errors.ts'
import { type AuditPort, registerAudit } from './audit-hook.ts'
import { auditOf } from './audit-rules.ts'
import { bindRoutes, type Handlers, type RequestKey } from './bind-routes.ts'
import { registerControlDoor, registerGuards } from './guards.ts'
import { registerProblems } from './problem.ts'
import { createSessions } from './session.ts'

const HOST = '127.0.0.1:18780'
const API_TOKEN = 'scripts-token-0123456789abcdef'
/** Each is explained in a rule. A new endpoint that changes something, or answers with a secret, does not belong here. */
const SILENT = ['GET /api/session', 'POST /api/ws-ticket', 'POST /api/env/check', 'POST /api/config/check']

const entries = (Object.entries(ENDPOINTS) as [string, Endpoint][]).filter(([key]) => !key.startsWith('WS '))
const REQUESTS = entries.map(([key]) => key as RequestKey)
const TOLD = entries
  .filter(([key, { secret }]) => !key.startsWith('GET ') || secret === true)
  .map(([key]) => key as RequestKey)
  .filter((key) => !SILENT.includes(key))

let doors: Record<'browser' | 'control', FastifyInstance>
let notes: AuditNote[]
let refusals: AuditNote[]
let reads: AuditWho[]
let peerUid: number | null
let headers: Record<string, string>
let session: string
let answer: () => unknown
const port: AuditPort = {
  within: (_cause, work) => work(),
  note: async (note) => void notes.push(note),
  noteStill: async (note) => void notes.push(note),
  refuse: (note) => void refusals.push(note),
  readByScript: (who) => void reads.push(who),
}
const handlers = Object.fromEntries(REQUESTS.map((key) => [key, () => answer()])) as unknown as Handlers

async function build(door: 'browser' | 'control'): Promise<FastifyInstance> {
  const app = fastify({ exposeHeadRoutes: false })
  registerProblems(app)
  await app.register(cookie)
  if (door === 'control') registerControlDoor(app)
  else {
    const sessions = await createSessions({ read: async () => [], write: async () => {} })
    const { id, session: made } = await sessions.redeem(sessions.issueCode().code, 0)
    session = made.idHash.slice(0, 8)
    headers = { cookie: `panel=${id}`, origin: `http://${HOST}`, 'x-csrf-token': made.csrfToken }
    registerGuards(app, {
      ...{ sessions, cookieName: 'panel', apiToken: API_TOKEN },
      allowedHosts: () => [HOST],
      adminUids: () => [1000],
      findPeerUid: async () => peerUid,
    })
  }
  registerAudit(app, port)
  await app.register(async (routes) => bindRoutes(routes, handlers))
  return app
}

function request(key: string, more: Partial<InjectOptions> = {}): InjectOptions {
  const [method = '', path = ''] = key.split(' ')
  return {
    method: method as 'GET',
    url: path.replace(/:[a-z]+/gi, 'x'),
    ...more,
    headers: { host: HOST, ...more.headers },
  }
}
const page = (key: string, body?: object) =>
  request(key, { headers, ...(body === undefined ? {} : { payload: body }) })

/** What they are told is another at each test; the doors are the same. */
const open = async (door: 'browser' | 'control') => doors[door]
beforeAll(async () => {
  doors = { browser: await build('browser'), control: await build('control') }
})
afterAll(async () => {
  await doors.browser.close()
  await doors.control.close()
})
beforeEach(() => {
  ;[notes, refusals, reads] = [[], [], []]
  peerUid = 1000
  answer = () => null
})
describe('every endpoint of the contract that changes something or answers with a secret', () => {
  test.each(TOLD)('%s leaves an entry, by the page, by a script and by a command', async (key) => {
    const browser = await open('browser')
    await browser.inject(page(key))
    peerUid = 0
    await browser.inject(request(key, { headers: { authorization: `Bearer ${API_TOKEN}` } }))
    await (await open('control')).inject(request(key))
    const { access } = ENDPOINTS[key] as Endpoint
    const told = [...notes, ...refusals]
    expect(told.filter(({ who }) => who.by === 'cli')).toMatchObject([{ action: key }])
    if (access === 'control') expect(refusals).toHaveLength(2)
    // Whoever logs in is nobody yet.
    else if (key === 'POST /api/session')
      expect(refusals.map(({ who }) => who.by)).toEqual(['stranger', 'stranger'])
    else
      expect(notes.map(({ action, who }) => [action, who])).toEqual([
        [key, { by: 'page', uid: 1000, session }],
        [key, { by: 'api', uid: 0 }],
        [key, { by: 'cli', uid: 0 }],
      ])
    for (const { what } of told) expect(what).toMatch(/^[A-Z].{3,119}$/)
  })

  test('what leaves none is listed here, with a reason in its rule', () => {
    const silent = entries.filter(([key]) => auditOf(key) === null).map(([key]) => key)
    const reading = entries.filter(([key, { secret }]) => key.startsWith('GET ') && secret !== true)
    expect(silent.toSorted()).toEqual([...SILENT, ...reading.map(([key]) => key)].toSorted())
  })

  test('one that no rule knows is told by its summary', () => {
    const added: Endpoint = { access: 'session', summary: 'Do something new', response: Type.Null() }
    expect(auditOf('POST /api/new', added)).toMatchObject({ what: 'Do something new', kind: 'change' })
    expect(auditOf('GET /api/new', { ...added, secret: true })).toMatchObject({ kind: 'secret' })
    expect(auditOf('DELETE /api/new', { ...added, status: 202 })).toMatchObject({ kind: 'operation' })
    expect(auditOf('GET /api/new', added)).toBeNull()
  })
})

describe('what is told', () => {
  it('is names of variables, and no value', async () => {
    const app = await open('browser')
    const edits = [
      { op: 'set', key: 'OPENAI_API_KEY', value: 'canary-value' },
      { op: 'set', key: 'canary value in the wrong place', value: 'x' },
      { op: 'unset', key: 'OLD' },
      { op: 'remove', line: 3 },
      { op: 'mend', line: 4, finding: 'env.quotes' },
    ]
    answer = () => ({ etag: 'e' })
    await app.inject(page('PUT /api/env', { edits }))
    await app.inject(page('PUT /api/env', { text: 'A=canary-text\n' }))
    expect(notes).toMatchObject([
      {
        ...{ what: 'Save .env', outcome: 'done', file: 'env' },
        details: [
          { name: 'set', value: 'OPENAI_API_KEY, (no name)' },
          { name: 'unset', value: 'OLD' },
          { name: 'remove', value: 'line 3' },
          { name: 'mend', value: 'line 4 (env.quotes)' },
        ],
      },
      { details: [{ name: 'text', value: 'the whole file' }] },
    ])
    expect(JSON.stringify(notes)).not.toContain('canary')
  })

  it('is the image and the ports, and of build arguments the names', async () => {
    const app = await open('browser')
    answer = () => ({ operationId: 'op-1' })
    const image = { kind: 'repo', path: '/src', buildArgs: { PASS: 'canary' } }
    await app.inject(page('POST /api/setup', { image, gatewayPort: 28789, mode: 'quadlet' }))
    await app.inject(page('POST /api/image/update', { image: { kind: 'registry', reference: 'reg/a:1' } }))
    expect(notes).toMatchObject([
      {
        ...{ outcome: 'started', operationId: 'op-1', kind: 'operation' },
        details: [
          { name: 'image', value: 'checkout /src with PASS' },
          { name: 'mode', value: 'quadlet' },
          { name: 'gatewayPort', value: '28789' },
        ],
      },
      { details: [{ name: 'image', value: 'reg/a:1' }] },
    ])
    expect(JSON.stringify(notes)).not.toContain('canary')
  })

  it('is never a token or a password', async () => {
    const app = await open('browser')
    answer = () => ({ operationId: 'op-1' })
    await app.inject(page('POST /api/token/rotate', { token: 'canary' }))
    await app.inject(page('POST /api/registry-logins', { registry: 'r', username: 'u', password: 'canary' }))
    expect(notes.map(({ what }) => what)).toEqual(['Replace the token by one’s own', 'Log in to a registry'])
    expect(notes[1]?.details.at(-1)).toEqual({ name: 'also given', value: 'password' })
    expect(JSON.stringify(notes)).not.toContain('canary')
  })

  it('is nothing of what the contract does not have', async () => {
    const app = await open('browser')
    await app.inject(
      page('POST /api/registry-logins', { registry: 'robot:canary@r', username: 'u', password: 'p' }),
    )
    await app.inject(page('POST /api/devices/:id/approve', { canary: 1 }))
    expect(notes).toMatchObject([
      { outcome: 'refused', code: 'REQUEST_INVALID', details: [] },
      { outcome: 'refused', code: 'REQUEST_INVALID', details: [] },
    ])
  })

  it.each([
    [new ConflictError('OPERATION_RUNNING'), { outcome: 'refused', code: 'OPERATION_RUNNING' }],
    [new HostError('DISK_FULL'), { outcome: 'failed', code: 'DISK_FULL' }],
    [new Error('canary'), { outcome: 'failed', code: 'INTERNAL' }],
  ])('is why it was not done: %s', async (error, wanted) => {
    const app = await open('browser')
    answer = () => {
      throw error
    }
    await app.inject(page('POST /api/gateway/stop'))
    expect(notes).toMatchObject([{ what: 'Stop the gateway', ...wanted }])
    expect(JSON.stringify(notes)).not.toContain('canary')
  })

  it('is who may open the page, as a thing of its own', async () => {
    const app = await open('browser')
    answer = () => ({})
    await app.inject(page('PUT /api/settings', { adminUids: [1000, 1001] }))
    await app.inject(page('PUT /api/settings', { adminUids: [], gatewayPort: 28789 }))
    expect(notes).toMatchObject([
      {
        what: 'Say who may open the page',
        kind: 'access',
        details: [{ name: 'adminUids', value: '1000, 1001' }],
      },
      { what: 'Change settings', kind: 'change', details: [{ value: 'none' }, { value: '28789' }] },
    ])
  })

  it('is what the token was wanted for', async () => {
    const app = await open('browser')
    answer = () => ({})
    for (const purpose of ['', '?purpose=copy', '?purpose=open']) {
      const options = page('POST /api/token/reveal')
      await app.inject({ ...options, url: `/api/token/reveal${purpose}` })
    }
    expect(notes.map(({ what }) => what)).toEqual([
      'Show the token',
      'Copy the token',
      'Open the gateway with its token',
    ])
  })

  it('is who called sudo, as a command says', async () => {
    const app = await open('control')
    const said = (uid: string) =>
      request('POST /api/gateway/stop', { headers: { 'x-razroom-sudo-uid': uid } })
    for (const uid of ['1000', 'alice', '99999999999']) await app.inject(said(uid))
    expect(notes.map(({ who }) => who.saidUid)).toEqual([1000, undefined, undefined])
    const browser = await open('browser')
    await browser.inject({
      ...page('POST /api/gateway/stop'),
      headers: { ...headers, host: HOST, 'x-razroom-sudo-uid': '0' },
    })
    expect(notes.at(-1)?.who).toEqual({ by: 'page', uid: 1000, session })
  })

  it('is there before the answer is', async () => {
    const app = await open('browser')
    const order: string[] = []
    const { note } = port
    port.note = async (told) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      order.push('entry')
      return note(told)
    }
    await app.inject(page('POST /api/token/reveal'))
    order.push('answer')
    port.note = note
    expect(order).toEqual(['entry', 'answer'])
  })
})

describe('reading', () => {
  it('is told of nobody, but that the token for scripts is used', async () => {
    const app = await open('browser')
    answer = () => ({})
    await app.inject(page('GET /api/status'))
    await app.inject(page('GET /api/session'))
    expect([notes, refusals, reads]).toEqual([[], [], []])
    peerUid = 0
    await app.inject(request('GET /api/status', { headers: { authorization: `Bearer ${API_TOKEN}` } }))
    expect([notes, refusals, reads]).toEqual([[], [], [{ by: 'api', uid: 0 }]])
  })
})

describe('at the door', () => {
  const door = (): object[] => refusals.map(({ code, who, details }) => ({ code, who, details }))

  it('a user who is not listed is told, whatever was asked for', async () => {
    const app = await open('browser')
    peerUid = 65_534
    await app.inject(page('GET /api/status'))
    await app.inject(page('GET /nowhere?code=canary'))
    const who = { by: 'stranger', uid: 65_534 }
    expect(door()).toEqual([
      { code: 'PEER_REFUSED', who, details: [{ name: 'address', value: 'GET /api/status' }] },
      { code: 'PEER_REFUSED', who, details: [{ name: 'address', value: 'GET (none of ours)' }] },
    ])
  })

  it('another host or site is named, and nothing else that stands there', async () => {
    const app = await open('browser')
    for (const host of ['evil.com', 'robot:canary@evil.com', 'x'.repeat(500)])
      await app.inject({ ...page('GET /api/status'), headers: { ...headers, host } })
    const origin = 'http://evil.com'
    await app.inject({ ...page('POST /api/gateway/stop'), headers: { ...headers, host: HOST, origin } })
    expect(refusals.map(({ details, who }) => [details.at(-1)?.value, who.uid])).toEqual([
      ['evil.com', 1000],
      ['(not a host name)', 1000],
      ['(not a host name)', 1000],
      ['http://evil.com', 1000],
    ])
    expect(notes).toEqual([])
  })

  it('a wrong code, a wrong token, a lost secret and no login at all are told', async () => {
    const app = await open('browser')
    answer = () => {
      throw new ConflictError('LOGIN_CODE_INVALID')
    }
    await app.inject(page('POST /api/session', { code: 'canary' }))
    const { cookie: _cookie, ...without } = headers
    await app.inject({ ...page('POST /api/gateway/stop'), headers: { ...without, host: HOST } })
    await app.inject({
      ...page('POST /api/gateway/stop'),
      headers: { ...headers, host: HOST, 'x-csrf-token': 'canary' },
    })
    peerUid = 0
    await app.inject(
      request('GET /api/status', { headers: { authorization: `Bearer ${'canary'.repeat(8)}` } }),
    )
    expect(refusals.map(({ code, what }) => [code, what])).toEqual([
      ['LOGIN_CODE_INVALID', 'A wrong or old login code was refused'],
      ['AUTH_REQUIRED', 'Refused without a login: You are not logged in'],
      ['CSRF_TOKEN_INVALID', 'A request without the secret of its session was refused'],
      ['AUTH_REQUIRED', 'A wrong token for scripts was refused'],
    ])
    expect(JSON.stringify([notes, refusals])).not.toContain('canary')
    expect(notes).toEqual([])
  })

  it('a page whose session has ended, and reads, is no news', async () => {
    const app = await open('browser')
    await app.inject(request('GET /api/session'))
    await app.inject(request('GET /api/status'))
    expect([notes, refusals]).toEqual([[], []])
  })
})
