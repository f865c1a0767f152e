/** The status, derived from the machine in two parts: what podman knows (slow), and how the gateway does (cheap). */
import type { PreviousImage } from '../../contract/images.ts'
import type { GatewayStatus, ImageStatus, Status } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import { defaultSettings } from '../../contract/settings.ts'
import type { UnitStatus } from '../../contract/unit.ts'
import { explainGivenUp } from '../domain/fatal-lines.ts'
import { gatewayAddress, gatewayAuthority } from '../domain/gateway-address.ts'
import type { UnitEnd } from '../domain/gateway-lifecycle.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import { logSourceOf } from '../domain/log-source.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, ImageFacts, UnitFacts, Usage, UserAccount } from '../host/host.ts'
import { imageLabel, imageReference } from './ensure-image.ts'
import { pendingReasons, publishedAt, readWanted, type Wanted } from './gateway-container.ts'
import { shadowOf, unitStatus } from './gateway-unit.ts'
import { readGoBack } from './proven-versions.ts'
import { readUnitFile, unitKind, unitPlace } from './unit-file.ts'
import { explainEnd, usualStart } from './wait-until-healthy.ts'

/** Ends of a container a person asked for: 0, and SIGTERM (128 + 15). */
const ORDERLY_EXITS = new Set([0, 143])
const NEVER_STARTED = new Set(['created', 'configured', 'initialized'])

export interface Observation {
  readonly settings: Settings
  readonly user: UserAccount | null
  readonly container: ContainerFacts | null
  readonly image: ImageFacts | null
  readonly previousImage: PreviousImage | null
  /** The gateway's unit, in quadlet mode. */
  readonly unit: { readonly facts: UnitFacts; readonly status: UnitStatus } | null
  readonly restartReasons: readonly string[]
  /** What could not be read: the rest is true all the same. */
  readonly warnings: readonly string[]
  readonly fatal: GatewayStatus['fatal']
  readonly usualStartMs: number | undefined
  readonly goBack: Status['goBack']
}

export interface Pulse {
  readonly answered: boolean
  readonly usage: Usage | null
}

/**
 * Asks podman and systemd, as the gateway's user.
 * @param hasFailedStart the last start did not come to its end: what the files were before is offered, whatever is left
 */
export async function observe(host: Host, hasFailedStart = false): Promise<Observation> {
  const { settings: stored, startDurationsMs, previousImage } = await host.readState()
  const settings = stored ?? defaultSettings()
  const user = stored ? await host.findUser(settings.user) : null
  const usualStartMs = usualStart(startDurationsMs)
  const nothing = {
    settings,
    user,
    container: null,
    image: null,
    previousImage,
    unit: null,
    restartReasons: [],
    warnings: [],
    fatal: undefined,
    usualStartMs,
    goBack: [],
  }
  if (!user) return nothing
  const [container, image] = await Promise.all([
    host.inspectContainer(user, settings.containerName),
    host.inspectImage(user, imageReference(settings.image)),
  ])
  const isService = settings.mode === 'quadlet'
  // Of a container that has stopped nothing is to be held against anything: its end is told at once.
  const warnings: string[] = container?.status === 'paused' ? [PAUSED] : []
  const wanted =
    image && (isService || container?.running) ? await tryReadWanted(host, image, warnings) : null
  const unit = isService ? await observeUnit(host, user, settings, wanted) : null
  const shadow = unit && wanted ? shadowOf(unit.facts, wanted.unit) : undefined
  if (wanted && shadow !== undefined)
    warnings.push(`systemd takes ${shadow} instead of ${wanted.unit.path}: move that file away`)
  const restartReasons = container?.running && wanted ? pendingReasons(wanted, container) : []
  const seen = { ...nothing, container, image, unit, restartReasons, warnings }
  const end = endOf(seen)
  const goBack = end.state === 'failed' || hasFailedStart ? await readGoBack(host, user) : []
  if (end.state !== 'failed') return { ...seen, goBack }
  const fatal =
    (await explainEnd(host, user, { exitCode: 1, oomKilled: false, container, ...end })) ??
    (unit ? explainGivenUp(unit.status.name, unit.facts.result) : null)
  return { ...seen, goBack, fatal: fatal ?? undefined }
}

/** A file that cannot be read is told, and hides nothing of what podman and systemd say. */
async function tryReadWanted(host: Host, image: ImageFacts, warnings: string[]): Promise<Wanted | null> {
  try {
    return await readWanted(host, image)
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    warnings.push(error.message)
    return null
  }
}

async function observeUnit(
  host: Host,
  user: UserAccount,
  { containerName }: Settings,
  wanted: Wanted | null,
): Promise<Observation['unit']> {
  const { name } = unitPlace(user, containerName, 'quadlet')
  if (!(await host.readFacts()).hasSystemd) return null
  const facts = await host.readUnit(user, name)
  const fileState = wanted ? wanted.unit.state : await readFileState(host, user, containerName)
  return { facts, status: unitStatus(name, facts, fileState) }
}

/** The unit file while it is not known what should be in it: then one of the panel's own counts as right. */
async function readFileState(
  host: Host,
  user: UserAccount,
  containerName: string,
): Promise<UnitStatus['fileState']> {
  const { kind } = unitKind(await host.readFacts())
  try {
    const { state } = await readUnitFile(host, user, unitPlace(user, containerName, kind), null)
    return state === 'outdated' ? 'current' : state
  } catch (error) {
    // That it cannot be read is among the warnings.
    if (error instanceof PanelError) return 'absent'
    throw error
  }
}

