import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  LOCAL_CONFIG,
  makeTestHome,
  startGateway,
  type TestGateway,
  type TestHome,
  TOKEN,
} from './test-gateway.ts'

let home: TestHome
let gateway: TestGateway
beforeAll(async () => {
  home = makeTestHome(LOCAL_CONFIG)
  gateway = await startGateway(home, { RAZROOM_GATEWAY_TOKEN: 'token-of-the-environment' })
})
afterAll(async () => {
  await gateway.end()
  home.remove()
})

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const call = JSON.stringify({ tool: 'sessions_list', args: {} })
const invoke = (init: RequestInit = {}) =>
  fetch(`${gateway.url}/tools/invoke`, { method: 'POST', headers: bearer(TOKEN), body: call, ...init })

describe('POST /tools/invoke', () => {
  test('200 with the token of razroom.json', async () => {
    const response = await invoke()
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ok: true, result: { details: { count: 0, sessions: [] } } })
  })

  test.each([
    ['without a token', {}],
    ['with the token of the environment, which the server does not use', bearer('token-of-the-environment')],
    ['with the token cut short', bearer(TOKEN.slice(0, -1))],
  ])('401 %s', async (_name, headers) => {
    const response = await invoke({ headers })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ error: { message: 'Unauthorized', type: 'unauthorized' } })
  })

  test.each([
    ['no JSON', 'nope', 400],
    ['an array', '[]', 400],
    ['no tool', '{}', 400],
    ['an unknown tool', '{"tool":"exec"}', 404],
    ['70 KB', JSON.stringify({ tool: 'x'.repeat(70_000) }), 413],
  ])('a body with %s', async (_name, body, status) => {
    expect((await invoke({ body })).status).toBe(status)
  })
})

test('GET /__razroom__/canvas/ is 401 without and 200 with the token', async () => {
  expect((await fetch(`${gateway.url}/__razroom__/canvas/`)).status).toBe(401)
  expect((await fetch(`${gateway.url}/__razroom__/canvas/`, { headers: bearer(TOKEN) })).status).toBe(200)
})

describe('the page', () => {
  test.each(['/', '/healthz', '/readyz', '/api/anything?x=1', '/%61', '//x', '/tools/invoke'])(
    'answers GET %s with 200, token or not',
    async (path) => {
      const response = await fetch(gateway.url + path)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('This is the bundled gateway')
    },
  )

  test('refuses to be framed and runs its own script only', async () => {
    const { headers } = await fetch(gateway.url)
    expect(headers.get('x-frame-options')).toBe('DENY')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-/)
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${gateway.port} `)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('a Host header cannot write into the policy', async () => {
    const socket = connect(gateway.port, '127.0.0.1')
    socket.write("GET / HTTP/1.1\r\nHost: a; script-src 'unsafe-inline'\r\nConnection: close\r\n\r\n")
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toMatch(/connect-src 'self'; base-uri/)
    expect(String(chunk)).not.toContain('unsafe-inline')
    socket.destroy()
  })

  test('other methods are refused', async () => {
    expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(405)
    expect((await fetch(gateway.url, { method: 'HEAD' })).status).toBe(200)
  })
})
