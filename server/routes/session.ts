import type { Login } from '../../contract/login-endpoints.ts'
import type { SessionInfo } from '../../contract/schemas.ts'
import { AuthError } from '../errors.ts'
import type { Call, Handlers } from '../http/bind-routes.ts'
import type { Session, Sessions } from '../http/session.ts'
import type { PanelDeps } from './deps.ts'

type SessionKeys =
  | 'GET /healthz'
  | 'POST /api/session'
  | 'GET /api/session'
  | 'DELETE /api/session'
  | 'POST /api/session/step-up'
  | 'POST /api/login-link'
  | 'POST /api/ws-ticket'
  | 'GET /api/sessions'
  | 'DELETE /api/sessions'

function describe(sessions: Sessions, session: Session): SessionInfo {
  return {
    csrfToken: session.csrfToken,
    expiresAt: new Date(sessions.expiresAt(session)).toISOString(),
    stepUpUntil: new Date(session.stepUpUntil).toISOString(),
  }
}

function describeLogin(sessions: Sessions, session: Session, own: Session | null): Login {
  return {
    // Of the hash, and too little of it to look for what it was made of.
    id: session.idHash.slice(0, 8),
    createdAt: new Date(session.createdAt).toISOString(),
    lastSeenAt: new Date(session.lastSeenAt).toISOString(),
    expiresAt: new Date(sessions.expiresAt(session)).toISOString(),
    isThis: session.idHash === own?.idHash,
  }
}

/** The session of this request; scripts and the control socket have none. */
function requireSession(call: Pick<Call<'GET /api/session'>, 'request'>): Session {
  if (!call.request.session)
    throw new AuthError('AUTH_REQUIRED', { detail: 'this is for a logged-in page only' })
  return call.request.session
}

export function sessionRoutes({ sessions, port, cookieName }: PanelDeps): Pick<Handlers, SessionKeys> {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict' } as const
  return {
    'GET /healthz': () => ({ ok: true }),
    'POST /api/session': async ({ body, request, reply }) => {
      const { id, session } = await sessions.redeem(body.code, request.peerUid ?? -1)
      // The browser forgets the cookie of before; nobody else is to remember it.
      const former = await sessions.find(request.cookies[cookieName])
      if (former) await sessions.end(former)
      request.session = session
      reply.setCookie(cookieName, id, cookie)
      return describe(sessions, session)
    },
    'GET /api/session': (call) => describe(sessions, requireSession(call)),
    'DELETE /api/session': async (call) => {
      await sessions.end(requireSession(call))
      call.reply.clearCookie(cookieName, cookie)
      return null
    },
    'POST /api/session/step-up': async (call) => {
      const session = requireSession(call)
      await sessions.confirm(session)
      return describe(sessions, session)
    },
    'POST /api/login-link': () => {
      const { code, expiresAt } = sessions.issueCode()
      return {
        url: `http://127.0.0.1:${port}/#code=${code}`,
        code,
        expiresAt: new Date(expiresAt).toISOString(),
      }
    },
    'GET /api/sessions': ({ request }) =>
      sessions.list().map((session) => describeLogin(sessions, session, request.session)),
    'DELETE /api/sessions': async ({ request, reply }) => {
      if (request.session) reply.clearCookie(cookieName, cookie)
      return { ended: await sessions.endAll() }
    },
    'POST /api/ws-ticket': (call) => ({ ticket: sessions.issueTicket(requireSession(call)) }),
  }
}
