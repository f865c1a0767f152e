import Type from 'typebox'
import { describe, expect, it, test } from 'vitest'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import { ConflictError } from '../errors.ts'
import { auditOf } from './audit-rules.ts'
import type { RequestKey } from './bind-routes.ts'
import { API_TOKEN, HOST, REQUESTS, request, useAuditDoors } from './test-audit-doors.ts'

/** Each is explained in a rule. A new endpoint that changes something, or answers with a secret, does not belong here. */
const SILENT = [
  'GET /api/session',
  'POST /api/ws-ticket',
  'POST /api/env/check',
  'POST /api/config/check',
  'POST /api/gateway/insight/refresh',
  'POST /api/connections/preview',
]
const TOLD = REQUESTS.filter(([key, { secret }]) => !key.startsWith('GET ') || secret === true)
  .map(([key]) => key as RequestKey)
  .filter((key) => !SILENT.includes(key))

const { world, open, page } = useAuditDoors()

describe('every endpoint of the contract that changes something or answers with a secret', () => {
  test.each(TOLD)('%s leaves an entry, by the page, by a script and by a command', async (key) => {
    const browser = open('browser')
    await browser.inject(page(key))
    world.peerUid = 0
    await browser.inject(request(key, { headers: { authorization: `Bearer ${API_TOKEN}` } }))
    await open('control').inject(request(key))
    const { access } = ENDPOINTS[key] as Endpoint
    const told = [...world.notes, ...world.refusals]
    expect(told.filter(({ who }) => who.by === 'cli')).toMatchObject([{ action: key }])
    if (access === 'control') expect(world.refusals).toHaveLength(2)
    // Whoever logs in is nobody yet.
    else if (key === 'POST /api/session')
      expect(world.refusals.map(({ who }) => who.by)).toEqual(['stranger', 'stranger'])
    else
      expect(world.notes.map(({ action, who }) => [action, who])).toEqual([
        [key, { by: 'page', uid: 1000, session: world.session }],
        [key, { by: 'api', uid: 0 }],
        [key, { by: 'cli', uid: 0 }],
      ])
    for (const { what } of told) expect(what).toMatch(/^[A-Z].{3,119}$/)
  })

  test('what leaves none is listed here, with a reason in its rule', () => {
    const silent = REQUESTS.filter(([key]) => auditOf(key) === null).map(([key]) => key)
    const reading = REQUESTS.filter(([key, { secret }]) => key.startsWith('GET ') && secret !== true)
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

describe('reading', () => {
  it('is told of nobody, but that the token for scripts is used', async () => {
    const app = open('browser')
    world.answer = () => ({})
    await app.inject(page('GET /api/status'))
    await app.inject(page('GET /api/session'))
    expect([world.notes, world.refusals, world.reads]).toEqual([[], [], []])
    world.peerUid = 0
    await app.inject(request('GET /api/status', { headers: { authorization: `Bearer ${API_TOKEN}` } }))
    expect([world.notes, world.refusals, world.reads]).toEqual([[], [], [{ by: 'api', uid: 0 }]])
  })
})

describe('at the door', () => {
  const door = (): object[] => world.refusals.map(({ code, who, details }) => ({ code, who, details }))

  it('a user who is not listed is told, whatever was asked for', async () => {
    const app = open('browser')
    world.peerUid = 65_534
    await app.inject(page('GET /api/status'))
    await app.inject(page('GET /nowhere?code=canary'))
    const who = { by: 'stranger', uid: 65_534 }
    expect(door()).toEqual([
      { code: 'PEER_REFUSED', who, details: [{ name: 'address', value: 'GET /api/status' }] },
      { code: 'PEER_REFUSED', who, details: [{ name: 'address', value: 'GET (none of ours)' }] },
    ])
  })

  it('a connection that was gone before its user was known is told only of what would have changed something', async () => {
    const app = open('browser')
    world.peerUid = null
    await app.inject(page('GET /api/status'))
    await app.inject(page('GET /assets/index.js'))
    expect(world.refusals).toEqual([])
    await app.inject(page('POST /api/gateway/stop'))
    expect(world.refusals).toMatchObject([
      {
        code: 'PEER_REFUSED',
        what: 'A connection that was gone before its user was known',
        who: { by: 'stranger' },
      },
    ])
  })

  it('another host or site is named, and nothing else that stands there', async () => {
    const app = open('browser')
    for (const host of ['evil.com', 'robot:canary@evil.com', 'x'.repeat(500)])
      await app.inject({ ...page('GET /api/status'), headers: { ...world.headers, host } })
    const origin = 'http://evil.com'
    await app.inject({ ...page('POST /api/gateway/stop'), headers: { ...world.headers, host: HOST, origin } })
    expect(world.refusals.map(({ details, who }) => [details.at(-1)?.value, who.uid])).toEqual([
      ['evil.com', 1000],
      ['(not a host name)', 1000],
      ['(not a host name)', 1000],
      ['http://evil.com', 1000],
    ])
    expect(world.notes).toEqual([])
  })

  it('a wrong code, a wrong token, a lost secret and no login at all are told', async () => {
    const app = open('browser')
    world.answer = () => {
      throw new ConflictError('LOGIN_CODE_INVALID')
    }
    await app.inject(page('POST /api/session', { code: 'canary' }))
    const { cookie: _cookie, ...without } = world.headers
    await app.inject({ ...page('POST /api/gateway/stop'), headers: { ...without, host: HOST } })
    await app.inject({
      ...page('POST /api/gateway/stop'),
      headers: { ...world.headers, host: HOST, 'x-csrf-token': 'canary' },
    })
    world.peerUid = 0
    await app.inject(
      request('GET /api/status', { headers: { authorization: `Bearer ${'canary'.repeat(8)}` } }),
    )
    expect(world.refusals.map(({ code, what }) => [code, what])).toEqual([
      ['LOGIN_CODE_INVALID', 'A wrong or old login code was refused'],
      ['AUTH_REQUIRED', 'Refused without a login: You are not logged in'],
      ['CSRF_TOKEN_INVALID', 'A request without the secret of its session was refused'],
      ['AUTH_REQUIRED', 'A wrong token for scripts was refused'],
    ])
    expect(JSON.stringify([world.notes, world.refusals])).not.toContain('canary')
    expect(world.notes).toEqual([])
  })

  it('a page whose world.session has ended, and world.reads, is no news', async () => {
    const app = open('browser')
    await app.inject(request('GET /api/session'))
    await app.inject(request('GET /api/status'))
    expect([world.notes, world.refusals]).toEqual([[], []])
  })
})
