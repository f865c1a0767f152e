/**
 * The door of the page. Each check is small and stands alone; their order is in `registerGuards`. They key on the
 * route's own `access`, never on the text of the URL.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access } from '../../contract/endpoint.ts'
import { AuthError, InputError, PanelError } from '../errors.ts'
import { UPLOAD_TYPE } from './file-bodies.ts'
import { isSameSecret, type Session, type Sessions } from './session.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** The answer carries a secret. */
    secret?: boolean
    /** A socket: Origin is required although it is a GET. */
    socket?: boolean
    /** The body is a file. */
    upload?: boolean
  }
  interface FastifyRequest {
    /** The session behind the cookie; null on public routes, for scripts and on the control socket. */
    session: Session | null
    /** uid of the process that called; null when it could not be told. */
    peerUid: number | null
    startedBy: 'page' | 'cli' | 'api'
  }
}

export interface GuardOptions {
  readonly sessions: Sessions
  readonly cookieName: string
  readonly apiToken: string
  /** Host header values that are answered, exact, with the port. */
  allowedHosts(): readonly string[] | Promise<readonly string[]>
  /** Local users who may reach the page; root always may. */
  adminUids(): readonly number[]
  findPeerUid(request: FastifyRequest): Promise<number | null>
}

const SAFE_METHODS = new Set(['GET', 'HEAD'])

/** All values of a header as sent: Node joins or drops repeated ones in `headers`. */
function rawHeader(request: FastifyRequest, name: string): string[] {
  const { rawHeaders } = request.raw
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '')
  }
  return values
}

/** HOST_REFUSED unless there is exactly one Host, spelt as one of the allowed, and the target is a path (RFC 9112, 3.2.1). */
export function checkHost(request: FastifyRequest, allowed: readonly string[]): void {
  const hosts = rawHeader(request, 'host')
  const [host] = hosts
  const isPath = request.raw.url?.startsWith('/') === true
  if (hosts.length !== 1 || host === undefined || !allowed.includes(host) || !isPath) {
    throw new AuthError('HOST_REFUSED')
  }
}

/** ORIGIN_REFUSED unless Origin is this very host, and Sec-Fetch-Site, where sent, says the same. */
export function checkOrigin(request: FastifyRequest, options: { isOriginRequired: boolean }): void {
  const origins = rawHeader(request, 'origin')
  const sites = rawHeader(request, 'sec-fetch-site')
  const isOriginFine =
    origins.length === 0
      ? !options.isOriginRequired
      : origins.length === 1 && origins[0] === `http://${rawHeader(request, 'host')[0]}`
  const isSiteFine = sites.length === 0 || (sites.length === 1 && sites[0] === 'same-origin')
  if (!isOriginFine || !isSiteFine) throw new AuthError('ORIGIN_REFUSED')
}

/** MEDIA_TYPE_UNSUPPORTED for a body that is not application/json, or not a file where one is sent. */
function checkContentType(request: FastifyRequest): void {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = request.headers
  const hasBody = encoding !== undefined || (length !== undefined && length !== '0')
  const mediaType = type?.split(';')[0]?.trim().toLowerCase()
  const wanted = request.routeOptions.config.upload === true ? UPLOAD_TYPE : 'application/json'
  if (type === undefined ? hasBody : mediaType !== wanted)
    throw new PanelError('MEDIA_TYPE_UNSUPPORTED', { detail: `this address takes ${wanted}` })
}

/** A script with the API token: as root, and without anything only a browser sends. */
function checkBearer(request: FastifyRequest, options: GuardOptions): void {
  const fromBrowser = Object.keys(request.headers).some(
    (name) => name === 'origin' || name === 'cookie' || name.startsWith('sec-fetch-'),
  )
  const [header, ...more] = rawHeader(request, 'authorization')
  const token = /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(header ?? '')?.[1]
  if (token === undefined || more.length > 0) throw new AuthError('AUTH_REQUIRED')
  if (fromBrowser || request.peerUid !== 0) throw new AuthError('ORIGIN_REFUSED')
  if (!isSameSecret(token, options.apiToken)) throw new AuthError('AUTH_REQUIRED')
  request.startedBy = 'api'
}

async function checkSession(request: FastifyRequest, options: GuardOptions): Promise<Session> {
  const session = await options.sessions.find(request.cookies[options.cookieName])
  if (!session) throw new AuthError('AUTH_REQUIRED')
  return session
}

function checkCsrf(request: FastifyRequest, session: Session): void {
  const sent = rawHeader(request, 'x-csrf-token')
  if (sent.length !== 1 || !isSameSecret(sent[0] ?? '', session.csrfToken))
    throw new AuthError('CSRF_TOKEN_INVALID')
}

async function checkAccess(request: FastifyRequest, options: GuardOptions): Promise<void> {
  const { access, secret, socket } = request.routeOptions.config
  const isChanging = !SAFE_METHODS.has(request.method)
  if (isChanging) checkContentType(request)
  if (request.headers.authorization !== undefined && access !== 'public') {
    if (access === 'control' || socket) throw new AuthError('AUTH_REQUIRED')
    return checkBearer(request, options)
  }
  if (isChanging || socket || secret)
    checkOrigin(request, { isOriginRequired: isChanging || socket === true })
  if (access === 'public') return
  if (access !== 'session' && access !== 'step-up') throw new AuthError('AUTH_REQUIRED')
  const session = await checkSession(request, options)
  // Known from here on also to the audit log, which tells of what follows.
  request.session = session
  if (isChanging) checkCsrf(request, session)
  if (access === 'step-up' && session.stepUpUntil <= Date.now()) throw new AuthError('STEP_UP_REQUIRED')
}

/** As {@link checkHost}; of who is refused the audit log wants to know whose request it was. */
async function checkHostOfPeer(request: FastifyRequest, options: GuardOptions): Promise<void> {
  try {
    checkHost(request, await options.allowedHosts())
  } catch (error) {
    request.peerUid = await options.findPeerUid(request)
    throw error
  }
}

/** Puts the door before every route of the app, the 404 and the sockets. */
export function registerGuards(app: FastifyInstance, options: GuardOptions): void {
  app.decorateRequest('session', null)
  app.decorateRequest('peerUid', null)
  app.decorateRequest('startedBy', 'page')
  // From here on a route that says nothing of access keeps the panel from starting; one from before is closed to all.
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`${method} ${url} says nothing of its access`)
  })
  app.addHook('onRequest', async (request) => {
    await checkHostOfPeer(request, options)
    const { config } = request.routeOptions
    // Else a public route would open a socket that nobody asked to log in.
    if (request.ws === true && config.socket !== true && !request.is404)
      throw new InputError('REQUEST_INVALID', { detail: 'this address is not a WebSocket' })
    if (request.routeOptions.url === '/healthz') return
    request.peerUid = await options.findPeerUid(request)
    const isListed =
      request.peerUid === 0 || (request.peerUid !== null && options.adminUids().includes(request.peerUid))
    if (!isListed) {
      const who = request.peerUid === null ? 'UID' : String(request.peerUid)
      throw new AuthError('PEER_REFUSED', { detail: `sudo razroom-panel access add ${who}` })
    }
    // Without a route there is nothing to protect: the 404 follows, and says nothing.
    if (request.is404) return
    if (config.access === undefined) throw new AuthError('AUTH_REQUIRED')
    await checkAccess(request, options)
  })
}

/** The control socket lies in a directory only root may enter: who reaches it is root. */
export function registerControlDoor(app: FastifyInstance): void {
  app.decorateRequest('session', null)
  app.decorateRequest('peerUid', 0)
  app.decorateRequest('startedBy', 'cli')
}
