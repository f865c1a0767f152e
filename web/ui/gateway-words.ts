/** Operations in words, the same everywhere. */
import type { Operation, OperationKind } from '../../contract/schemas.ts'

type OperationWords = Readonly<Record<Operation['state'], string>>

const OPERATION_WORDS: Readonly<Record<OperationKind, OperationWords>> = {
  setup: {
    running: 'Setting up the gateway',
    succeeded: 'The gateway is set up',
    failed: 'The setup failed',
    cancelled: 'The setup was cancelled',
  },
  'start-gateway': {
    running: 'Starting the gateway',
    succeeded: 'The gateway has started',
    failed: 'The gateway did not start',
    cancelled: 'The start was cancelled',
  },
  'stop-gateway': {
    running: 'Stopping the gateway',
    succeeded: 'The gateway has stopped',
    failed: 'The gateway could not be stopped',
    cancelled: 'The stop was cancelled',
  },
  'restart-gateway': {
    running: 'Restarting the gateway',
    succeeded: 'The gateway has restarted',
    failed: 'The restart failed',
    cancelled: 'The restart was cancelled',
  },
  'remove-container': {
    running: 'Removing the container',
    succeeded: 'The container is removed',
    failed: 'The container could not be removed',
    cancelled: 'The removal was cancelled',
  },
  'rotate-token': {
    running: 'Rotating the token',
    succeeded: 'The new token works',
    failed: 'The rotation failed',
    cancelled: 'The rotation was cancelled',
  },
  'reconcile-token': {
    running: 'Writing the token into .env',
    succeeded: 'Both files hold the same token',
    failed: 'The token was not written',
    cancelled: 'Writing the token was cancelled',
  },
  'switch-mode': {
    running: 'Changing how the gateway runs',
    succeeded: 'The gateway runs as chosen',
    failed: 'The change failed',
    cancelled: 'The change was cancelled',
  },
  'replace-unit': {
    running: 'Replacing the unit',
    succeeded: 'The unit is replaced',
    failed: 'The unit could not be replaced',
    cancelled: 'The replacement was cancelled',
  },
  'update-image': {
    running: 'Updating the image',
    succeeded: 'The image is up to date',
    failed: 'The update failed',
    cancelled: 'The update was cancelled',
  },
  'rollback-image': {
    running: 'Going back to the image before',
    succeeded: 'The image before runs again',
    failed: 'The step back failed',
    cancelled: 'The step back was cancelled',
  },
  'prune-images': {
    running: 'Removing images',
    succeeded: 'The images are removed',
    failed: 'The images could not be removed',
    cancelled: 'The removal was cancelled',
  },
  backup: {
    running: 'Making a backup',
    succeeded: 'The backup is made and verified',
    failed: 'The backup failed',
    cancelled: 'The backup was cancelled',
  },
  restore: {
    running: 'Restoring a backup',
    succeeded: 'The backup is restored',
    failed: 'The restore failed',
    cancelled: 'The restore was cancelled',
  },
  'fix-finding': {
    running: 'Mending',
    succeeded: 'It is mended',
    failed: 'It could not be mended',
    cancelled: 'The mending was cancelled',
  },
  'connect-services': {
    running: 'Connecting',
    succeeded: 'It is connected',
    failed: 'It was not connected',
    cancelled: 'Connecting was cancelled',
  },
}

/** What an operation is doing, or how it ended. Only an update that has another image to go back to runs a new one. */
export function operationWords({
  kind,
  state,
  steps = [],
}: Pick<Operation, 'kind' | 'state'> & Partial<Pick<Operation, 'steps'>>): string {
  const end = steps.find(({ id }) => id === 'finish-update' || id === 'finish-rollback')
  // As the panel puts it where a unit that was edited by hand names an image of its own.
  if (state === 'succeeded' && end?.found?.includes('the gateway runs '))
    return 'Done, but the gateway runs another image'
  const isNewImage = end?.did !== undefined
  if (kind === 'update-image' && state === 'succeeded' && isNewImage) return 'The new image runs'
  return OPERATION_WORDS[kind][state]
}

/** Why nothing can be started now; undefined when something can. @param running the operation that is going on */
export function waitReason(running: Pick<Operation, 'kind' | 'state'> | null): string | undefined {
  return running ? `${operationWords(running)}: wait until it has finished` : undefined
}
