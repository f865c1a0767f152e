import { ERROR_CODES, type ErrorCode } from '../contract/error-codes.ts'
import type { Problem } from '../contract/schemas.ts'

export interface PanelErrorOptions {
  /** What was wrong, where; never a secret. */
  readonly detail?: string
  readonly cause?: unknown
  readonly fields?: ReadonlyArray<{ path: string; message: string }>
  /** The command that failed, secrets masked. */
  readonly command?: string
}

/** An error with a code of the one table; its subclasses say whose problem it is. */
export class PanelError extends Error {
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly fields: ReadonlyArray<{ path: string; message: string }> | undefined
  readonly command: string | undefined

  constructor(code: ErrorCode, options: PanelErrorOptions = {}) {
    const { title } = ERROR_CODES[code]
    super(options.detail === undefined ? title : `${title}: ${options.detail}`, { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.detail = options.detail
    this.fields = options.fields
    this.command = options.command
  }

  get status(): number {
    return ERROR_CODES[this.code].status
  }
}

/** The caller sent something that cannot be right. */
export class InputError extends PanelError {}
/** The caller may not do this. */
export class AuthError extends PanelError {}
/** What the caller names does not exist. */
export class NotFoundError extends PanelError {}
/** What the caller wants does not fit the present state. */
export class ConflictError extends PanelError {}
/** The machine is not ready for this; its owner can mend it. */
export class SetupError extends PanelError {}
/** The machine failed at something it should be able to do. */
export class HostError extends PanelError {}

export interface CommandFailure {
  readonly argv: readonly string[]
  /** Missing when the program was ended by a signal. */
  readonly exitCode?: number | undefined
  /** The last lines of stderr (stdout when stderr is empty), already redacted. */
  readonly lastLines: readonly string[]
}

/** A program ran and failed. */
export class CommandError extends HostError {
  readonly failure: CommandFailure
  constructor(failure: CommandFailure, code: ErrorCode = 'COMMAND_FAILED', cause?: unknown) {
    const ended = failure.exitCode === undefined ? 'was ended by a signal' : `exited with ${failure.exitCode}`
    const said = failure.lastLines.length > 0 ? `: ${failure.lastLines.join(' | ')}` : ''
    super(code, {
      detail: `${failure.argv[0] ?? 'the command'} ${ended}${said}`,
      command: failure.argv.join(' '),
      cause,
    })
    this.failure = failure
  }
}
/** A program did not end within its time. */
export class CommandTimeout extends HostError {}
/** A program is not installed. */
export class CommandMissing extends HostError {}

/** The error with one more thing to its detail; what is no error of the panel stays as it is. */
export function addDetail(error: unknown, more: string): unknown {
  if (!(error instanceof PanelError)) return error
  const { code, detail, fields, command } = error
  return new PanelError(code, {
    detail: detail === undefined ? more : `${detail}; ${more}`,
    cause: error,
    ...(fields === undefined ? {} : { fields }),
    ...(command === undefined ? {} : { command }),
  })
}

/** The problem document (RFC 9457) of any thrown value; the message of an unknown error is never shown. */
export function toProblem(error: unknown, instance?: string): Problem {
  const known = error instanceof PanelError ? error : new PanelError('INTERNAL')
  const { status, title, hint } = ERROR_CODES[known.code]
  return {
    type: `https://razroom-panel.invalid/errors#${known.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code: known.code,
    hint,
    ...(known.detail === undefined ? {} : { detail: known.detail }),
    ...(instance === undefined ? {} : { instance }),
    ...(known.fields === undefined ? {} : { fields: known.fields.map((field) => ({ ...field })) }),
    ...(known.command === undefined ? {} : { command: known.command }),
  }
}
