/** What is wrong with an answer of the panel, by its contract. */
import { Value } from 'typebox/value'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ERROR_CODES } from '../../contract/error-codes.ts'
import { Problem } from '../../contract/schemas.ts'
import type { Draft } from './fuzz-requests.ts'
import type { Sender } from './fuzz-senders.ts'
import { headerValues, type Outcome, type Shot } from './shot.ts'

/** Where the machine may say no to a right request with a status of 500 or more, and with which code. */
const MAY_FAIL: Readonly<Record<string, readonly string[]>> = {}

/** A request, who sends it, and as what. */
export interface Trial {
  readonly draft: Draft
  readonly endpoint: Endpoint
  readonly sender: Sender
  readonly shot: Shot
}

/**
 * Whether the connection may end without an answer that arrives. Who sends megabytes that nobody reads loses it now and
 * then: such a connection is closed by a reset, and the write that meets it comes before the read (RFC 9112, 9.6).
 */
export const mayEndUnanswered = ({ isBroken, body }: Draft): boolean =>
  isBroken || (body?.bytes.length ?? 0) > 1_048_576

/** What is wrong with an answer, whoever asked; empty when nothing is. */
export function faultsOf({ draft, endpoint }: Trial, outcome: Outcome, secrets: readonly string[]): string[] {
  const { status, body } = outcome
  const faults: string[] = []
  if (outcome.isLeftOpen) faults.push('the connection is left open')
  const isFile = endpoint.download === true && status === 200
  const mayTell = endpoint.secret === true && status === 200
  if (!mayTell && secrets.some((secret) => body.includes(secret))) faults.push('a secret is told')
  if (status === 0) return mayEndUnanswered(draft) ? faults : [...faults, 'no answer']
  if (status < 300)
    return isFile || isAsPromised(endpoint, outcome) ? faults : [...faults, 'not what the contract says']
  return [...faults, ...problemFaults(draft.key, outcome)]
}

function isAsPromised({ response, status = 200 }: Endpoint, outcome: Outcome): boolean {
  if (outcome.status !== status) return false
  return status === 204 ? outcome.body === '' : Value.Check(response, parse(outcome.body))
}

function problemFaults(key: string, outcome: Outcome): string[] {
  const problem = parse(outcome.body)
  const [type = ''] = headerValues(outcome, 'content-type')
  if (!type.startsWith('application/problem+json') || !Value.Check(Problem, problem))
    return ['no problem document']
  const known: Readonly<Record<string, { readonly status: number }>> = ERROR_CODES
  if (!Object.hasOwn(known, problem.code)) return [`the code ${problem.code} is not in the table`]
  if (known[problem.code]?.status !== outcome.status || problem.status !== outcome.status)
    return [`${problem.code} with another status`]
  const isFine = outcome.status < 500 || MAY_FAIL[key]?.includes(problem.code) === true
  return isFine ? [] : [`the machine said no: ${problem.code}`]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON is no document; the caller says so.
    return undefined
  }
}
