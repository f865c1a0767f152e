import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PanelError } from '../errors.ts'
import { asUploadError, limitBodyTime, openUpload, sendDownload, takeFilesOnly } from './file-bodies.ts'
import { registerProblems } from './problem.ts'

const MAX_BYTES = 1_000
let app: FastifyInstance
let port: number
let failures: unknown[]

beforeEach(async () => {
  failures = []
  app = fastify({ requestTimeout: 0, forceCloseConnections: true })
  registerProblems(app)
  limitBodyTime(app)
  app.register(async (scope) => {
    takeFilesOnly(scope)
    scope.post('/files', { config: { access: 'public', upload: true } }, async (request) => {
      try {
        const { stream, sizeBytes } = openUpload(request, MAX_BYTES)
        return { sizeBytes, length: (await text(stream)).length }
      } catch (error) {
        failures.push(asUploadError(request, error))
        throw error
      }
    })
    scope.post('/refused', { config: { access: 'public', upload: true } }, async () => {
      throw new PanelError('AUTH_REQUIRED')
    })
  })
  app.get('/file', (_request, reply) =>
    sendDownload(reply, {
      stream: Readable.from([Buffer.from('abc')]),
      filename: 'a"\r\nb.tar',
      sizeBytes: 3,
    }),
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
})
afterEach(() => app.close())

interface Exchange {
  readonly socket: Socket
  readonly answer: Promise<string>
}

function send(head: string, ...chunks: string[]): Exchange {
  const socket = connect(port, '127.0.0.1')
  const answer = new Promise<string>((resolve) => {
    let said = ''
    socket.on('data', (data) => {
      said += String(data)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(said))
  })
  socket.write(`${head}\r\nHost: x\r\n`)
  for (const chunk of chunks) socket.write(chunk)
  return { socket, answer }
}

const TYPE = 'Content-Type: application/octet-stream\r\n'
const CLOSE = 'Connection: close\r\n'

describe('an upload', () => {
  it('is streamed, whether its size is told or not', async () => {
    const told = send('POST /files HTTP/1.1', TYPE, CLOSE, 'Content-Length: 5\r\n\r\n', 'hello')
    expect(await told.answer).toContain('{"sizeBytes":5,"length":5}')
    const untold = send(
      'POST /files HTTP/1.1',
      TYPE,
      CLOSE,
      'Transfer-Encoding: chunked\r\n\r\n',
      '3\r\nabc\r\n0\r\n\r\n',
    )
    expect(await untold.answer).toContain('{"sizeBytes":null,"length":3}')
    const empty = send('POST /files HTTP/1.1', TYPE, CLOSE, 'Content-Length: 0\r\n\r\n')
    expect(await empty.answer).toContain('"length":0')
  })

  it('is nothing but a file', async () => {
    const json = send(
      'POST /files HTTP/1.1',
      'Content-Type: application/json\r\n',
      CLOSE,
      'Content-Length: 2\r\n\r\n{}',
    )
    expect(await json.answer).toMatch(/^HTTP\/1.1 415 /)
  })

  it('is refused above its cap, told or not, and the connection goes', async () => {
    const told = send('POST /files HTTP/1.1', TYPE, 'Content-Length: 1001\r\n\r\n')
    expect(await told.answer).toMatch(/^HTTP\/1.1 413 .*"code":"BODY_TOO_LARGE"/s)
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
    const untold = send('POST /files HTTP/1.1', TYPE, 'Transfer-Encoding: chunked\r\n\r\n', chunk)
    expect(await untold.answer).toMatch(/^HTTP\/1.1 413 /)
  })

  it('that is refused is not read to its end', async () => {
    const { answer } = send('POST /refused HTTP/1.1', TYPE, 'Content-Length: 1000000000\r\n\r\n', 'x')
    expect(await answer).toMatch(/^HTTP\/1.1 401 .*connection: close/s)
  })

  it('that breaks off is the sender’s affair', async () => {
    const { socket } = send('POST /files HTTP/1.1', TYPE, 'Content-Length: 5\r\n\r\n', 'he')
    await new Promise((resolve) => socket.once('connect', resolve))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await expect.poll(() => failures.length).toBe(1)
    expect(failures[0]).toMatchObject({ code: 'REQUEST_INVALID', detail: 'the upload broke off' })
  })
})

describe('a download', () => {
  it('is an attachment whose name cannot end the header', async () => {
    const { answer } = send('GET /file HTTP/1.1', CLOSE, '\r\n')
    const said = await answer
    expect(said).toContain('content-disposition: attachment; filename="a___b.tar"\r\n')
    expect(said).toContain('content-length: 3\r\n')
    expect(said).toMatch(/\r\n\r\nabc$/)
  })
})
