/** What the container should be, what it is, and the steps that bring the one to the other. */
import type { GatewayStatus } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import { readEnv } from '../domain/env-file.ts'
import { checkEnv, envVerdict } from '../domain/env-findings.ts'
import { CONTAINER_PORTS, type GatewayPaths, type GatewaySpec, gatewaySpec } from '../domain/gateway-spec.ts'
import { gatewayArgs } from '../domain/render-podman-run.ts'
import { restartReasons } from '../domain/restart-reasons.ts'
import { ConflictError, InputError, SetupError } from '../errors.ts'
import type { ContainerFacts, Host, HostFacts, ImageFacts, PortHolder, UserAccount } from '../host/host.ts'
import { imageReference } from './ensure-image.ts'
import { readConfigFile, readEnvFile, readPaths, requireUser } from './gateway-files.ts'
import { freshenPluginCache } from './plugin-cache.ts'
import type { Step, StepContext } from './runner.ts'
import { readUnitFile, renderUnit, type UnitFile, unitKind, unitPlace } from './unit-file.ts'

export interface Wanted {
  readonly user: UserAccount
  readonly settings: Settings
  readonly paths: GatewayPaths
  readonly facts: HostFacts
  readonly spec: GatewaySpec
  readonly image: ImageFacts
  /** `.env` as podman reads it. */
  readonly env: ReadonlyMap<string, string>
  /** The unit file of this machine's kind, whatever the mode. */
  readonly unit: UnitFile
}

/**
 * The container as settings, image and `.env` ask for it.
 * @param known the image of the settings, when it was just looked at
 * @throws SetupError SETUP_REQUIRED or IMAGE_MISSING when something is not there
 */
export async function readWanted(host: Host, known?: ImageFacts): Promise<Wanted> {
  const { user, settings, paths } = await requireUser(host)
  const reference = imageReference(settings.image)
  const [facts, image, env] = await Promise.all([
    host.readFacts(),
    known ?? host.inspectImage(user, reference),
    readEnvFile(host, user),
  ])
  if (!image) throw new SetupError('IMAGE_MISSING', { detail: reference })
  const spec = gatewaySpec({
    user,
    settings,
    imageReference: reference,
    seLinux: facts.selinuxEnforcing,
    init: facts.hasCatatonit,
  })
  const { kind } = unitKind(facts)
  const { podmanVersion } = facts
  const text = renderUnit(spec, kind, { podmanVersion, startAtBoot: settings.startAtBoot })
  const unit = await readUnitFile(host, user, unitPlace(user, settings.containerName, kind), text)
  return { user, settings, paths, facts, spec, image, env: readEnv(env.file), unit }
}

/** Why the running container is not what is wanted; empty when it is. */
export function pendingReasons(wanted: Wanted, container: ContainerFacts): string[] {
  const { settings, spec, env, image, unit } = wanted
  const followsSpec = settings.mode === 'container' || !isByHand(unit)
  const owner = ownerUnit(container)
  const handOver =
    settings.mode === 'quadlet' && owner === null
      ? ['the container is to run as a systemd service']
      : settings.mode === 'container' && owner !== null
        ? [`the container still belongs to ${owner}`]
        : []
  return [...handOver, ...restartReasons(container, { spec, env, image, followsSpec })]
}

/** Whether somebody else than the panel says in the unit what is run. */
function isByHand({ state }: Pick<UnitFile, 'state'>): boolean {
  return state === 'edited' || state === 'foreign'
}

/** The systemd unit that started this container and would start it again, or null (podman-run(1), --sdnotify). */
export function ownerUnit({ labels }: Pick<ContainerFacts, 'labels'>): string | null {
  return labels.PODMAN_SYSTEMD_UNIT || null
}

