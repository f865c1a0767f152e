/** Operations in words, the same everywhere. */
import type { Operation, OperationKind } from '../../contract/schemas.ts'
import { RUNNING_WORDS } from './wait-reason.ts'

type EndWords = Readonly<Record<Exclude<Operation['state'], 'running'>, string>>

const END_WORDS: Readonly<Record<OperationKind, EndWords>> = {
  setup: {
    succeeded: 'The gateway is set up',
    failed: 'The setup failed',
    cancelled: 'The setup was cancelled',
  },
  'start-gateway': {
    succeeded: 'The gateway has started',
    failed: 'The gateway did not start',
    cancelled: 'The start was cancelled',
  },
  'stop-gateway': {
    succeeded: 'The gateway has stopped',
    failed: 'The gateway could not be stopped',
    cancelled: 'The stop was cancelled',
  },
  'restart-gateway': {
    succeeded: 'The gateway has restarted',
    failed: 'The restart failed',
    cancelled: 'The restart was cancelled',
  },
  'remove-container': {
    succeeded: 'The container is removed',
    failed: 'The container could not be removed',
    cancelled: 'The removal was cancelled',
  },
  'rotate-token': {
    succeeded: 'The new token works',
    failed: 'The rotation failed',
    cancelled: 'The rotation was cancelled',
  },
  'reconcile-token': {
    succeeded: 'Both files hold the same token',
    failed: 'The token was not written',
    cancelled: 'Writing the token was cancelled',
  },
  'switch-mode': {
    succeeded: 'The gateway runs as chosen',
    failed: 'The change failed',
    cancelled: 'The change was cancelled',
  },
  'replace-unit': {
    succeeded: 'The unit is replaced',
    failed: 'The unit could not be replaced',
    cancelled: 'The replacement was cancelled',
  },
  'update-image': {
    succeeded: 'The image is up to date',
    failed: 'The update failed',
    cancelled: 'The update was cancelled',
  },
  'rollback-image': {
    succeeded: 'The image before runs again',
    failed: 'The step back failed',
    cancelled: 'The step back was cancelled',
  },
  'prune-images': {
    succeeded: 'The images are removed',
    failed: 'The images could not be removed',
    cancelled: 'The removal was cancelled',
  },
  backup: {
    succeeded: 'The backup is made and verified',
    failed: 'The backup failed',
    cancelled: 'The backup was cancelled',
  },
  restore: {
    succeeded: 'The backup is restored',
    failed: 'The restore failed',
    cancelled: 'The restore was cancelled',
  },
  'fix-finding': {
    succeeded: 'It is mended',
    failed: 'It could not be mended',
    cancelled: 'The mending was cancelled',
  },
  'connect-services': {
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
  return state === 'running' ? RUNNING_WORDS[kind] : END_WORDS[kind][state]
}
