/** Large files: what both directions have in common. */
import type { ErrorCode } from '../../contract/error-codes.ts'
import { now } from '../state/clock.ts'
import { endSession, session, setSession } from '../state/session.ts'
import { api } from './client.ts'
import { ApiProblem, problemFrom } from './problem.ts'
import { askStepUp } from './step-up.ts'

export interface Progress {
  /** Bytes so far. */
  readonly done: number
  /** Bytes in all; null when the panel did not say. */
  readonly total: number | null
}

/** A confirmation that runs out within this time is asked for anew: the request may wait in a queue. */
const MARGIN_MS = 30_000

/**
 * Makes sure that the panel lets a file through before its first byte is sent: a refusal in the middle of it arrives as
 * a broken connection, without a reason.
 * @returns the headers of the request
 * @throws {ApiProblem} STEP_UP_REQUIRED when declined, AUTH_REQUIRED
 */
export async function prepareTransfer(): Promise<Readonly<Record<string, string>>> {
  setSession(await api('GET /api/session'))
  const { value } = session
  if (value.kind === 'in' && Date.parse(value.info.stepUpUntil) < now.value + MARGIN_MS) {
    if (!(await askStepUp())) throw new ApiProblem(declinedProblem())
  }
  const csrfToken = session.value.kind === 'in' ? session.value.info.csrfToken : ''
  return { 'x-csrf-token': csrfToken }
}

/** The failure in an answer. @param text its body */
export function transferFailure(status: number, text: string): ApiProblem {
  const problem = problemFrom(status, parse(text))
  if (status === 401) endSession()
  return new ApiProblem(problem)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not from the panel itself: problemFrom says so.
    return undefined
  }
}

function declinedProblem() {
  const code: ErrorCode = 'STEP_UP_REQUIRED'
  return {
    type: 'about:blank',
    title: 'This needs a confirmation',
    status: 403,
    code,
    hint: 'Try again and confirm it.',
  }
}
