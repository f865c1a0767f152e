/** What becomes of the gateway when a restore ends before its end. */
import { addDetail, PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { calmContext } from './calm-context.ts'
import type { Step, StepContext } from './runner.ts'
import { bringUpSteps } from './start-gateway.ts'
import { orTakeBack } from './take-back.ts'

/**
 * The step, and when it fails or is cancelled while the gateway is stopped for it: the gateway is started again, and
 * the error says whether it runs. Then nothing is left to be started, and the mark of the restore goes.
 * @param isStopped this restore stopped a gateway that ran, and nobody else will start it
 */
export function withWayBack(host: Host, step: Step, isStopped: (context: StepContext) => boolean): Step {
  return orTakeBack(step, async (context, error) => {
    if (!isStopped(context)) return
    const outcome = await startAgain(host, context)
    // The problem of a cancelled operation has no detail: what the step did says it, too.
    context.did(outcome)
    throw addDetail(error, outcome)
  })
}

/** @returns in words whether it runs; never throws, since the first error is the one to tell */
async function startAgain(host: Host, context: StepContext): Promise<string> {
  const isCancelled = context.signal.aborted
  const calm = calmContext(context)
  try {
    for (const step of bringUpSteps(host, { force: false })) {
      // Who cancels, or ends the panel, does not want to wait for an answer.
      if (!isCancelled || step.id !== 'wait-until-healthy') await step.run(calm)
    }
    await host.writeRestoreMark(null)
  } catch (error) {
    const why = error instanceof PanelError ? error.message : 'see the log of the panel'
    if (!(error instanceof PanelError)) console.error('restore: the gateway was not started again:', error)
    return `the gateway was stopped for the restore and could not be started again (${why}): sudo razroom-panel restart`
  }
  return isCancelled
    ? 'the gateway, stopped for the restore, was started again'
    : 'the gateway, stopped for the restore, runs again'
}