/** Asks the gateway itself, and the kernel for its use of the machine. */
export async function feelPulse(host: Host, { container, settings }: Observation): Promise<Pulse> {
  if (!container?.running) return { answered: false, usage: null }
  const { address, gateway } = publishedAt(container, settings)
  const [probe, usage] = await Promise.all([
    host.probeGateway(gateway, gatewayAddress(address)),
    host.readUsage(container.pid),
  ])
  return { answered: probe.answered, usage }
}

const PAUSED = 'somebody paused the container (podman pause); it goes on after: sudo razroom-panel restart'

interface End {
  readonly state: 'running' | 'starting' | 'stopped' | 'failed' | 'absent'
  readonly exitCode?: number
  readonly oomKilled?: boolean
}

/** What podman and systemd together say, before the gateway itself was asked. */
function endOf({ container, unit }: Pick<Observation, 'container' | 'unit'>): End {
  if (container?.running || container?.status === 'paused') return { state: 'running' }
  if (unit && unit.facts.loadState === 'loaded') return endOfUnit(unit.facts)
  if (!container) return { state: 'absent' }
  const { exitCode, oomKilled, status, stoppedByUser } = container
  const isOrderly = ORDERLY_EXITS.has(exitCode) || stoppedByUser || NEVER_STARTED.has(status)
  return { state: isOrderly ? 'stopped' : 'failed', exitCode, oomKilled }
}

/** How the last run of a unit failed; null when it did not, or there is no unit. */
export function failureOfUnit(unit: Observation['unit']): UnitEnd | null {
  const {
    state,
    exitCode = 1,
    oomKilled = false,
  } = unit ? endOfUnit(unit.facts) : { state: 'absent' as const }
  return state === 'failed' ? { exitCode, oomKilled } : null
}

/** The container of a unit is gone as soon as it ends; the unit knows how. */
function endOfUnit({ activeState, subState, exitCode, result }: UnitFacts): End {
  // Between two tries of systemd, too.
  const isRetrying =
    activeState === 'deactivating' || (activeState === 'activating' && subState === 'auto-restart')
  if (activeState === 'failed' || (isRetrying && result !== 'success'))
    return { state: 'failed', exitCode, oomKilled: result === 'oom-kill' }
  // Active without a container: it was made between the two looks.
  const isUp = ['activating', 'active', 'reloading'].includes(activeState)
  return { state: isUp ? 'starting' : 'stopped' }
}

function gatewayState(
  observation: Observation,
  pulse: Pulse,
  hasAnswered: boolean,
): Pick<GatewayStatus, 'state'> & Partial<GatewayStatus> {
  const { container, fatal, unit } = observation
  const end = endOf(observation)
  const shared = {
    ...(unit ? { unit: unit.status } : {}),
    ...(container ? { containerId: container.id } : {}),
  }
  if (container && end.state === 'running') {
    return {
      ...shared,
      state: hasAnswered ? 'running' : 'starting',
      healthy: pulse.answered,
      since: container.startedAt,
      ...(pulse.usage ? { usage: { ...pulse.usage } } : {}),
    }
  }
  // podman's time for "never" is that of the year 1.
  const hasEnded = container && !NEVER_STARTED.has(container.status) && Date.parse(container.finishedAt) > 0
  return {
    ...shared,
    state: end.state,
    ...(hasEnded ? { since: container.finishedAt } : {}),
    ...(end.exitCode === undefined || (container && !hasEnded) ? {} : { exitCode: end.exitCode }),
    ...(fatal ? { fatal } : {}),
  }
}

function imageStatus({ image, settings, container, previousImage }: Observation): ImageStatus | null {
  if (!image) return null
  return {
    source: settings.image,
    label: imageLabel(settings.image),
    reference: image.reference,
    id: image.id,
    createdAt: image.createdAt,
    sizeBytes: image.sizeBytes,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    ...(previousImage ? { previous: previousImage } : {}),
    isRunning: container?.running === true && container.imageId === image.id,
  }
}

/** Nothing of a container that writes the log file itself. */
function logSource({ container, user, settings }: Observation): Pick<GatewayStatus, 'logSource'> {
  if (!container || !user) return {}
  const { kind } = logSourceOf(container, gatewayPaths(user, settings).logFile)
  return kind === 'own' ? {} : { logSource: kind }
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
  const { settings, user, image, container, restartReasons, usualStartMs } = observation
  const ports = publishedAt(container?.running ? container : null, settings)
  return {
    gateway: {
      healthy: false,
      mode: settings.mode,
      startsAtBoot:
        observation.unit !== null && observation.unit.facts.loadState === 'loaded' && settings.startAtBoot,
      ports,
      url: `http://${gatewayAuthority(ports.address, ports.gateway)}/`,
      containerName: settings.containerName,
      ...(usualStartMs === undefined ? {} : { usualStartMs }),
      ...logSource(observation),
      ...gatewayState(observation, pulse, hasAnswered),
    },
    image: imageStatus(observation),
    restartRequired: restartReasons.length > 0,
    restartReasons: [...restartReasons],
    warnings: [...observation.warnings],
    goBack: [...observation.goBack],
    isSetUp: user !== null && image !== null,
    user: { name: settings.user, uid: user?.uid ?? null, home: user?.home ?? null },
    panel: { version: panel.version },
    operationId: panel.operationId,
  }
}
