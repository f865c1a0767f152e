import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE_CODES } from '../contract/events.ts'
import { buildApp } from './app.ts'
import { SetupError } from './errors.ts'
import type { AuditPort } from './http/audit-hook.ts'
import { createSessions, type Sessions } from './http/session.ts'
import type { PanelDeps } from './routes/deps.ts'

/** The whole door of the page, with the real sessions and nothing behind it: what e2e/attacks tries on a machine, in short. */
let app: FastifyInstance
let sessions: Sessions
let port: number
let webDir: string
/** What the machine behind the door says, as far as it is asked. */
let readState: () => Promise<never>

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

beforeEach(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'razroom-panel-web-'))
  await writeFile(join(webDir, 'index.html'), '<!doctype html><title>page</title>')
  sessions = await createSessions({ read: async () => [], write: async () => {} })
  const host = { readState: () => readState() }
  readState = () => Promise.reject(new SetupError('SETUP_REQUIRED'))
  const audit: AuditPort = {
    within: (_cause, work) => work(),
    note: async () => {},
    noteStill: async () => {},
    refuse: () => {},
    readByScript: () => {},
  }
  const deps = { sessions, host, audit, port: 18780, cookieName: 'panel' } as unknown as PanelDeps
  const guards = {
    sessions,
    cookieName: 'panel',
    apiToken: 'scripts-token-0123456789abcdef',
    allowedHosts: () => [`127.0.0.1:${port}`],
    adminUids: () => [],
    findPeerUid: async () => 0,
  }
  app = await buildApp(deps, { kind: 'browser', guards, webDir, isListed: async () => true })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
})
afterEach(async () => {
  await app.close()
  await rm(webDir, { recursive: true })
})

type Headers = Readonly<Record<string, string>>

function ask(key: string, headers: Headers = {}, body?: string): Promise<Answer> {
  const [method = '', path = ''] = key.split(' ')
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      text(answer).then(
        (said) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }),
        reject,
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** What the page sends; `body` as JSON. */
const send = (key: string, headers: Headers, body?: unknown) => {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const all = { Origin: `http://127.0.0.1:${port}`, ...json, ...headers }
  return ask(key, all, body === undefined ? undefined : JSON.stringify(body))
}

async function logIn(): Promise<{ headers: Headers; cookie: string }> {
  const answer = await send('POST /api/session', {}, { code: sessions.issueCode().code })
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  const { csrfToken } = JSON.parse(answer.body) as { csrfToken: string }
  return { headers: { Cookie: cookie.split(';')[0] ?? '', 'X-CSRF-Token': csrfToken }, cookie }
}

describe('every answer', () => {
  it.each([
    ['the page', 'GET /'],
    ['an answer with data', 'GET /api/session'],
    ['an error', 'GET /nothing'],
    ['a broken target', 'GET /%zz'],
    ['a refused host', 'GET /', { Host: 'evil.com' }],
  ] as [string, string, Headers?][])(
    'has the headers that keep it to itself: %s',
    async (_what, key, headers) => {
      const answer = await ask(key, headers)
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'x-frame-options': 'DENY',
      })
      expect(answer.headers['content-security-policy']).toBe(
        "default-src 'none';object-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;" +
          "font-src 'self';connect-src 'self' ws://127.0.0.1:18780 ws://localhost:18780;base-uri 'none';" +
          "form-action 'none';frame-ancestors 'none'",
      )
      expect(answer.headers['strict-transport-security']).toBeUndefined()
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    },
  )

  it('says its type and character set, and what carries data stays in no cache', async () => {
    const { headers } = await logIn()
    const types = async (key: string) => {
      const answer = await ask(key, headers)
      return [answer.headers['content-type'], answer.headers['cache-control']]
    }
    expect(await types('GET /')).toEqual(['text/html; charset=utf-8', 'no-cache'])
    expect(await types('GET /api/session')).toEqual(['application/json; charset=utf-8', 'no-store'])
    expect(await types('GET /nothing')).toEqual(['application/problem+json; charset=utf-8', 'no-store'])
  })
})

