/** What is no whole HTTP reaches no route and no hook: it is answered here, in the same form as everything else. */
import type { Socket } from 'node:net'
import { PanelError, toProblem } from '../errors.ts'

/** The headers of every answer (security.md, 8). Nothing of an error is shown in a frame, kept, or run. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  connection: 'close',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}
/** Node's own limit for the lines before the body (http.maxHeaderSize). */
const MAX_HEAD_BYTES = 16_384

function problemOf(code: string | undefined): PanelError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new PanelError('HEAD_TOO_LARGE', { detail: `the limit is ${MAX_HEAD_BYTES} bytes` })
  const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT'
  return new PanelError('REQUEST_INVALID', {
    detail: isLate ? 'the request did not arrive in time' : 'this is not HTTP as RFC 9112 has it',
  })
}

/**
 * Answers with a problem document and closes the connection; for Fastify's `clientErrorHandler`.
 * @param error of Node's parser, or of its limits; what a client that has gone leaves is not answered
 */
export function answerBrokenHttp(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const problem = toProblem(problemOf(error.code))
  const body = JSON.stringify(problem)
  const lines = Object.entries({ ...HEADERS, 'content-length': String(Buffer.byteLength(body)) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${head}\r\n${body}`, () => socket.destroy())
}
