import type { OperationKind } from './schemas.ts'

/** Operations that end with a gateway that runs: when one fails, the doctor is asked why. */
export const STARTING_OPERATIONS: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'setup',
  'start-gateway',
  'restart-gateway',
  'rotate-token',
  'switch-mode',
  'replace-unit',
  'update-image',
  'rollback-image',
  'restore',
])