/** Where the gateway is reached: as the container publishes it, or as the settings will have it. */
export function publishedAt(container: ContainerFacts | null, settings: Settings): GatewayStatus['ports'] {
  const port = (id: keyof typeof CONTAINER_PORTS) =>
    container?.ports.find(({ containerPort }) => containerPort === CONTAINER_PORTS[id])
  const gateway = port('gateway')
  if (!gateway) {
    return { address: settings.publishAddress, gateway: settings.gatewayPort, bridge: settings.bridgePort }
  }
  return {
    address: gateway.hostAddress === '' ? '0.0.0.0' : gateway.hostAddress,
    gateway: gateway.hostPort,
    bridge: port('bridge')?.hostPort ?? settings.bridgePort,
  }
}

/**
 * Refuses with PORT_IN_USE when a program other than the gateway's own container holds one of its ports, and with
 * ADDRESS_UNAVAILABLE when this machine does not have the address.
 */
export async function checkPorts(
  host: Host,
  settings: Settings,
  container: ContainerFacts | null,
): Promise<string> {
  const ports = [settings.gatewayPort, settings.bridgePort]
  if (ports[0] === ports[1]) {
    throw new ConflictError('PORT_IN_USE', { detail: `gateway and bridge both want port ${ports[0]}` })
  }
  if (!(await host.hasAddress(settings.publishAddress))) {
    throw new ConflictError('ADDRESS_UNAVAILABLE', {
      detail: `this machine does not have ${settings.publishAddress}`,
    })
  }
  const [holder] = await findOtherHolders(host, settings, container)
  if (holder) {
    const who =
      holder.pid === undefined
        ? `uid ${holder.uid}`
        : holder.pid === process.pid
          ? 'the panel itself'
          : `${holder.program ?? 'a process'} (pid ${holder.pid}, uid ${holder.uid})`
    throw new ConflictError('PORT_IN_USE', { detail: `${holder.address}:${holder.port} is held by ${who}` })
  }
  const free = ports.filter((port) => !holdsPort(container, settings, port))
  if (free.length === 0) return 'held by the gateway itself'
  return `${free.join(' and ')} ${free.length === 1 ? 'is' : 'are'} free on ${settings.publishAddress}`
}

/**
 * Who holds ports the gateway wants, without the gateway's own container: what that holds, at whatever address, goes
 * with it when it is replaced. One in the machine's own network (containers.conf can say so) publishes nothing: what its
 * user's programs hold there is taken for its own.
 */
export async function findOtherHolders(
  host: Host,
  settings: Settings,
  container: ContainerFacts | null,
): Promise<PortHolder[]> {
  const wanted = [settings.gatewayPort, settings.bridgePort].filter(
    (port) => !holdsPort(container, settings, port),
  )
  const found = await Promise.all(wanted.map((port) => host.findPortHolder(port, settings.publishAddress)))
  const others = found
    .filter((holder) => holder !== null)
    .filter((holder) => !isPublishedBy(container, holder))
  if (others.length === 0 || !hasPorts(container) || container?.networkMode !== 'host') return others
  const user = await host.findUser(settings.user)
  return others.filter(({ uid }) => uid !== user?.uid)
}

/** One that was paused, or whose start was cut off, keeps its network until it is stopped. */
function hasPorts(container: ContainerFacts | null): boolean {
  return container?.running === true || ['paused', 'initialized'].includes(container?.status ?? '')
}

/** True when this container runs and publishes the port where the settings want it. */
function holdsPort(container: ContainerFacts | null, settings: Settings, port: number): boolean {
  if (!container || !hasPorts(container)) return false
  return container.ports.some(
    ({ hostAddress, hostPort }) =>
      hostPort === port && (hostAddress || '0.0.0.0') === settings.publishAddress,
  )
}

/** A port without an address is held on `[::]` by pasta(1), on 0.0.0.0 by others: both are all addresses. */
function isPublishedBy(container: ContainerFacts | null, holder: PortHolder): boolean {
  if (!container || !hasPorts(container)) return false
  const plain = (address: string) =>
    ['', '0.0.0.0', '[::]', '::'].includes(address) ? '*' : address.replace(/^\[|\]$/g, '')
  return container.ports.some(
    ({ hostAddress, hostPort }) => hostPort === holder.port && plain(hostAddress) === plain(holder.address),
  )
}

