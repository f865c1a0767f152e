import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerBrokenHttp } from './broken-http.ts'

let app: FastifyInstance
let port: number
let taken: number

beforeEach(async () => {
  taken = 0
  app = fastify({
    clientErrorHandler: answerBrokenHttp,
    http: { headersTimeout: 300, connectionsCheckingInterval: 50 },
  })
  app.post('/', async () => {
    taken += 1
    return { ok: true }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
})

afterEach(() => app.close())

/** What came back for these bytes, and that it was all: the connection is closed by the server. */
async function answerTo(bytes: string): Promise<{ status: number; head: string; body: unknown }> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes, 'latin1')
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body: JSON.parse(body) as unknown }
}

const POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

describe('what is no whole HTTP', () => {
  it.each([
    ['no request line', 'hello\r\n\r\n'],
    ['a blank in the target', 'GET /a b HTTP/1.1\r\n\r\n'],
    ['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length below nothing', `${POST}Content-Length: -1\r\n\r\n{}`],
    ['chunks without their size', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`],
    ['a line without a colon', `${POST}nothing\r\nContent-Length: 2\r\n\r\n{}`],
  ])('is answered by a problem document: %s', async (_name, bytes) => {
    const { status, head, body } = await answerTo(bytes)
    expect(status).toBe(400)
    expect(head).toContain('content-type: application/problem+json')
    expect(head).toContain("content-security-policy: default-src 'none'")
    expect(head).toContain('x-content-type-options: nosniff')
    expect(head).toContain('cache-control: no-store')
    expect(body).toMatchObject({
      status: 400,
      code: 'REQUEST_INVALID',
      detail: expect.stringContaining('HTTP'),
    })
    expect(taken).toBe(0)
  })

  it('is told so when its head is too large, as that of a browser with many cookies', async () => {
    const { status, body } = await answerTo(`${POST}Cookie: a=${'b'.repeat(20_000)}\r\n\r\n`)
    expect(status).toBe(431)
    expect(body).toMatchObject({
      status: 431,
      code: 'HEAD_TOO_LARGE',
      detail: expect.stringContaining('16384'),
    })
  })

  it('is told so when its head does not come to an end', async () => {
    const { body } = await answerTo('POST / HTTP/1.1\r\nHost: x\r\n')
    expect(body).toMatchObject({ code: 'REQUEST_INVALID', detail: 'the request did not arrive in time' })
  })
})
