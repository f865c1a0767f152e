import type { Host } from '../host/host.ts'
import { portsStep, startStep } from './gateway-container.ts'
import { unitStep } from './gateway-unit.ts'
import type { OperationPlan, Step } from './runner.ts'
import { launchScriptStep, missingFilesStep } from './setup-files.ts'
import { healthyStep } from './wait-until-healthy.ts'

/**
 * The way from settings and files to a gateway that answers, in either mode.
 * @param force recreate the container even when the running one is up to date
 * @param withinSeconds how long it may take to answer
 */
export function bringUpSteps(
  host: Host,
  { force, withinSeconds }: { force: boolean; withinSeconds?: number },
): readonly Step[] {
  return [
    portsStep(host),
    launchScriptStep(host),
    unitStep(host),
    startStep(host, { force }),
    healthyStep(host, { withinSeconds }),
  ]
}

/** Starts the gateway unless it runs as it should, and waits until it answers. */
export function startGateway(host: Host): OperationPlan {
  return {
    kind: 'start-gateway',
    steps: [missingFilesStep(host), ...bringUpSteps(host, { force: false })],
  }
}

/** Recreates the container, so that `.env`, image and ports take effect (podman restart would keep the old ones). */
export function restartGateway(host: Host): OperationPlan {
  return {
    kind: 'restart-gateway',
    steps: [missingFilesStep(host), ...bringUpSteps(host, { force: true })],
  }
}
