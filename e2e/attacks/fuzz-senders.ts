/** Who sends a fuzzed request, and what the request looks like on the wire. */

import { pageHeaders, type Session } from './attack-host.ts'
import type { Draft } from './fuzz-requests.ts'
import { GOOD_HOST, GOOD_ORIGIN, type Header, requestBytes, type Shot } from './shot.ts'

export interface Sender {
  readonly name: string
  readonly headers: readonly Header[]
  readonly host?: string
  /** The user of the machine whose program it is; root when left out. */
  readonly user?: string
  /** Reading is none of this sender's offences: only what changes something is refused. */
  readonly mayRead?: true
}

/** The page of a session: it may do everything. */
export const pageOf = (session: Session): Sender => ({ name: 'page', headers: pageHeaders(session) })

/**
 * Everybody who may do nothing.
 * @param session a right one, each of whose parts is spoilt in turn
 * @param ended one that was logged out
 */
export function strangersOf(session: Session, ended: Session): Sender[] {
  const { cookie, csrfToken } = session
  const [name = '', value = ''] = cookie.split('=')
  const from = (origin: string | null, ...more: Header[]): Header[] => [
    ['Cookie', cookie],
    ...(origin === null ? [] : [['Origin', origin] as const]),
    ['X-CSRF-Token', csrfToken],
    ...more,
  ]
  const withCsrf = (csrf: string | null): Header[] => [
    ['Cookie', cookie],
    ['Origin', GOOD_ORIGIN],
    ...(csrf === null ? [] : [['X-CSRF-Token', csrf] as const]),
  ]
  const withCookie = (sent: string): Header[] => pageHeaders({ cookie: sent, csrfToken })
  const writes = { mayRead: true } as const
  return [
    { name: 'nobody logged in', headers: [] },
    { name: 'nobody logged in, as the page', headers: [['Origin', GOOD_ORIGIN]] },
    { name: 'a session that was logged out', headers: pageHeaders(ended) },
    { name: 'a made-up session', headers: withCookie(`${name}=${'A'.repeat(value.length)}`) },
    { name: 'a session without its end', headers: withCookie(cookie.slice(0, -1)) },
    { name: 'a session of another name', headers: withCookie(`x${cookie}`) },
    {
      name: 'a wrong session before one without its end',
      headers: withCookie(`${name}=x; ${cookie.slice(0, -1)}`),
    },
    { name: 'no CSRF token', headers: withCsrf(null), ...writes },
    { name: 'the CSRF token of another session', headers: withCsrf(ended.csrfToken), ...writes },
    { name: 'the cookie as CSRF token', headers: withCsrf(value), ...writes },
    { name: 'no Origin', headers: from(null), ...writes },
    { name: 'another Origin', headers: from('http://evil.com'), ...writes },
    { name: 'the gateway’s Origin', headers: from('http://127.0.0.1:18789'), ...writes },
    { name: 'Origin null', headers: from('null'), ...writes },
    { name: 'same-site', headers: from(GOOD_ORIGIN, ['Sec-Fetch-Site', 'same-site']), ...writes },
    { name: 'cross-site', headers: from(GOOD_ORIGIN, ['Sec-Fetch-Site', 'cross-site']), ...writes },
    { name: 'another Host', headers: from('http://evil.com:18780'), host: 'evil.com:18780' },
    { name: 'a made-up token', headers: [['Authorization', `Bearer ${'A'.repeat(43)}`]] },
    { name: 'a token and a session', headers: from(GOOD_ORIGIN, ['Authorization', `Bearer ${value}`]) },
    { name: 'the user nobody', headers: pageHeaders(session), user: 'nobody' },
    { name: 'the gateway’s user', headers: pageHeaders(session), user: 'razroom' },
  ]
}

/** The request as bytes. Broken framing stands at its end, where the body's own would. */
export function shotOf(draft: Draft, { name, headers, host = GOOD_HOST }: Sender): Shot {
  const { key, method, target, body } = draft
  const framing = body?.framing
  const all = [...headers, ...draft.headers]
  const title = `${key} by ${name}: ${target.slice(0, 120)} ${JSON.stringify(draft.headers)} ${(body?.bytes ?? 'no body').slice(0, 200)}`
  if (framing === undefined) {
    const sent = body === null ? {} : { body: body.bytes }
    return { name: title, bytes: requestBytes({ method, target, headers: all, host, ...sent }) }
  }
  const head = requestBytes({ method, target, headers: all, host }).slice(0, -'\r\n'.length)
  return { name: `${title} ${framing.slice(0, 60)}`, bytes: `${head}${framing}\r\n\r\n${body?.bytes ?? ''}` }
}
