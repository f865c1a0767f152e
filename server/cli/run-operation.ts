import type { Operation, OperationStarted } from '../../contract/schemas.ts'
import { ConflictError, toProblem } from '../errors.ts'
import type { Client } from './client.ts'
import type { CommandContext } from './command.ts'
import { createProgress, type Progress } from './operation-progress.ts'
import { hasCode, ProblemError } from './problem-error.ts'
import { findReasons } from './start-findings.ts'

/**
 * Starts an operation, shows its steps (not with `--json`) and resolves with it once it has succeeded, or with the
 * running one when the person left it: the first Ctrl-C asks the panel to cancel it, the second leaves it running
 * (not where the panel runs inside this process and would end with it).
 * Errors: what starting it threw; ProblemError with the operation's own problem when it failed or was cancelled.
 */
export async function runOperation(
  context: CommandContext,
  start: (client: Client) => Promise<OperationStarted>,
): Promise<Operation> {
  const client = await context.client()
  const canLeave = await context.hasDaemon()
  const { operationId: id } = await start(client)
  const progress = context.out.json ? null : createProgress(context.out, context.verbose)
  const leaving = new AbortController()
  const interrupts = handleInterrupts({ context, client, id, progress, leaving, canLeave })
  let operation: Operation | null = null
  try {
    operation = await client.followOperation(id, (update) => progress?.onUpdate(update), {
      signal: leaving.signal,
    })
  } finally {
    progress?.finish(operation)
    interrupts.end()
  }
  await interrupts.cancelled()
  operation ??= await client.call('GET /api/operations/:id', { params: { id } })
  if (operation.state === 'succeeded' || operation.state === 'running') return operation
  const notes = context.out.json ? [] : await findReasons(client, operation)
  throw new ProblemError(operation.problem ?? endedWithoutProblem(operation), notes)
}

function endedWithoutProblem(operation: Operation): ReturnType<typeof toProblem> {
  const isCancelled = operation.state === 'cancelled'
  const detail = `${operation.kind} ended as ${operation.state}`
  return toProblem(new ConflictError(isCancelled ? 'OPERATION_CANCELLED' : 'COMMAND_FAILED', { detail }))
}

interface InterruptParts {
  readonly context: CommandContext
  readonly client: Client
  readonly id: string
  readonly progress: Progress | null
  readonly leaving: AbortController
  readonly canLeave: boolean
}

function handleInterrupts({ context, client, id, progress, leaving, canLeave }: InterruptParts): {
  end(): void
  cancelled(): Promise<void>
} {
  let cancelling: Promise<void> | undefined
  const say = (text: string): void => {
    if (progress === null) context.out.note(text)
    else progress.interject(text)
  }
  const cancel = async (): Promise<void> => {
    try {
      await client.call('DELETE /api/operations/:id', { params: { id } })
    } catch (error) {
      // It ended at the same moment: how, the operation itself tells.
      if (!hasCode(error, 'OPERATION_FINISHED')) throw error
    }
  }
  const end = context.io.onInterrupt(() => {
    if (cancelling !== undefined) {
      if (canLeave) leaving.abort()
      return
    }
    say(canLeave ? 'Cancelling. Press Ctrl-C again to leave it running.' : 'Cancelling.')
    cancelling = cancel()
    // A cancel that failed ends the following; cancelled() throws its error.
    cancelling.catch(() => leaving.abort())
  })
  return { end, cancelled: async () => cancelling }
}
