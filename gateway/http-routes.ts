import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GatewayAuth, isAuthorized } from './auth.ts'
import { isRecord } from './config-schema.ts'
import { controlUiHeaders, controlUiHtml } from './control-ui-page.ts'
import { printable } from './log.ts'

/** What the routes need; `onRefusal` gets a line for the log. */
export interface HttpContext {
  auth: GatewayAuth
  onRefusal(message: string): void
}

const MAX_BODY_BYTES = 64 * 1024

/**
 * Answers one request as the real gateway does: two paths that check the token, and for every other GET the
 * Control UI, whatever the path (docs/facts/razroom-gateway.md, "HTTP and WebSocket").
 */
export async function handleHttp(
  request: IncomingMessage,
  response: ServerResponse,
  context: HttpContext,
): Promise<void> {
  const path = pathOf(request.url)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (path === '/tools/invoke' && request.method === 'POST') return invokeTool(request, response, context)
  if (isRead && (path === '/__razroom__/canvas' || path.startsWith('/__razroom__/canvas/'))) {
    return showCanvas(request, response, context)
  }
  if (isRead) {
    response.writeHead(200, controlUiHeaders(request.headers.host)).end(controlUiHtml)
    return
  }
  response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain; charset=utf-8' })
  response.end('Method Not Allowed')
}

async function invokeTool(
  request: IncomingMessage,
  response: ServerResponse,
  context: HttpContext,
): Promise<void> {
  if (!isAuthorized(request.headers.authorization, context.auth)) return refuse(request, response, context)
  const body = await readBody(request)
  if (body === undefined) return sendToolError(response, 413, 'invalid_request', 'body too large')
  const call = parseJson(body)
  if (!isRecord(call)) return sendToolError(response, 400, 'invalid_request', 'body must be a JSON object')
  if (typeof call.tool !== 'string' || call.tool.trim() === '') {
    return sendToolError(response, 400, 'invalid_request', 'tools.invoke requires body.tool')
  }
  if (call.tool !== 'sessions_list') {
    return sendToolError(response, 404, 'not_found', `Tool not available: ${printable(call.tool, 60)}`)
  }
  // No agent runs in the bundled gateway, so there is never a session to list.
  const details = { count: 0, sessions: [] }
  const content = [{ type: 'text', text: JSON.stringify(details, null, 2) }]
  sendJson(response, 200, { ok: true, result: { content, details } })
}

function showCanvas(request: IncomingMessage, response: ServerResponse, context: HttpContext): void {
  if (!isAuthorized(request.headers.authorization, context.auth)) {
    refuse(request, response, context)
    return
  }
  response.writeHead(200, controlUiHeaders(request.headers.host))
  response.end(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Canvas</title>' +
      '<p>The bundled gateway has no canvas content.</p></html>\n',
  )
}

function refuse(request: IncomingMessage, response: ServerResponse, context: HttpContext): void {
  const remote = request.socket.remoteAddress ?? 'unknown'
  context.onRefusal(`unauthorized: ${request.method} ${printable(pathOf(request.url))} remote=${remote}`)
  sendJson(response, 401, { error: { message: 'Unauthorized', type: 'unauthorized' } })
}

function sendToolError(response: ServerResponse, status: number, type: string, message: string): void {
  sendJson(response, status, { ok: false, error: { type, message } })
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  // An unread rest of a body would be taken for the next request of this connection.
  const close = status === 401 || status === 413 ? { Connection: 'close' } : {}
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...close,
  })
  response.end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller answers 400 for anything that is no JSON object; what exactly broke does not matter there.
    return undefined
  }
}

/** The path without its query; also of an absolute-form target (RFC 9112, 3.2.2). */
function pathOf(url: string | undefined): string {
  const target = url ?? '/'
  return URL.canParse(target, 'http://gateway') ? new URL(target, 'http://gateway').pathname : target
}
