import type { ERROR_CODES, ErrorCode } from '../../contract/error-codes.ts'
import type { Problem } from '../../contract/schemas.ts'
import { InputError, PanelError, toProblem } from '../errors.ts'

/** The panel answered with a problem document (RFC 9457), or an operation ended with one. */
export class ProblemError extends Error {
  readonly problem: Problem
  /** For people, below the problem. */
  readonly notes: readonly string[]

  constructor(problem: Problem, notes: readonly string[] = []) {
    super(problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`)
    this.name = 'ProblemError'
    this.problem = problem
    this.notes = notes
  }

  get code(): string {
    return this.problem.code
  }
}

/** The problem document of whatever a command threw; the message of an unknown error stays out of it. */
export function problemOf(error: unknown): Problem {
  return error instanceof ProblemError ? error.problem : toProblem(error)
}

/** True when the error is one of the table with this code, whether made here or sent by the panel. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return (error instanceof ProblemError || error instanceof PanelError) && error.code === code
}

/** The command line cannot be understood; ends the program with exit code 2. */
export function usageError(detail: string): InputError {
  return new InputError('USAGE', { detail })
}

/** True when a problem is about the command line itself. */
export function isUsageProblem(problem: Problem): boolean {
  return problem.code === ('USAGE' satisfies keyof typeof ERROR_CODES)
}