/** The step that checks the host ports and `.env` before anything is stopped or started. */
export function portsStep(host: Host): Step {
  return {
    id: 'check-ports',
    title: 'Check the ports and .env',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const container = await host.inspectContainer(user, settings.containerName)
      context.found(await checkPorts(host, settings, container))
      await refuseFatalEnv(host, user)
    },
  }
}

/** podman would refuse the whole file, and the gateway that runs would be gone by then. */
async function refuseFatalEnv(host: Host, user: UserAccount): Promise<void> {
  const { file, exists } = await readEnvFile(host, user)
  const fatal = exists ? checkEnv(file).filter((finding) => envVerdict([finding]) === 'fatal') : []
  if (fatal.length === 0) return
  const { envFile } = await readPaths(host, user)
  const told = fatal
    .slice(0, 3)
    .map(({ line, title }) => (line === undefined ? title : `line ${line}: ${title}`))
  throw new InputError('ENV_INVALID', { detail: `${envFile}, ${told.join('; ')}` })
}

/**
 * The step that makes the container what it should be and starts it, by podman or by its systemd unit.
 * @param force recreate even when the running one is up to date; a function is asked when the step runs
 */
export function startStep(host: Host, { force }: { force: boolean | (() => boolean) }): Step {
  return {
    id: 'start-container',
    title: 'Start the container',
    async run(context) {
      const wanted = await readWanted(host)
      const container = await host.inspectContainer(wanted.user, wanted.settings.containerName)
      const isForced = typeof force === 'function' ? force() : force
      if (container?.running && !isForced) {
        const reasons = pendingReasons(wanted, container)
        context.found(
          reasons.length === 0
            ? 'running, and as it should be'
            : `running; waiting for a restart: ${reasons.join('; ')}`,
        )
        if (reasons.length === 0) return
      } else {
        context.found(container ? `container is ${container.status}` : 'no container')
      }
      // A gateway that runs would be gone, and the new one would not start. One that is down says by itself why.
      if (container?.running) await readConfigFile(host, wanted.user)
      const cache = await freshenPluginCache(host, wanted, container)
      const opened = await host.openContainerDevices()
      const devices = opened.length > 0 ? `opened ${opened.join(' and ')} to users, as udev would` : null
      const started =
        wanted.settings.mode === 'quadlet'
          ? await startUnit(host, wanted, container, context)
          : await recreate(host, wanted, context)
      context.did([cache, devices, started].filter((text) => text !== null).join('; '))
    },
  }
}

/** Creates the container anew and starts it. @returns what it did */
async function recreate(host: Host, wanted: Wanted, context: StepContext): Promise<string> {
  const args = gatewayArgs(wanted.spec)
  context.command(host.describePodman(wanted.user, ['run', ...args]))
  const { id } = await host.runContainer(wanted.user, args, context.watch)
  return `created container ${id.slice(0, 12)} from ${wanted.image.reference}`
}

/** Has systemd start the unit, which creates the container anew. One that podman runs by itself makes room first. */
async function startUnit(
  host: Host,
  wanted: Wanted,
  container: ContainerFacts | null,
  context: StepContext,
): Promise<string> {
  const { user, spec, unit } = wanted
  context.command(host.describeSystemctl(user, ['restart', unit.name]))
  if (container && ownerUnit(container) !== unit.name) {
    if (container.running) await host.stopContainer(user, spec.name, spec.stopTimeoutSeconds, context.watch)
    await host.removeContainer(user, spec.name)
  }
  await host.resetUnit(user, unit.name)
  try {
    await host.restartUnit(user, unit.name, context.watch)
  } catch (error) {
    // They are the author's alone, lie in several places, and systemd names none when one of them fails.
    const dropIns = (await host.readUnit(user, unit.name).catch(() => null))?.dropInPaths ?? []
    if (dropIns.length > 0) context.found(`with ${dropIns.join(', ')}, which are not the panel’s`)
    throw error
  }
  const from = isByHand(unit) ? 'as it was written by hand' : `from ${wanted.image.reference}`
  return `${unit.name} is started, ${from}`
}
