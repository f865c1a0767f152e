/** Every way a request can fail, as one kind of error that the page can show. */
import type { ErrorCode } from '../../contract/error-codes.ts'
import type { Problem } from '../../contract/schemas.ts'

/** A request that did not succeed. `problem` is what the panel said, or what can be said in its place. */
export class ApiProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options)
    this.name = 'ApiProblem'
    this.problem = problem
  }
}

/** True for a failure with this code of the contract. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof ApiProblem && error.problem.code === code
}

/**
 * The problem document of a failed answer.
 * @param status HTTP status of the answer, 400 to 599
 * @param body the parsed body; anything that is not a problem document is replaced by a general one (RFC 9457)
 */
export function problemFrom(status: number, body: unknown): Problem {
  if (isProblem(body)) return body
  return {
    type: 'about:blank',
    title: 'The panel gave an answer that this page does not understand',
    status,
    code: 'INTERNAL',
    hint: 'Reload the page: the panel may have been updated meanwhile.',
    detail: `HTTP status ${status}`,
  }
}

/** The problem when no answer came at all: the daemon is down, or the tunnel to it is. */
export function unreachableProblem(): Problem {
  const code: ErrorCode = 'DAEMON_UNREACHABLE'
  return {
    type: 'about:blank',
    title: 'The panel does not answer',
    status: 0,
    code,
    hint: 'Check that it runs, and that the tunnel to its machine is open. On the machine: systemctl status razroom-panel',
  }
}

/** Any thrown value as a problem, so that no failure is ever shown as nothing. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem
  return {
    type: 'about:blank',
    title: 'Something went wrong in this page',
    status: 0,
    code: 'INTERNAL',
    hint: 'Reload the page. If it happens again, report it with the detail below.',
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  }
}

/** The message for one field of a request, if the panel named that field. @param name last part of the field's path */
export function fieldMessage(problem: Problem | null, name: string): string | undefined {
  return problem?.fields?.find(({ path }) => path.split(/[./]/).at(-1) === name)?.message
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false
  const { title, status, code, hint } = body as Record<string, unknown>
  return (
    typeof title === 'string' &&
    typeof status === 'number' &&
    typeof code === 'string' &&
    typeof hint === 'string'
  )
}
