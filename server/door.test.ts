import { describe, expect, it } from 'vitest'
import { type Headers, useDoor } from './test-door.ts'

const { door, ask, send, logIn } = useDoor()

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
    door.readState = () => Promise.reject(new Error('cannot open /etc/shadow: s3cret'))
    const answer = await send('POST /api/env/reveal', headers, {})
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INTERNAL', status: 500 })
    expect(answer.body).not.toMatch(/shadow|s3cret|\.ts/)
  })
})

describe('the login', () => {
  it('sets a cookie that no script and no other site gets, and none twice', async () => {
    const planted = { Cookie: `panel=${'A'.repeat(43)}` }
    const answer = await send('POST /api/session', planted, { code: door.sessions.issueCode().code })
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^panel=(?!A{43})[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ])
    expect((await logIn()).cookie).not.toBe((await logIn()).cookie)
  })

  it('ends the session that the browser had before', async () => {
    const { headers } = await logIn()
    const again = await send('POST /api/session', headers, { code: door.sessions.issueCode().code })
    expect(again.status).toBe(200)
    expect((await ask('GET /api/session', headers)).status).toBe(401)
    expect(door.sessions.list()).toHaveLength(1)
    // A wrong code ends nothing.
    const third = await logIn()
    expect((await send('POST /api/session', third.headers, { code: 'wrong' })).status).toBe(401)
    expect((await ask('GET /api/session', third.headers)).status).toBe(200)
  })

  it('is not used up by a GET', async () => {
    const { code } = door.sessions.issueCode()
    for (const key of [`GET /?code=${code}`, `GET /api/session?code=${code}`]) await ask(key)
    expect((await send('POST /api/session', {}, { code })).status).toBe(200)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'takes no %s, which any site may send',
    async (type) => {
      const body = JSON.stringify({ code: door.sessions.issueCode().code })
      const headers = { Origin: `http://127.0.0.1:${door.port}`, 'Content-Type': type }
      expect((await ask('POST /api/session', headers, body)).status).toBe(415)
    },
  )

  it('takes nothing but a code, and no key that a prototype has', async () => {
    const { code } = door.sessions.issueCode()
    const wrong = [{ code, admin: true }, { code: [code] }, [code], null, `"${code}"`]
    for (const body of wrong) expect((await send('POST /api/session', {}, body)).status).toBe(400)
    for (const body of [
      `{"code":"${code}","__proto__":{"a":1}}`,
      `{"code":"${code}","constructor":{"prototype":{}}}`,
    ]) {
      const headers = { Origin: `http://127.0.0.1:${door.port}`, 'Content-Type': 'application/json' }
      expect((await ask('POST /api/session', headers, body)).status).toBe(400)
    }
    expect((await send('POST /api/session', {}, { code })).status).toBe(200)
  })
})

describe('a confirmation', () => {
  it('is the words themselves, typed, and nothing else', async () => {
    const { headers } = await logIn()
    const session = await door.sessions.find(headers.Cookie?.split('=')[1])
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
