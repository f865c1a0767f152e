/** The sockets: the same guards as requests before the upgrade, then a hello with a ticket as the first frame. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type Type from 'typebox'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { WebSocket } from 'ws'
import { ENDPOINTS, type EndpointKey } from '../../contract/endpoints.ts'
import { CLOSE_CODES } from '../../contract/events.ts'
import { AuthError, PanelError } from '../errors.ts'
import type { AuditPort } from '../http/audit-hook.ts'
import { isSameSecret, type Sessions } from '../http/session.ts'
import { createHeartbeat } from './heartbeat.ts'

export type SocketKey = Extract<EndpointKey, `WS ${string}`>

const HELLO_LIMIT_MS = 5_000
const MAX_SOCKETS = 64
/** A client has so long to say good-bye; `ws` itself would wait 30 s, and listen meanwhile. */
const GOODBYE_MS = 500
/** The reason of a route's signal when the session ended, and nobody will come back. */
export const SESSION_ENDED = 'the session ended'
/** How often it is seen to that who listens still may: a logout or a removal counts within a second. */
const LISTED_LOOK_MS = 500

export interface SocketRoute<S extends TSchema> {
  readonly hello: S
  /** The client says more than its hello: the route listens for it. */
  readonly isTwoWay?: true
  /** Runs once the hello is in; the signal fires when the socket closes, or is to: with {@link SESSION_ENDED} at once. */
  serve(socket: WebSocket, hello: Type.Static<S>, signal: AbortSignal): Promise<void> | void
}

export interface SocketOptions {
  readonly sessions: Sessions
  /** Sockets of the control door belong to root and need no ticket. */
  readonly isControl: boolean
  /** Whose doing it is what a socket brings about. */
  readonly audit: Pick<AuditPort, 'within'>
  /** Whether a user may still reach the page. */
  isListed(uid: number | null): Promise<boolean>
}

/** Registers one socket under its key of the contract. */
export function createSocketBinder(app: FastifyInstance, options: SocketOptions) {
  /** With the user at the other end. */
  const open = new Map<WebSocket, number | null>()
  const heartbeat = createHeartbeat()
  // Root needs no list.
  const dismissUnlisted = async () => {
    for (const [socket, uid] of [...open])
      if (uid !== 0 && !(await options.isListed(uid)))
        hangUp(socket, CLOSE_CODES.sessionEnded, 'your user may not use the panel any more')
  }
  let looks: NodeJS.Timeout | undefined
  const look = (): void => {
    dismissUnlisted().catch((error: unknown) => app.log.error({ err: error }, 'the list of users'))
  }
  const stopLooking = (): void => {
    clearInterval(looks)
    looks = undefined
  }
  app.addHook('preClose', async () => {
    heartbeat.stop()
    stopLooking()
    for (const socket of open.keys()) socket.close(1001, 'the panel is stopping')
  })

  return function bindSocket<S extends TSchema>(key: SocketKey, route: SocketRoute<S>): void {
    const url = key.slice('WS '.length)
    app.route({
      method: 'GET',
      url,
      exposeHeadRoute: false,
      config: { key, access: ENDPOINTS[key].access, socket: true },
      handler: () => {
        throw new AuthError('AUTH_REQUIRED', { detail: 'this address is a WebSocket' })
      },
      wsHandler: (socket, request) => {
        if (open.size >= MAX_SOCKETS) return hangUp(socket, CLOSE_CODES.tooMany, 'too many sockets')
        open.set(socket, request.peerUid)
        heartbeat.watch(socket)
        looks ??= setInterval(look, LISTED_LOOK_MS)
        socket.on('close', () => {
          open.delete(socket)
          if (open.size === 0) stopLooking()
        })
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
  const late = setTimeout(() => hangUp(socket, CLOSE_CODES.badFrame, 'no hello'), HELLO_LIMIT_MS)
  socket.on('close', () => {
    clearTimeout(late)
    closed.abort()
  })
  socket.once('message', (data) => {
    clearTimeout(late)
    const hello = parseHello(route.hello, String(data))
    if (hello === null) return hangUp(socket, CLOSE_CODES.badFrame, 'not a hello')
    if (!options.isControl && !takeTicket(socket, request, hello.ticket, options.sessions, closed)) return
    // A one-way socket from here on: what else the client sends is not ours to understand.
    if (!route.isTwoWay)
      socket.on('message', () => hangUp(socket, CLOSE_CODES.badFrame, 'nothing is expected here'))
    const serve = () => route.serve(socket, hello as Type.Static<S>, closed.signal)
    const served = request.audit ? options.audit.within(request.audit, serve) : serve()
    Promise.resolve(served).catch((error: unknown) => {
      if (closed.signal.aborted) return
      if (error instanceof PanelError) {
        hangUp(socket, CLOSE_CODES.refused, error.code)
        return
      }
      request.log.error({ err: error }, 'socket failed')
      hangUp(socket, 1011, 'the panel could not go on')
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
  closed: AbortController,
): boolean {
  try {
    const session = sessions.redeemTicket(ticket)
    const isOwn = request.session !== null && isSameSecret(session.idHash, request.session.idHash)
    if (!isOwn) throw new AuthError('TICKET_INVALID')
    const forget = sessions.onEnd(session, () => {
      // Not when the client agrees to the close: it may never do so.
      closed.abort(SESSION_ENDED)
      hangUp(socket, CLOSE_CODES.sessionEnded, 'logged out')
    })
    closed.signal.addEventListener('abort', forget)
    return true
  } catch {
    // Whatever was wrong with the ticket, the client learns only this.
    hangUp(socket, CLOSE_CODES.ticketInvalid, 'ticket refused')
    return false
  }
}

/** Says why and closes, whether the client agrees or not. */
function hangUp(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), GOODBYE_MS).unref()
}
