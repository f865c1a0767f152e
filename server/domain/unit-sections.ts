/** What the Quadlet file and the plain unit say alike: restarts, limits and the start at boot. */
import { type GatewaySpec, READY_TIMEOUT_SECONDS } from './gateway-spec.ts'

/** Pause before systemd starts a container again that ended. */
export const RESTART_DELAY_SECONDS = 5
/** So many starts within the interval, then systemd gives up; a deliberate start needs `reset-failed` before. */
export const START_LIMIT = { burst: 5, intervalSeconds: 900 } as const
/** Beyond the container's own stop timeout: podman removes the container, too. */
const STOP_MARGIN_SECONDS = 40

/**
 * Lines of [Unit] that end a loop of failing starts: a gateway may need three minutes to fail
 * (docs/facts/razroom-gateway.md), so five failures still fit into the interval.
 */
export function limitLines(): string[] {
  return [`StartLimitIntervalSec=${START_LIMIT.intervalSeconds}`, `StartLimitBurst=${START_LIMIT.burst}`]
}

/**
 * Lines of [Service]. `always`: a gateway that changes its own configuration may end with 0. Of the exits that count as
 * success, 143 is SIGTERM, and 137 is a stop before the gateway listens to SIGTERM, else a stop by hand reads as failed.
 * The start may copy the whole image for keep-id. (docs/facts/podman-and-systemd.md, docs/facts/razroom-gateway.md)
 */
export function restartLines(spec: Pick<GatewaySpec, 'stopTimeoutSeconds'>): string[] {
  return [
    'Restart=always',
    `RestartSec=${RESTART_DELAY_SECONDS}`,
    'SuccessExitStatus=143 137',
    `TimeoutStartSec=${READY_TIMEOUT_SECONDS}`,
    `TimeoutStopSec=${spec.stopTimeoutSeconds + STOP_MARGIN_SECONDS}`,
  ]
}

/** [Install], by which the user's manager starts the unit with itself: at boot, given linger. */
export function installSection(startAtBoot: boolean): string[][] {
  return startAtBoot ? [['[Install]', 'WantedBy=default.target']] : []
}
