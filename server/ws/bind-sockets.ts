/** The sockets: the same guards as requests before the upgrade, then a hello with a ticket as the first frame. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type Type from 'typebox'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { WebSocket } from 'ws'
import { ENDPOINTS, type EndpointKey } from '../../contract/endpoints.ts'
import { CLOSE_CODES } from '../../contract/events.ts'
import { AuthError, PanelError } from '../errors.ts'
import { isSameSecret, type Sessions } from '../http/session.ts'

export type SocketKey = Extract<EndpointKey, `WS ${string}`>

const HELLO_LIMIT_MS = 5_000
const MAX_SOCKETS = 64
const PING_EVERY_MS = 15_000
/** How often it is seen to that who listens still may: a logout or a removal counts within a second. */
const LISTED_LOOK_MS = 500

export interface SocketRoute<S extends TSchema> {
  readonly hello: S
  /** The client says more than its hello: the route listens for it. */
  readonly isTwoWay?: true
  /** Runs once the hello is in; the signal fires when the socket closes. */
  serve(socket: WebSocket, hello: Type.Static<S>, signal: AbortSignal): Promise<void> | void
}

export interface SocketOptions {
  readonly sessions: Sessions
  /** Sockets of the control door belong to root and need no ticket. */
  readonly isControl: boolean
  /** Whether a user may still reach the page. */
  isListed(uid: number | null): Promise<boolean>
}

/** Registers one socket under its key of the contract. */
export function createSocketBinder(app: FastifyInstance, options: SocketOptions) {
  /** With the user at the other end. */
  const open = new Map<WebSocket, number | null>()
  const pulse = setInterval(() => {
    for (const socket of open.keys()) socket.ping()
  }, PING_EVERY_MS)
  // Root needs no list.
  const dismissUnlisted = async () => {
    for (const [socket, uid] of [...open])
      if (uid !== 0 && !(await options.isListed(uid)))
        socket.close(CLOSE_CODES.sessionEnded, 'your user may not use the panel any more')
  }
  const look = setInterval(() => {
    dismissUnlisted().catch((error: unknown) => app.log.error({ err: error }, 'the list of users'))
  }, LISTED_LOOK_MS)
  app.addHook('preClose', async () => {
    clearInterval(pulse)
    clearInterval(look)
    for (const socket of open.keys()) socket.close(1001, 'the panel is stopping')
  })

  return function bindSocket<S extends TSchema>(key: SocketKey, route: SocketRoute<S>): void {
    const url = key.slice('WS '.length)
    app.route({
      method: 'GET',
      url,
      exposeHeadRoute: false,
      config: { access: ENDPOINTS[key].access, socket: true },
      handler: () => {
        throw new AuthError('AUTH_REQUIRED', { detail: 'this address is a WebSocket' })
      },
      wsHandler: (socket, request) => {
        if (open.size >= MAX_SOCKETS) return socket.close(CLOSE_CODES.tooMany, 'too many sockets')
        open.set(socket, request.peerUid)
        socket.on('close', () => open.delete(socket))
        socket.on('error', (error) => request.log.warn({ err: error }, 'socket failed'))
        awaitHello(socket, request, route, options)
      },
    })
  }
}

function awaitHello<S extends TSchema>(
  socket: WebSocket,
  request: FastifyRequest,
  route: SocketRoute<S>,
  options: SocketOptions,
): void {
  const closed = new AbortController()
  const late = setTimeout(() => socket.close(CLOSE_CODES.badFrame, 'no hello'), HELLO_LIMIT_MS)
  socket.on('close', () => {
    clearTimeout(late)
    closed.abort()
  })
  socket.once('message', (data) => {
    clearTimeout(late)
    const hello = parseHello(route.hello, String(data))
    if (hello === null) return socket.close(CLOSE_CODES.badFrame, 'not a hello')
    if (!options.isControl && !takeTicket(socket, request, hello.ticket, options.sessions, closed.signal))
      return
    // A one-way socket from here on: what else the client sends is not ours to understand.
    if (!route.isTwoWay)
      socket.on('message', () => socket.close(CLOSE_CODES.badFrame, 'nothing is expected here'))
    Promise.resolve(route.serve(socket, hello as Type.Static<S>, closed.signal)).catch((error: unknown) => {
      if (closed.signal.aborted) return
      if (error instanceof PanelError) {
        socket.close(CLOSE_CODES.refused, error.code)
        return
      }
      request.log.error({ err: error }, 'socket failed')
      socket.close(1011, 'the panel could not go on')
    })
  })
}

function parseHello(schema: TSchema, text: string): { ticket: string } | null {
  try {
    const frame: unknown = JSON.parse(text)
    return Value.Check(schema, frame) ? (frame as { ticket: string }) : null
  } catch {
    // Not JSON is not a hello either; the caller closes with a reason.
    return null
  }
}

function takeTicket(
  socket: WebSocket,
  request: FastifyRequest,
  ticket: string,
  sessions: Sessions,
  closed: AbortSignal,
): boolean {
  try {
    const session = sessions.redeemTicket(ticket)
    const isOwn = request.session !== null && isSameSecret(session.idHash, request.session.idHash)
    if (!isOwn) throw new AuthError('TICKET_INVALID')
    const forget = sessions.onEnd(session, () => socket.close(CLOSE_CODES.sessionEnded, 'logged out'))
    closed.addEventListener('abort', forget)
    return true
  } catch {
    // Whatever was wrong with the ticket, the client learns only this.
    socket.close(CLOSE_CODES.ticketInvalid, 'ticket refused')
    return false
  }
}
