import type { Operation, OperationStarted } from '../../contract/schemas.ts'
import type { Client } from './client.ts'
import type { CommandContext } from './command.ts'
import { runOperation } from './run-operation.ts'

/** Exit code of a command whose operation the person left running: 128 + SIGINT, as shells have it. */
export const EXIT_LEFT_RUNNING = 130

/**
 * Runs one operation to its end and prints it: the finished Operation with `--json`, else what `conclude` says.
 * Resolves with the exit code. Errors: see runOperation.
 */
export async function runGatewayAction(
  context: CommandContext,
  start: (client: Client) => Promise<OperationStarted>,
  conclude: (operation: Operation, client: Client) => Promise<void> | void,
): Promise<number> {
  const operation = await runOperation(context, start)
  if (context.out.json) context.out.document(operation)
  if (operation.state === 'running') {
    context.out.note('The operation goes on. See how it does: sudo razroom-panel status')
    return EXIT_LEFT_RUNNING
  }
  if (!context.out.json) await conclude(operation, await context.client())
  return 0
}
