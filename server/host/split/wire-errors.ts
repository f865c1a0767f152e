/** Errors on their way from the root half to the front: those of the panel with all they say, any other without a word. */
import { randomBytes } from 'node:crypto'
import type { ErrorCode } from '../../../contract/error-codes.ts'
import {
  AuthError,
  CommandError,
  type CommandFailure,
  CommandMissing,
  CommandTimeout,
  ConflictError,
  HostError,
  InputError,
  NotFoundError,
  PanelError,
  type PanelErrorOptions,
  SetupError,
} from '../../errors.ts'
import type { Redactor } from '../../redact.ts'

export interface WireError {
  /** Name of the class; `Abort` when the call ended because the front cancelled it. */
  readonly class: string
  readonly code: ErrorCode
  readonly detail?: string
  readonly fields?: ReadonlyArray<{ path: string; message: string }>
  readonly command?: string
  readonly failure?: CommandFailure
}

const CLASSES = {
  PanelError,
  InputError,
  AuthError,
  NotFoundError,
  ConflictError,
  SetupError,
  HostError,
  CommandTimeout,
  CommandMissing,
} as const satisfies Record<string, new (code: ErrorCode, options?: PanelErrorOptions) => PanelError>

/**
 * What is told of an error. An unknown one is written to the log with an id, and only the id is told.
 * @param verb for the log
 */
export function toWire(error: unknown, verb: string, signal?: AbortSignal): WireError {
  if (error instanceof PanelError) {
    const { code, detail, fields, command } = error
    return {
      class: error.constructor.name,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(fields === undefined ? {} : { fields }),
      ...(command === undefined ? {} : { command }),
      ...(error instanceof CommandError ? { failure: error.failure } : {}),
    }
  }
  if (signal?.aborted && error === signal.reason) return { class: 'Abort', code: 'OPERATION_CANCELLED' }
  const id = randomBytes(6).toString('hex')
  console.error(`host: ${id}: ${verb}:`, error)
  return { class: 'HostError', code: 'INTERNAL', detail: `${id} in the log of the root half` }
}

/**
 * The error that was told, as this process would have thrown it.
 * @param redact masks the secrets that only the front knows
 * @param signal of the call, whose reason is thrown when the call was cancelled
 */
export function fromWire(told: WireError, redact: Redactor, signal?: AbortSignal): unknown {
  if (told.class === 'Abort' && signal?.aborted) return signal.reason
  const { code, failure } = told
  if (failure !== undefined) {
    const argv = failure.argv.map(redact)
    return new CommandError({ ...failure, argv, lastLines: failure.lastLines.map(redact) }, code)
  }
  const Class = isKnown(told.class) ? CLASSES[told.class] : HostError
  const { detail, fields, command } = told
  return new Class(code, {
    ...(detail === undefined ? {} : { detail: redact(detail) }),
    ...(fields === undefined
      ? {}
      : { fields: fields.map(({ path, message }) => ({ path, message: redact(message) })) }),
    ...(command === undefined ? {} : { command: redact(command) }),
  })
}

function isKnown(name: string): name is keyof typeof CLASSES {
  return Object.hasOwn(CLASSES, name)
}
