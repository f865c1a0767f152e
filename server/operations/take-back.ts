/** What becomes of what was done when an operation does not come to its end. */
import type { Step, StepContext } from './runner.ts'

/**
 * The step, after whose failure what was done so far is taken back. A cancel that comes while it does its last is one of
 * this step: the next would not even begin, and nobody would take anything back.
 * @param takeBack what it throws is the error instead of the step's own
 */
export function orTakeBack(
  step: Step,
  takeBack: (context: StepContext, error: unknown) => Promise<void>,
): Step {
  return {
    ...step,
    async run(context) {
      try {
        await step.run(context)
        context.signal.throwIfAborted()
      } catch (error) {
        await takeBack(context, error)
        throw error
      }
    },
  }
}
