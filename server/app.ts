/** Builds the web server: guards, routes, sockets, the built page. Never listens. */
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import staticFiles from '@fastify/static'
import websocket from '@fastify/websocket'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { registerAudit } from './http/audit-hook.ts'
import { bindRoutes } from './http/bind-routes.ts'
import { answerBrokenHttp } from './http/broken-http.ts'
import { limitBodyTime } from './http/file-bodies.ts'
import { type GuardOptions, registerControlDoor, registerGuards } from './http/guards.ts'
import { registerProblems, sendProblem } from './http/problem.ts'
import { auditRoutes } from './routes/audit.ts'
import { backupRoutes } from './routes/backups.ts'
import { configRoutes } from './routes/config.ts'
import { connectionRoutes } from './routes/connections.ts'
import type { PanelDeps } from './routes/deps.ts'
import { deviceRoutes } from './routes/devices.ts'
import { doctorRoutes } from './routes/doctor.ts'
import { envRoutes } from './routes/env.ts'
import { exportRoutes } from './routes/export.ts'
import { gatewayRoutes } from './routes/gateway.ts'
import { imageRoutes } from './routes/images.ts'
import { insightRoutes } from './routes/insight.ts'
import { logRoutes } from './routes/logs.ts'
import { operationRoutes } from './routes/operations.ts'
import { sessionRoutes } from './routes/session.ts'
import { settingsRoutes } from './routes/settings.ts'
import { terminalRoutes } from './routes/terminal.ts'
import { tokenRoutes } from './routes/token.ts'
import { unitRoutes } from './routes/unit.ts'
import { wizardRoutes } from './routes/wizard.ts'
import { createSocketBinder } from './ws/bind-sockets.ts'
import { eventsSocket } from './ws/events-socket.ts'
import { logSearchSocket } from './ws/log-search-socket.ts'
import { logsSocket } from './ws/logs-socket.ts'
import { terminalSocket } from './ws/terminal-socket.ts'

const MAX_BODY_BYTES = 4_194_304
const MAX_FRAME_BYTES = 16_384
const HEADERS_TIMEOUT_MS = 30_000
/** Addresses of the page; the page itself tells them apart. */
const PAGES = [
  '/',
  '/setup',
  '/logs',
  '/environment',
  '/configuration',
  '/terminal',
  '/doctor',
  '/connect',
  '/history',
  '/settings',
] as const

/** `browser` is the page's door on TCP; `control` the root-only unix socket of the CLI. */
export type Door =
  | {
      readonly kind: 'browser'
      readonly guards: GuardOptions
      readonly webDir: string
      /** By the settings as they are now: open sockets ask again and again. */
      isListed(uid: number | null): Promise<boolean>
    }
  | { readonly kind: 'control' }

export async function buildApp(deps: PanelDeps, door: Door): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    trustProxy: false,
    logger: { level: 'warn', redact: ['req.headers'] },
    // A request without Host gets our own answer (421), not Node's.
    http: { requireHostHeader: false, headersTimeout: HEADERS_TIMEOUT_MS },
    // No limit for a whole request: see limitBodyTime.
    requestTimeout: 0,
    forceCloseConnections: true,
    // A target that cannot be decoded would pass by every hook; as a path that no route has it meets the same door.
    rewriteUrl: ({ url = '/' }) => (isDecodable(url) ? url : '/malformed'),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply)
    },
    // Longer than any header Node takes: a parameter is refused by its schema, behind the door.
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 65_536 },
  })
  registerProblems(app, door.kind === 'browser' ? (reply) => sendPage(reply.code(404)) : undefined)
  readOnlyJson(app)
  limitBodyTime(app)
  // Before the guards: its hook knows an upgrade, and closes the connection of one that they refuse.
  await app.register(websocket, { options: { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false } })
  if (door.kind === 'browser') {
    await app.register(helmet, pageHeaders(deps.port))
    await app.register(cookie)
    registerGuards(app, door.guards)
  } else {
    registerControlDoor(app)
    await app.register(cookie)
  }
  registerAudit(app, deps.audit)
  await app.register(async (routes) => {
    bindRoutes(routes, {
      ...sessionRoutes(deps),
      ...gatewayRoutes(deps),
      ...operationRoutes(deps),
      ...tokenRoutes(deps),
      ...envRoutes(deps),
      ...configRoutes(deps),
      ...wizardRoutes(deps),
      ...connectionRoutes(deps),
      ...settingsRoutes(deps),
      ...logRoutes(deps),
      ...unitRoutes(deps),
      ...imageRoutes(deps),
      ...backupRoutes(deps),
      ...exportRoutes(deps),
      ...deviceRoutes(deps),
      ...doctorRoutes(deps),
      ...auditRoutes(deps),
      ...insightRoutes(deps),
      ...terminalRoutes(deps),
    })
    const bindSocket = createSocketBinder(routes, {
      sessions: deps.sessions,
      isControl: door.kind === 'control',
      audit: deps.audit,
      isListed: async (uid) => uid === 0 || (door.kind === 'browser' && (await door.isListed(uid))),
    })
    bindSocket('WS /api/events', eventsSocket(deps))
    bindSocket('WS /api/logs/stream', logsSocket(deps))
    bindSocket('WS /api/logs/search', logSearchSocket(deps))
    bindSocket('WS /api/terminal', terminalSocket(deps))
  })
  if (door.kind === 'browser') await registerPage(app, door.webDir)
  return app
}

/** bindRoutes() checks by the contract. Told so, Fastify never loads its own compilers, a quarter of the bundled program. */
function noSchemas(): never {
  throw new Error('a route has a schema of Fastify; see http/bind-routes.ts')
}

function isDecodable(url: string): boolean {
  try {
    // The result is used, for the bundler leaves out a call whose result is not, exception and all.
    return decodeURI(url) !== ''
  } catch {
    // Only URIError: a percent sign without two hex digits, or bytes that are not UTF-8.
    return false
  }
}

/** Fastify also takes text/plain, which any site may send without asking. */
function readOnlyJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    app.getDefaultJsonParser('error', 'error')(request, body as string, done)
  })
}

/** security.md, 8: the page's own scripts and styles, and nothing else. */
function pageHeaders(port: number) {
  // CSP has no spelling for an IPv6 address; there 'self' alone covers the sockets.
  const sockets = [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", ...sockets],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    // There is no TLS on loopback.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  } as const
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false })
}

/** The files of the page, as the build has compressed them (scripts/supply/precompress.ts). No answer with data ever is. */
async function registerPage(app: FastifyInstance, webDir: string): Promise<void> {
  await app.register(staticFiles, { root: webDir, serve: false, index: false, preCompressed: true })
  for (const url of PAGES) {
    app.get(url, { config: { access: 'public' } }, (_request, reply) => sendPage(reply))
  }
  app.get('/favicon.svg', { config: { access: 'public' } }, (_request, reply) =>
    reply.sendFile('favicon.svg'),
  )
  app.get<{ Params: { '*': string } }>('/assets/*', { config: { access: 'public' } }, (request, reply) =>
    reply.sendFile(`assets/${request.params['*']}`, { maxAge: '365d', immutable: true }),
  )
}