describe('an error that nobody thought of', () => {
  it('is told by its number alone', async () => {
    const { headers } = await logIn()
    readState = () => Promise.reject(new Error('cannot open /etc/shadow: s3cret'))
    const answer = await send('POST /api/env/reveal', headers, {})
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INTERNAL', status: 500 })
    expect(answer.body).not.toMatch(/shadow|s3cret|\.ts/)
  })
})

describe('the login', () => {
  it('sets a cookie that no script and no other site gets, and none twice', async () => {
    const planted = { Cookie: `panel=${'A'.repeat(43)}` }
    const answer = await send('POST /api/session', planted, { code: sessions.issueCode().code })
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^panel=(?!A{43})[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ])
    expect((await logIn()).cookie).not.toBe((await logIn()).cookie)
  })

  it('ends the session that the browser had before', async () => {
    const { headers } = await logIn()
    const again = await send('POST /api/session', headers, { code: sessions.issueCode().code })
    expect(again.status).toBe(200)
    expect((await ask('GET /api/session', headers)).status).toBe(401)
    expect(sessions.list()).toHaveLength(1)
    // A wrong code ends nothing.
    const third = await logIn()
    expect((await send('POST /api/session', third.headers, { code: 'wrong' })).status).toBe(401)
    expect((await ask('GET /api/session', third.headers)).status).toBe(200)
  })

  it('is not used up by a GET', async () => {
    const { code } = sessions.issueCode()
    for (const key of [`GET /?code=${code}`, `GET /api/session?code=${code}`]) await ask(key)
    expect((await send('POST /api/session', {}, { code })).status).toBe(200)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'takes no %s, which any site may send',
    async (type) => {
      const body = JSON.stringify({ code: sessions.issueCode().code })
      const headers = { Origin: `http://127.0.0.1:${port}`, 'Content-Type': type }
      expect((await ask('POST /api/session', headers, body)).status).toBe(415)
    },
  )

  it('takes nothing but a code, and no key that a prototype has', async () => {
    const { code } = sessions.issueCode()
    const wrong = [{ code, admin: true }, { code: [code] }, [code], null, `"${code}"`]
    for (const body of wrong) expect((await send('POST /api/session', {}, body)).status).toBe(400)
    for (const body of [
      `{"code":"${code}","__proto__":{"a":1}}`,
      `{"code":"${code}","constructor":{"prototype":{}}}`,
    ]) {
      const headers = { Origin: `http://127.0.0.1:${port}`, 'Content-Type': 'application/json' }
      expect((await ask('POST /api/session', headers, body)).status).toBe(400)
    }
    expect((await send('POST /api/session', {}, { code })).status).toBe(200)
  })
})

describe('a confirmation', () => {
  it('is the words themselves, typed, and nothing else', async () => {
    const { headers } = await logIn()
    const session = await sessions.find(headers.Cookie?.split('=')[1])
    if (!session) throw new Error('not logged in')
    session.stepUpUntil = 0
    const wrong = [
      undefined,
      {},
      { confirm: '' },
      { confirm: true },
      { confirm: 'Show secrets' },
      { confirm: 'show secrets ' },
    ]
    for (const body of wrong) {
      expect((await send('POST /api/session/step-up', headers, body)).status, JSON.stringify(body)).toBe(400)
    }
    expect(session.stepUpUntil).toBe(0)
    const reveal = () => send('POST /api/env/reveal', headers, {})
    expect(JSON.parse((await reveal()).body)).toMatchObject({ code: 'STEP_UP_REQUIRED' })
    const confirmed = await send('POST /api/session/step-up', headers, { confirm: 'show secrets' })
    expect(confirmed.status).toBe(200)
    expect(session.stepUpUntil - Date.now()).toBeGreaterThan(590_000)
    expect(JSON.parse((await reveal()).body)).toMatchObject({ code: 'SETUP_REQUIRED' })
  })
})

describe('a page', () => {
  it.each([{ adminUids: [65534] }, { allowedHosts: ['evil.com'] }])(
    'may not let anybody in: %j',
    async (body) => {
      const { headers } = await logIn()
      const answer = await send('PUT /api/settings', headers, body)
      expect(JSON.parse(answer.body)).toMatchObject({ status: 403, code: 'SHELL_ONLY' })
      const other = await send('PUT /api/settings', headers, { gatewayPort: 18789 })
      expect(JSON.parse(other.body)).toMatchObject({ code: 'SETUP_REQUIRED' })
    },
  )

  it('names each part of a query once', async () => {
    const { headers } = await logIn()
    expect((await ask('GET /api/logs?limit=1&limit=2', headers)).status).toBe(400)
    expect((await ask('GET /api/logs?limit=1', headers)).status).toBe(409)
  })
})

