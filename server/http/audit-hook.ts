/**
 * Tells the audit log of requests, at one place for all of them: what an endpoint is called, and whether it is told,
 * comes from the contract, so that one that is added there is told from its first day. An answer leaves when its entry is
 * written.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditDetail, AuditNote, AuditWho } from '../../contract/audit.ts'
import type { EndpointKey } from '../../contract/endpoints.ts'
import { ERROR_CODES, type ErrorCode } from '../../contract/error-codes.ts'
import { auditOf, type CheckedCall, tellCall } from './audit-rules.ts'

/** What a request is about, and all that follows from it. */
export interface RequestAudit {
  readonly who: AuditWho
  readonly action: string
  what: string
  kind: AuditNote['kind']
  details: readonly AuditDetail[]
}

/** Where the hook tells what it sees. */
export interface AuditPort {
  within<T>(cause: RequestAudit, work: () => T): T
  note(note: AuditNote): Promise<void>
  noteStill(note: AuditNote): Promise<void>
  refuse(note: AuditNote): void
  readByScript(who: AuditWho): void
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The endpoint of the contract. */
    key?: EndpointKey
  }
  interface FastifyRequest {
    /** null before the door has let it in, and of what the log does not tell. */
    audit: RequestAudit | null
    /** Why it was refused or failed. */
    problemCode: ErrorCode | null
  }
}

/** The command line says who called sudo; root may say what it likes, so it is kept as said. */
export const SUDO_UID_HEADER = 'x-razroom-sudo-uid'

/** These come before anybody is known, or from somebody who only looks like the one who is. */
const DOOR_WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  PEER_REFUSED: 'A user who is not listed was refused',
  HOST_REFUSED: 'A request to another host name was refused',
  ORIGIN_REFUSED: 'A request of another site was refused',
  CSRF_TOKEN_INVALID: 'A request without the secret of its session was refused',
  LOGIN_CODE_INVALID: 'A wrong or old login code was refused',
  RATE_LIMITED: 'Login codes were tried too often',
}
const GONE = 'A connection that was gone before its user was known'
const ALWAYS_TOLD: ReadonlySet<ErrorCode | null> = new Set<ErrorCode>([
  'PEER_REFUSED',
  'HOST_REFUSED',
  'ORIGIN_REFUSED',
  'CSRF_TOKEN_INVALID',
])
const SHORT_ID_LENGTH = 8
/** uid_t is 32 bits wide and its last value means "no user" (setreuid(2)). */
const MAX_UID = 4_294_967_294

/** To be registered after the door: it knows who came in. */
export function registerAudit(app: FastifyInstance, port: AuditPort): void {
  app.decorateRequest('audit', null)
  app.decorateRequest('problemCode', null)
  app.addHook('preHandler', (request, _reply, done) => {
    const { key, socket } = request.routeOptions.config
    const audited = key === undefined ? null : auditOf(key)
    if (key === undefined || (audited === null && socket !== true)) return done()
    const { what = key, kind = 'terminal' } = audited ?? {}
    request.audit = { who: whoOf(request), action: key, what, kind, details: [] }
    port.within(request.audit, done)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    await tell(request, reply.statusCode, payload, port)
    return payload
  })
}

/** Puts to a request what it asks for, once that is known to be what the contract has. */
export function describeCall(request: FastifyRequest, key: EndpointKey, call: CheckedCall): void {
  if (request.audit) Object.assign(request.audit, tellCall(key, call))
}

/** Puts one more thing to the entry of this request; never a secret. */
export function addAuditDetail(request: FastifyRequest, name: string, value: string): void {
  if (request.audit) request.audit.details = [...request.audit.details, { name, value }]
}

