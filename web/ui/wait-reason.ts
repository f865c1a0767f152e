/** What is going on, in words: the only words on operations that a page needs before there was one. */
import type { Operation, OperationKind } from '../../contract/schemas.ts'

/** Each operation while it runs. */
export const RUNNING_WORDS: Readonly<Record<OperationKind, string>> = {
  setup: 'Setting up the gateway',
  'start-gateway': 'Starting the gateway',
  'stop-gateway': 'Stopping the gateway',
  'restart-gateway': 'Restarting the gateway',
  'remove-container': 'Removing the container',
  'rotate-token': 'Rotating the token',
  'reconcile-token': 'Writing the token into .env',
  'switch-mode': 'Changing how the gateway runs',
  'replace-unit': 'Replacing the unit',
  'update-image': 'Updating the image',
  'rollback-image': 'Going back to the image before',
  'prune-images': 'Removing images',
  backup: 'Making a backup',
  restore: 'Restoring a backup',
  'fix-finding': 'Mending',
  'connect-services': 'Connecting',
}

/** Why nothing can be started now; undefined when something can. @param running the operation that is going on */
export function waitReason(running: Pick<Operation, 'kind'> | null): string | undefined {
  return running ? `${RUNNING_WORDS[running.kind]}: wait until it has finished` : undefined
}
