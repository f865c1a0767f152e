/** The status, derived from the machine in two parts: what podman knows (slow), and how the gateway does (cheap). */
import type { GatewayStatus, ImageStatus, Status } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import { defaultSettings } from '../../contract/settings.ts'
import type { ContainerFacts, Host, ImageFacts, Usage, UserAccount } from '../host/host.ts'
import { imageLabel, imageReference } from './ensure-image.ts'
import { pendingReasons, readWanted } from './gateway-container.ts'
import { explainEnd } from './wait-until-healthy.ts'

/** Ends of a container a person asked for: 0, and SIGTERM (128 + 15). */
const ORDERLY_EXITS = new Set([0, 143])
const NEVER_STARTED = new Set(['created', 'configured', 'initialized'])

export interface Observation {
  readonly settings: Settings
  readonly user: UserAccount | null
  readonly container: ContainerFacts | null
  readonly image: ImageFacts | null
  readonly restartReasons: readonly string[]
  readonly fatal: GatewayStatus['fatal']
  readonly usualStartMs: number | undefined
}

export interface Pulse {
  readonly answered: boolean
  readonly usage: Usage | null
}

/** Asks podman, as the gateway's user. */
export async function observe(host: Host): Promise<Observation> {
  const { settings: stored, startDurationsMs } = await host.readState()
  const settings = stored ?? defaultSettings()
  const user = stored ? await host.findUser(settings.user) : null
  const usualStartMs = startDurationsMs.length > 0 ? Math.max(...startDurationsMs) : undefined
  const nothing = {
    settings,
    user,
    container: null,
    image: null,
    restartReasons: [],
    fatal: undefined,
    usualStartMs,
  }
  if (!user) return nothing
  const [container, image] = await Promise.all([
    host.inspectContainer(user, settings.containerName),
    host.inspectImage(user, imageReference(settings.image)),
  ])
  const restartReasons = container?.running && image ? pendingReasons(await readWanted(host), container) : []
  const hasFailed = container !== null && endOf(container) === 'failed'
  const fatal = hasFailed ? ((await explainEnd(host, user, container)) ?? undefined) : undefined
  return { ...nothing, container, image, restartReasons, fatal }
}

/** Asks the gateway itself, and the kernel for its use of the machine. */
export async function feelPulse(host: Host, { container, settings }: Observation): Promise<Pulse> {
  if (!container?.running) return { answered: false, usage: null }
  const [probe, usage] = await Promise.all([
    host.probeGateway(settings.gatewayPort, null),
    host.readUsage(container.pid),
  ])
  return { answered: probe.answered, usage }
}

function endOf(container: ContainerFacts): 'running' | 'stopped' | 'failed' {
  if (container.running) return 'running'
  const isOrderly =
    ORDERLY_EXITS.has(container.exitCode) || container.stoppedByUser || NEVER_STARTED.has(container.status)
  return isOrderly ? 'stopped' : 'failed'
}

function gatewayState(
  observation: Observation,
  pulse: Pulse,
  hasAnswered: boolean,
): Pick<GatewayStatus, 'state'> & Partial<GatewayStatus> {
  const { container, fatal } = observation
  if (!container) return { state: 'absent' }
  const { id: containerId, exitCode } = container
  const end = endOf(container)
  if (end === 'running') {
    return {
      state: hasAnswered ? 'running' : 'starting',
      healthy: pulse.answered,
      containerId,
      since: container.startedAt,
      ...(pulse.usage ? { usage: { ...pulse.usage } } : {}),
    }
  }
  if (NEVER_STARTED.has(container.status)) return { state: end, containerId }
  return { state: end, containerId, since: container.finishedAt, exitCode, ...(fatal ? { fatal } : {}) }
}

function imageStatus({ image, settings, container }: Observation): ImageStatus | null {
  if (!image) return null
  return {
    source: settings.image,
    label: imageLabel(settings.image),
    reference: image.reference,
    id: image.id,
    createdAt: image.createdAt,
    sizeBytes: image.sizeBytes,
    isRunning: container?.running === true && container.imageId === image.id,
  }
}

/**
 * Puts the two together.
 * @param hasAnswered the container has answered since its start: from then on silence is "unhealthy", not "starting"
 */
export function deriveStatus(
  observation: Observation,
  pulse: Pulse,
  hasAnswered: boolean,
  panel: { version: string; operationId: string | null },
): Status {
  const { settings, user, image, restartReasons, usualStartMs } = observation
  return {
    gateway: {
      healthy: false,
      mode: settings.mode,
      startsAtBoot: settings.mode === 'quadlet' && settings.startAtBoot,
      ports: { address: settings.publishAddress, gateway: settings.gatewayPort, bridge: settings.bridgePort },
      url: `http://127.0.0.1:${settings.gatewayPort}/`,
      containerName: settings.containerName,
      ...(usualStartMs === undefined ? {} : { usualStartMs }),
      ...gatewayState(observation, pulse, hasAnswered),
    },
    image: imageStatus(observation),
    restartRequired: restartReasons.length > 0,
    restartReasons: [...restartReasons],
    isSetUp: user !== null && image !== null,
    user: { name: settings.user, uid: user?.uid ?? null, home: user?.home ?? null },
    panel: { version: panel.version },
    operationId: panel.operationId,
  }
}