async function tell(
  request: FastifyRequest,
  status: number,
  payload: unknown,
  port: AuditPort,
): Promise<void> {
  const { key } = request.routeOptions.config
  const who = whoOf(request)
  const code = request.problemCode
  const audited = key === undefined ? null : auditOf(key)
  if (isRefusedAtDoor(request, who, audited !== null)) return port.refuse(refusalNote(request, who))
  if (key === undefined) return
  if (audited === null) {
    if (who.by === 'api' && status < 400) port.readByScript(who)
    return
  }
  const operationId = operationOf(request, status, payload)
  const { what, kind, details } = request.audit ?? { ...audited, details: [] }
  const note: AuditNote = {
    kind,
    action: key,
    what,
    details: [...details],
    who,
    outcome: outcomeOf(status),
    ...(code === null ? {} : { code }),
    ...(operationId === undefined ? {} : { operationId }),
    ...(audited.file === undefined || status >= 400 ? {} : { file: audited.file }),
  }
  await (audited.isStill ? port.noteStill(note) : port.note(note))
}

/** Nobody was let in by then; of what only reads, those alone are told that an ordinary page never meets. */
function isRefusedAtDoor(request: FastifyRequest, who: AuditWho, isAudited: boolean): boolean {
  if (request.problemCode === null) return false
  const wantedMore = isAudited || request.headers.authorization !== undefined
  // A page that is loaded anew breaks off what it was reading.
  if (isGone(request.problemCode, who)) return wantedMore
  if (ALWAYS_TOLD.has(request.problemCode)) return true
  return who.by === 'stranger' && wantedMore
}

/** Most often a page that was closed while it asked: nobody is at the other end any more. */
function isGone(code: ErrorCode, who: AuditWho): boolean {
  return code === 'PEER_REFUSED' && who.uid === undefined
}

function refusalNote(request: FastifyRequest, who: AuditWho): AuditNote {
  const code = request.problemCode ?? 'INTERNAL'
  const isScript = code === 'AUTH_REQUIRED' && request.headers.authorization !== undefined
  const { host, origin } = request.headers
  const details: AuditDetail[] = [
    { name: 'address', value: `${request.method} ${request.routeOptions.url ?? '(none of ours)'}` },
    ...(code === 'HOST_REFUSED' ? [{ name: 'host', value: asHostName(host) }] : []),
    ...(code === 'ORIGIN_REFUSED' && origin !== undefined
      ? [{ name: 'origin', value: asHostName(origin) }]
      : []),
  ]
  const what = isScript ? 'A wrong token for scripts was refused' : DOOR_WORDS[code]
  return {
    kind: 'refusal',
    action: 'door',
    what: isGone(code, who) ? GONE : (what ?? `Refused without a login: ${ERROR_CODES[code].title}`),
    details,
    who,
    outcome: 'refused',
    code,
  }
}

/** A header that anybody may fill with anything: a host or an origin, or nothing of it. */
function asHostName(text = ''): string {
  if (text === '') return '(none)'
  return /^([a-z][a-z0-9+.-]{0,20}:\/\/)?[a-zA-Z0-9.:[\]_-]{1,100}$/.test(text) ? text : '(not a host name)'
}

/** As whom the door let it in. */
function whoOf(request: FastifyRequest): AuditWho {
  const { peerUid, session, startedBy } = request
  const uid = peerUid === null ? {} : { uid: peerUid }
  if (startedBy === 'cli') return { by: 'cli', ...uid, ...saidUid(request) }
  if (startedBy === 'api') return { by: 'api', ...uid }
  if (session) return { by: 'page', ...uid, session: session.idHash.slice(0, SHORT_ID_LENGTH) }
  return { by: 'stranger', ...uid }
}

function saidUid(request: FastifyRequest): { saidUid?: number } {
  const said = request.headers[SUDO_UID_HEADER]
  const uid = typeof said === 'string' && /^\d{1,10}$/.test(said) ? Number(said) : Number.NaN
  return uid <= MAX_UID ? { saidUid: uid } : {}
}

function outcomeOf(status: number): AuditNote['outcome'] {
  if (status === 202) return 'started'
  if (status < 400) return 'done'
  return status < 500 ? 'refused' : 'failed'
}

/** The operation that was started, or the one that is named. */
function operationOf(request: FastifyRequest, status: number, payload: unknown): string | undefined {
  if (status === 202 && typeof payload === 'string')
    return (JSON.parse(payload) as { operationId?: string }).operationId
  const { id } = (request.params ?? {}) as { id?: string }
  return request.routeOptions.url === '/api/operations/:id' ? id : undefined
}
