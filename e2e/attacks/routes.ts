/** Every route of the contract as something to attack: a route that is added there is attacked from that day on. */
import type { Access, Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import type { Header } from './shot.ts'

export interface Route {
  readonly key: string
  readonly method: string
  /** The path with its parameters filled in. */
  readonly path: string
  readonly access: Access
  /** Changes something, as far as a method tells (RFC 9110, 9.2.1). */
  readonly isChanging: boolean
  readonly isSecret: boolean
  /** The content type it takes. */
  readonly type: string
  /** Headers and body that let it through the checks on form. */
  readonly headers: readonly Header[]
  readonly body: string | undefined
}

function toRoute([key, endpoint]: [string, Endpoint]): Route {
  const [method = '', pattern = ''] = key.split(' ')
  const isChanging = method !== 'GET'
  const hasBody = method === 'POST' || method === 'PUT'
  const type = endpoint.upload ? 'application/octet-stream' : 'application/json'
  return {
    key,
    method,
    path: pattern.replace(/:[a-z]+/gi, 'x'),
    access: endpoint.access,
    isChanging,
    isSecret: endpoint.secret === true,
    type,
    headers: hasBody ? [['Content-Type', type]] : [],
    body: hasBody ? '{}' : undefined,
  }
}

const entries = Object.entries(ENDPOINTS) as [string, Endpoint][]

/** Everything that answers a request. */
export const ROUTES: readonly Route[] = entries.filter(([key]) => !key.startsWith('WS ')).map(toRoute)

/** Everything behind the login. */
export const CLOSED_ROUTES: readonly Route[] = ROUTES.filter((route) => route.access !== 'public')

/** Paths of the sockets. */
export const SOCKETS: readonly string[] = entries.flatMap(([key]) =>
  key.startsWith('WS ') ? [key.slice('WS '.length)] : [],
)

/** Those that the panel closes by itself, with {@link TOLD_ALL}, when it has told what was asked for. */
export const FINISHING: readonly string[] = ['/api/logs/search']
export const TOLD_ALL = 1000

/** First frames of the sockets but their ticket. A new socket needs a line here, else its attack fails. */
export const HELLOS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/api/events': { type: 'hello' },
  '/api/logs/stream': { type: 'hello', backlog: 5 },
  '/api/logs/search': { type: 'hello', query: { text: 'a', kind: 'plain', limit: 1, context: 0 } },
  '/api/terminal': { type: 'hello', command: 'security-audit', cols: 80, rows: 24 },
}
