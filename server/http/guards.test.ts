import { connect } from 'node:net'
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerGuards } from './guards.ts'
import { registerProblems } from './problem.ts'
import { createSessions, type Sessions } from './session.ts'

const API_TOKEN = 'scripts-token-0123456789abcdef'
let app: FastifyInstance
let port: number
let sessions: Sessions
let peerUid: number | null
let cookieHeader: string
let csrf: string

beforeEach(async () => {
  peerUid = 0
  sessions = await createSessions({ read: async () => [], write: async () => {} })
  app = fastify({ http: { requireHostHeader: false }, exposeHeadRoutes: false })
  registerProblems(app)
  await app.register(cookie)
  // Before the guards: from then on it could not be made.
  app.get('/forgotten', () => ({ data: 'private' }))
  registerGuards(app, {
    sessions,
    cookieName: 'panel',
    apiToken: API_TOKEN,
    allowedHosts: () => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`],
    adminUids: () => [1000],
    findPeerUid: async () => peerUid,
  })
  const ok = () => ({ data: 'private' })
  app.get('/open', { config: { access: 'public' } }, ok)
  app.get('/private', { config: { access: 'session' } }, ok)
  app.get('/secret', { config: { access: 'session', secret: true } }, ok)
  app.post('/change', { config: { access: 'session' } }, ok)
  app.post('/reveal', { config: { access: 'step-up' } }, ok)
  app.post('/root', { config: { access: 'control' } }, ok)
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
  const { id, session } = await sessions.redeem(sessions.issueCode().code, 0)
  cookieHeader = `panel=${id}`
  csrf = session.csrfToken
})

afterEach(() => app.close())

/** Sends the lines as they are; the status of the answer. */
function raw(target: string, lines: string[], method = 'GET', version = '1.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += String(data)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)))
    socket.end(
      `${method} ${target} HTTP/${version}\r\n${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`,
    )
  })
}

const page = (extra: string[] = []) => [`Host: 127.0.0.1:${port}`, `Cookie: ${cookieHeader}`, ...extra]
const own = () => [`Origin: http://127.0.0.1:${port}`, 'Sec-Fetch-Site: same-origin', `X-CSRF-Token: ${csrf}`]

describe('host', () => {
  it('is answered only where it is spelt as allowed, exactly once', async () => {
    const refused = [
      [],
      ['Host:'],
      ['Host: 127.0.0.1'],
      [`Host: 127.0.0.1:${port + 1}`],
      [`Host: 127.0.0.1@evil.com:${port}`],
      [`Host: 127.0.0.1.evil.com:${port}`],
      [`Host: 2130706433:${port}`],
      [`Host: LOCALHOST:${port}`],
      [`Host: localhost.:${port}`],
      [`Host: 127.0.0.1:${port}, evil.com`],
      ['Host: evil.com', `Host: 127.0.0.1:${port}`],
      [`Host: 127.0.0.1:${port}`, `Host: 127.0.0.1:${port}`],
    ]
    for (const lines of refused) expect(await raw('/open', lines), lines.join()).toBe(421)
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      expect(await raw('/open', [`Host: ${host}:${port}`])).toBe(200)
    }
    expect(await raw('/open', [], 'GET', '1.0')).toBe(421)
    expect(await raw('/nowhere', ['Host: evil.com'])).toBe(421)
    expect(await raw('/%zz', ['Host: evil.com'])).toBeGreaterThanOrEqual(400)
    expect(await raw(`http://127.0.0.1:${port}/private`, page())).toBe(421)
  })
})

describe('access', () => {
  it('is refused without a session, however the target is spelt', async () => {
    const host = [`Host: 127.0.0.1:${port}`]
    for (const target of [
      '/private',
      '/%70rivate',
      '/private?x=1',
      '//private',
      '/private/',
      '/./private',
      '/PRIVATE',
      '/private;x',
    ]) {
      expect([401, 404], target).toContain(await raw(target, host))
    }
    expect(await raw('/private', page())).toBe(200)
  })

  it('is refused to a route that says nothing of access, and to control routes', async () => {
    expect(await raw('/forgotten', page())).toBe(401)
    expect(await raw('/root', page(own()), 'POST')).toBe(401)
  })

  it('has to be said, or the app does not start', async () => {
    const other = fastify()
    registerGuards(other, {
      sessions,
      cookieName: 'panel',
      apiToken: API_TOKEN,
      allowedHosts: () => [],
      adminUids: () => [],
      findPeerUid: async () => 0,
    })
    expect(() => other.get('/forgotten', () => 'private')).toThrow(
      'GET /forgotten says nothing of its access',
    )
    await other.close()
  })

  it('is refused to users who are not listed, even with a session', async () => {
    for (const [uid, status] of [
      [0, 200],
      [1000, 200],
      [65534, 403],
      [null, 403],
    ] as const) {
      peerUid = uid
      expect(await raw('/private', page())).toBe(status)
      expect(await raw('/open', page())).toBe(status)
    }
  })
})

describe('a changing request', () => {
  it('needs origin, fetch site, the secret of the session and JSON', async () => {
    const origin = `Origin: http://127.0.0.1:${port}`
    const site = 'Sec-Fetch-Site: same-origin'
    const secret = `X-CSRF-Token: ${csrf}`
    expect(await raw('/change', page([origin, site, secret]), 'POST')).toBe(200)
    expect(await raw('/change', page([origin, secret]), 'POST')).toBe(200)
    const refused: [string[], number][] = [
      [[site, secret], 403],
      [['Origin: null', site, secret], 403],
      [[`Origin: http://localhost:${port}`, site, secret], 403],
      [[`Origin: http://127.0.0.1:${port + 1}`, secret], 403],
      [[`Origin: https://127.0.0.1:${port}`, secret], 403],
      [[origin, 'Sec-Fetch-Site: same-site', secret], 403],
      [[origin, 'Sec-Fetch-Site: cross-site', secret], 403],
      [[origin, site], 403],
      [[origin, site, 'X-CSRF-Token: wrong'], 403],
      [[origin, site, secret, 'Content-Type: text/plain', 'Content-Length: 0'], 415],
      [[origin, site, secret, 'Content-Type: application/x-www-form-urlencoded'], 415],
    ]
    for (const [lines, status] of refused)
      expect(await raw('/change', page(lines), 'POST'), lines.join()).toBe(status)
  })

  it('that shows secrets needs a fresh confirmation', async () => {
    expect(await raw('/reveal', page(own()), 'POST')).toBe(200)
    const session = await sessions.find(cookieHeader.slice('panel='.length))
    if (session) session.stepUpUntil = 0
    expect(await raw('/reveal', page(own()), 'POST')).toBe(403)
  })

  it('a GET with a secret does not come from another site', async () => {
    expect(await raw('/secret', page(['Sec-Fetch-Site: same-origin']))).toBe(200)
    expect(await raw('/secret', page(['Sec-Fetch-Site: same-site']))).toBe(403)
    expect(await raw('/secret', page(['Origin: http://127.0.0.1:1']))).toBe(403)
  })
})

describe('scripts', () => {
  it('use the token as root, without anything a browser sends', async () => {
    const script = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${API_TOKEN}`]
    expect(await raw('/change', script, 'POST')).toBe(200)
    expect(await raw('/reveal', script, 'POST')).toBe(200)
    expect(await raw('/root', script, 'POST')).toBe(401)
    for (const header of [
      `Origin: http://127.0.0.1:${port}`,
      `Cookie: ${cookieHeader}`,
      'Sec-Fetch-Mode: cors',
    ]) {
      expect(await raw('/change', [...script, header], 'POST'), header).toBe(403)
    }
    expect(
      await raw(
        '/change',
        [`Host: 127.0.0.1:${port}`, 'Authorization: Bearer wrong-token-wrong-token'],
        'POST',
      ),
    ).toBe(401)
    peerUid = 1000
    expect(await raw('/change', script, 'POST')).toBe(403)
  })
})
