/** The typed client of the contract: one function for every endpoint that answers a request. */
import type { Body, ENDPOINTS, EndpointKey, Params, Query, Response } from '../../contract/endpoints.ts'
import type { ErrorCode } from '../../contract/error-codes.ts'
import type { SessionInfo } from '../../contract/schemas.ts'
import { setServerTime } from '../state/clock.ts'
import { endSession, session, setSession, whenStaying } from '../state/session.ts'
import { ApiProblem, hasCode, problemFrom, unreachableProblem } from './problem.ts'
import { askStepUp } from './step-up.ts'

type FileKey = {
  [K in EndpointKey]: (typeof ENDPOINTS)[K] extends { readonly upload: object } | { readonly download: true }
    ? K
    : never
}[EndpointKey]

/** Endpoints that answer a request with JSON; the others are sockets, or move files. */
export type RequestKey = Exclude<EndpointKey, FileKey | `WS ${string}`>
type IfMatchKey = {
  [K in EndpointKey]: (typeof ENDPOINTS)[K] extends { readonly ifMatch: true } ? K : never
}[EndpointKey]

type Given<N extends string, T> = [T] extends [undefined]
  ? { readonly [X in N]?: undefined }
  : { readonly [X in N]: T }
type CallOptions<K extends RequestKey> = Given<'params', Params<K>> &
  Given<'query', Query<K>> &
  Given<'body', Body<K>> &
  (K extends IfMatchKey ? { readonly ifMatch: string } : { readonly ifMatch?: undefined })
type CallArguments<K extends RequestKey> =
  Record<never, never> extends CallOptions<K> ? [options?: CallOptions<K>] : [options: CallOptions<K>]

interface AnyOptions {
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly body?: unknown
  readonly ifMatch?: string | undefined
}

/** Hardly any endpoint works long: what takes time is an operation, and its progress comes over the socket. */
const TIMEOUT_MS = 30_000
/** These read a whole backup, wait for a registry, or look at everything. */
const LONG_TIMEOUT_MS = 600_000
const LONG: ReadonlySet<string> = new Set<RequestKey>([
  'POST /api/restore/preview',
  'POST /api/registry-logins',
  'GET /api/doctor',
  'GET /api/doctor/bundle',
  'POST /api/doctor/:check/fix',
])

/** With these a page ends its own login. */
const ENDING: ReadonlySet<string> = new Set<RequestKey>(['DELETE /api/session', 'DELETE /api/sessions'])

/**
 * Calls an endpoint. A secret that needs a confirmation asks for it and calls again; a session that has ended shows
 * the login page.
 * @throws {ApiProblem} whenever the answer is not the one of the contract
 */
export async function api<K extends RequestKey>(
  key: K,
  ...[options]: CallArguments<K>
): Promise<Response<K>> {
  const given = (options ?? {}) as AnyOptions
  const isToStay = ENDING.has(key) ? undefined : whenStaying()
  if (isToStay) await isToStay
  try {
    return (await send(key, given)) as Response<K>
  } catch (error) {
    // Another tab has logged in anew: the cookie is its, and so must the secret be.
    if (hasCode(error, 'CSRF_TOKEN_INVALID')) {
      setSession((await send('GET /api/session', {})) as SessionInfo)
      return (await send(key, given)) as Response<K>
    }
    if (hasCode(error, 'STEP_UP_REQUIRED') && (await askStepUp())) {
      return (await send(key, given)) as Response<K>
    }
    throw error
  }
}

/** The path with its parameters and query in place. @throws {TypeError} when a parameter is missing */
export function buildUrl(path: string, { params = {}, query = {} }: AnyOptions): string {
  const filled = path.replace(/:([a-z]+)/gi, (_match, name: string) => {
    const value = params[name]
    if (value === undefined) throw new TypeError(`${path} needs the parameter ${name}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  const text = search.toString()
  return text === '' ? filled : `${filled}?${text}`
}

async function send(key: RequestKey, options: AnyOptions): Promise<unknown> {
  const [method = '', path = ''] = key.split(' ')
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET' && session.value.kind === 'in') headers['x-csrf-token'] = session.value.info.csrfToken
  if (options.ifMatch !== undefined) headers['if-match'] = `"${options.ifMatch}"`
  const answer = await request(buildUrl(path, options), {
    method,
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    credentials: 'same-origin',
    redirect: 'error',
    cache: 'no-store',
    signal: AbortSignal.timeout(LONG.has(key) ? LONG_TIMEOUT_MS : TIMEOUT_MS),
  })
  const date = Date.parse(answer.headers.get('date') ?? '')
  if (!Number.isNaN(date)) setServerTime(date)
  if (answer.status === 204) return null
  const body = await readJson(answer)
  if (answer.ok && body !== undefined) return body
  const problem = problemFrom(answer.status, body)
  const isWrongCode = problem.code === ('LOGIN_CODE_INVALID' satisfies ErrorCode)
  if (answer.status === 401 && !isWrongCode) endSession()
  throw new ApiProblem(problem)
}

async function request(url: string, init: RequestInit): Promise<globalThis.Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    throw new ApiProblem(unreachableProblem(), { cause })
  }
}

/** The parsed body; undefined when it is not JSON, which the caller reports as a problem. */
async function readJson(answer: globalThis.Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch {
    return undefined
  }
}
