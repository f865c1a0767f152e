/** Asks the person to confirm before a secret is shown. The dialog in the page answers. */
import { stepUpRequest } from '../state/session.ts'

/** Resolves true once confirmed, false when the person declines. Calls made meanwhile share one dialog. */
export function askStepUp(): Promise<boolean> {
  const open = stepUpRequest.value
  if (open) return open.answered
  const { promise, resolve } = Promise.withResolvers<boolean>()
  stepUpRequest.value = {
    answered: promise,
    answer: (isConfirmed) => {
      stepUpRequest.value = null
      resolve(isConfirmed)
    },
  }
  return promise
}