/** The bytes as they are, and the statuses of all the answers that come. */
function sendRaw(bytes: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let said = ''
    socket.on('data', (chunk) => {
      said += String(chunk)
    })
    socket.on('error', reject)
    socket.on('close', () =>
      resolve([...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)),
    )
    socket.end(bytes)
  })
}

describe('a message whose end two readers would see at two places', () => {
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'
  it.each([
    ['length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 50', ''],
    ['a list of lengths', 'Content-Length: 0, 50', ''],
    ['a length with a sign', 'Content-Length: +0', ''],
    ['an encoding nobody knows', 'Transfer-Encoding: xchunked', '0\r\n\r\n'],
    ['chunks before another encoding', 'Transfer-Encoding: chunked, identity', '0\r\n\r\n'],
    ['a blank before the colon', 'Content-Length : 0', ''],
    ['a folded line', 'Transfer-Encoding:\r\n chunked', '0\r\n\r\n'],
    ['a lone line feed in a header', 'X: a\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['a chunk whose size is none', 'Transfer-Encoding: chunked', '0x0\r\n\r\n'],
  ])('is refused, and nothing behind it is read: %s', async (_what, header, body) => {
    const head = `POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\n`
    const answers = await sendRaw(`${head}${header}\r\n\r\n${body}${smuggled.replace('PORT', String(port))}`)
    expect(answers).toEqual(['400'])
  })
})

describe('logins', () => {
  it('are listed without anything that opens one, and which one asks', async () => {
    const [first] = [await logIn(), await logIn()]
    const answer = await ask('GET /api/sessions', first.headers)
    const list = JSON.parse(answer.body) as { id: string; isThis: boolean }[]
    expect(list.map(({ isThis }) => isThis).toSorted()).toEqual([false, true])
    const [, value = ''] = first.headers.Cookie?.split('=') ?? []
    expect(answer.body).not.toContain(value)
    expect(answer.body).not.toContain(first.headers['X-CSRF-Token'])
    expect(list.every(({ id }) => /^[0-9a-f]{8}$/.test(id))).toBe(true)
  })

  it('end with the logout, on the panel too', async () => {
    const [first, second] = [await logIn(), await logIn()]
    const answer = await send('DELETE /api/session', first.headers)
    expect(answer.status).toBe(204)
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^panel=; .*Expires=Thu, 01 Jan 1970/),
    ])
    expect((await ask('GET /api/session', first.headers)).status).toBe(401)
    expect((await ask('GET /api/session', second.headers)).status).toBe(200)
  })

  it('end all at once', async () => {
    const [first, second] = [await logIn(), await logIn()]
    const answer = await send('DELETE /api/sessions', first.headers)
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { ended: 2 }])
    for (const { headers } of [first, second])
      expect((await ask('GET /api/session', headers)).status).toBe(401)
  })
})

describe('a socket', () => {
  const open = async (headers: Headers): Promise<WebSocket> => {
    const all = { ...headers, Origin: `http://127.0.0.1:${port}` }
    // It offers to compress, as every browser does.
    const client = new WebSocket(`ws://127.0.0.1:${port}/api/events`, { headers: all })
    await once(client, 'open')
    return client
  }

  it('does not compress: what is sent would need memory for each client', async () => {
    const client = await open((await logIn()).headers)
    expect(client.extensions).toBe('')
    client.terminate()
  })

  it('takes no frame of more than 16 KiB, nor one that is said to be more', async () => {
    const { headers } = await logIn()
    for (const size of [16_384, 16_385]) {
      const client = await open(headers)
      client.send('x'.repeat(size))
      const [code] = (await once(client, 'close')) as [number]
      // The smaller one is read, and is no hello.
      expect(code).toBe(size > 16_384 ? 1009 : CLOSE_CODES.badFrame)
    }
  })
})
