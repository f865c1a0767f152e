import type { Operation, OperationKind, Status } from '../../../contract/schemas.ts'
import { STARTING_OPERATIONS } from '../../../contract/starting-operations.ts'

/** A mend that failed is looked into here, too. */
const STARTING: ReadonlySet<OperationKind> = new Set([...STARTING_OPERATIONS, 'fix-finding'])

/** Something was to leave a gateway that runs, and did not. */
export function hasFailedToStart({ gateway }: Pick<Status, 'gateway'>, last: Operation | null): boolean {
  if (gateway.state === 'failed') return true
  const isUp = gateway.state === 'running' && gateway.healthy
  return !isUp && last?.state === 'failed' && STARTING.has(last.kind)
}
