import type { Host } from '../host/host.ts'
import { portsStep, startStep } from './gateway-container.ts'
import type { OperationPlan } from './runner.ts'
import { healthyStep } from './wait-until-healthy.ts'

/** Starts the gateway unless it runs as it should, and waits until it answers. */
export function startGateway(host: Host): OperationPlan {
  return {
    kind: 'start-gateway',
    steps: [portsStep(host), startStep(host, { force: false }), healthyStep(host)],
  }
}

/** Recreates the container, so that `.env`, image and ports take effect (podman restart would keep the old ones). */
export function restartGateway(host: Host): OperationPlan {
  return {
    kind: 'restart-gateway',
    steps: [portsStep(host), startStep(host, { force: true }), healthyStep(host)],
  }
}
