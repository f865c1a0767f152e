import { request } from 'node:http'
import type { Static, TSchema } from 'typebox'
import Value from 'typebox/value'
import {
  type Body,
  ENDPOINTS,
  type EndpointKey,
  type Params,
  type Query,
  type Response,
} from '../../contract/endpoints.ts'
import { Problem } from '../../contract/schemas.ts'
import { HostError } from '../errors.ts'
import { ProblemError } from './problem-error.ts'

/** As server/http/audit-hook.ts reads it. */
const SUDO_UID_HEADER = 'x-razroom-sudo-uid'

/** Every endpoint but the sockets. */
export type RequestKey = Exclude<EndpointKey, `WS ${string}`>

type Part<Name extends string, T> = T extends undefined ? { [X in Name]?: never } : { [X in Name]: T }
type OptionalPart<Name extends string, T> = T extends undefined
  ? { [X in Name]?: never }
  : { [X in Name]?: T }
/** What a call of this endpoint needs: its params, query and body as the contract has them, and the ETag. */
export type CallInput<K extends RequestKey> = Part<'params', Params<K>> &
  OptionalPart<'query', Query<K>> &
  Part<'body', Body<K>> &
  ((typeof ENDPOINTS)[K] extends { readonly ifMatch: true } ? { ifMatch: string } : { ifMatch?: never })

export interface LooseInput {
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly body?: unknown
  readonly ifMatch?: string | undefined
}

/** Requests only start long actions, so that an answer takes moments; a host under load gets a minute. */
const ANSWER_TIMEOUT_MS = 60_000
/** The largest answer is the text of .env as JSON, 1 MiB and its escapes. */
const MAX_ANSWER_BYTES = 32 * 1_048_576

/**
 * One request to the panel over its unix socket; `saidUid` is who called sudo, for the audit log. Resolves with the body that the contract promises (null for 204).
 * Errors: ProblemError with the panel's own problem; HostError DAEMON_UNREACHABLE when there is no panel, no
 * answer within a minute, or an answer of another version.
 */
export async function controlRequest<K extends RequestKey>(
  socketPath: string,
  key: K,
  input: CallInput<K>,
  saidUid?: string,
): Promise<Response<K>> {
  const loose = input as LooseInput
  const [method = 'GET', pattern = '/'] = key.split(' ')
  const answer = await send({ socketPath, method, path: fillPath(pattern, loose), input: loose, saidUid })
  if (answer.status === 204) return null as Response<K>
  const body = parseAnswer(key, answer.text)
  if (answer.status >= 400) throw asProblemError(key, answer.status, body)
  // The schema of the same key was just checked; the compiler cannot follow that through a generic key.
  return checkedAnswer(key, ENDPOINTS[key].response, body) as Response<K>
}

function fillPath(pattern: string, input: LooseInput): string {
  const path = pattern.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = input.params?.[name]
    if (value === undefined) throw new TypeError(`${pattern}: the parameter ${name} is missing`)
    return encodeURIComponent(value)
  })
  const query = Object.entries(input.query ?? {}).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`
}

interface Sending {
  readonly socketPath: string
  readonly method: string
  readonly path: string
  readonly input: LooseInput
  readonly saidUid: string | undefined
}

function send(sending: Sending): Promise<{ status: number; text: string }> {
  const { socketPath, method, path, input, saidUid } = sending
  const payload = input.body === undefined ? undefined : Buffer.from(JSON.stringify(input.body))
  const headers = {
    host: 'localhost',
    accept: 'application/json, application/problem+json',
    ...(payload === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': payload.length }),
    ...(saidUid === undefined ? {} : { [SUDO_UID_HEADER]: saidUid }),
    ...(input.ifMatch === undefined ? {} : { 'if-match': `"${input.ifMatch}"` }),
  }
  return new Promise((resolve, reject) => {
    const unreachable = (error: Error): void => reject(unreachableError(socketPath, error))
    // A connection of its own (no keep-alive): a panel inside this process could not close otherwise.
    const call = request({ socketPath, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size > MAX_ANSWER_BYTES)
          call.destroy(new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`))
      })
      response.on('error', unreachable)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    call.setTimeout(ANSWER_TIMEOUT_MS, () =>
      call.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`)),
    )
    call.on('error', unreachable)
    call.end(payload)
  })
}

/** DAEMON_UNREACHABLE with the socket and what the system said (connect(2): ENOENT, ECONNREFUSED, EACCES). */
export function unreachableError(socketPath: string, cause: Error): HostError {
  return new HostError('DAEMON_UNREACHABLE', { detail: `${socketPath}: ${cause.message}`, cause })
}

/** Parsed JSON of an answer. */
export function parseAnswer(key: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw otherVersionError(key, 'it is not JSON', cause)
  }
}

/** The error of a refused request; its body is a problem document or it is not our panel. */
export function asProblemError(key: string, status: number, body: unknown): Error {
  if (Value.Check(Problem, body)) return new ProblemError(body)
  return otherVersionError(key, `status ${status} without a problem document`)
}

function checkedAnswer<S extends TSchema>(key: string, schema: S, body: unknown): Static<S> {
  if (Value.Check(schema, body)) return body
  const [first] = Value.Errors(schema, body)
  throw otherVersionError(key, `${first?.instancePath || '/'} ${first?.message ?? 'is not as agreed'}`)
}

/** The panel answers, but in a form of another version; trying again does not help. */
class OtherVersionError extends HostError {}

/** True when there was no answer, so that a later try may get one. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof HostError && error.code === 'DAEMON_UNREACHABLE' && !(error instanceof OtherVersionError)
  )
}

/** An answer that is not in the agreed form: almost always a daemon that was not restarted after an update. */
export function otherVersionError(where: string, what: string, cause?: unknown): HostError {
  return new OtherVersionError('DAEMON_UNREACHABLE', {
    detail: `its answer to ${where} is not understood (${what}); after an update: sudo systemctl restart razroom-panel`,
    cause,
  })
}
