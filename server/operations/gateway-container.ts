/** What the container should be, what it is, and the steps that bring the one to the other. */
import type { Settings } from '../../contract/settings.ts'
import {
  type GatewaySpec,
  gatewaySpec,
  LABELS,
  portsLabel,
  restartReasons,
  specLabels,
} from '../domain/gateway-spec.ts'
import { podmanRunArgs } from '../domain/render-podman-run.ts'
import { ConflictError, SetupError } from '../errors.ts'
import type { ContainerFacts, Host, ImageFacts, UserAccount } from '../host/host.ts'
import { imageReference } from './ensure-image.ts'
import { readEnvFile } from './gateway-files.ts'
import type { Step, StepContext } from './runner.ts'

export interface Wanted {
  readonly user: UserAccount
  readonly settings: Settings
  readonly spec: GatewaySpec
  readonly image: ImageFacts
  readonly envEtag: string
}

/** The container as settings, image and `.env` ask for it. SETUP_REQUIRED or IMAGE_MISSING when something is not there. */
export async function readWanted(host: Host): Promise<Wanted> {
  const { settings } = await host.readState()
  const user = settings ? await host.findUser(settings.user) : null
  if (!settings || !user) throw new SetupError('SETUP_REQUIRED')
  const reference = imageReference(settings.image)
  const [facts, image, env] = await Promise.all([
    host.readFacts(),
    host.inspectImage(user, reference),
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
  return { user, settings, spec, image, envEtag: env.etag }
}

/** Why the running container is not what is wanted; empty when it is. */
export function pendingReasons(wanted: Wanted, container: ContainerFacts): string[] {
  return restartReasons(container, wanted.spec, wanted.envEtag, wanted.image.id)
}

/** Refuses with PORT_IN_USE when a program other than the gateway's own container holds one of its ports. */
export async function checkPorts(host: Host, settings: Settings, isOwnRunning: boolean): Promise<string> {
  const ports = [settings.gatewayPort, settings.bridgePort]
  if (ports[0] === ports[1]) {
    throw new ConflictError('PORT_IN_USE', { detail: `gateway and bridge both want port ${ports[0]}` })
  }
  if (isOwnRunning) return 'held by the gateway itself'
  for (const port of ports) {
    const holder = await host.findPortHolder(port, settings.publishAddress)
    if (!holder) continue
    const who =
      holder.pid === undefined
        ? `uid ${holder.uid}`
        : `${holder.program ?? 'a process'} (pid ${holder.pid}, uid ${holder.uid})`
    throw new ConflictError('PORT_IN_USE', { detail: `${holder.address}:${port} is held by ${who}` })
  }
  return `${ports.join(' and ')} are free on ${settings.publishAddress}`
}

/** True when this container runs and publishes exactly the ports of these settings, as its label says. */
export function holdsPorts(container: ContainerFacts | null, settings: Settings): boolean {
  return container?.running === true && container.labels[LABELS.ports] === portsLabel(settings)
}

/** Creates the container anew and starts it. */
export async function recreate(host: Host, wanted: Wanted, context: StepContext): Promise<void> {
  const args = podmanRunArgs(wanted.spec, specLabels(wanted.spec, wanted.envEtag))
  context.command(host.describePodman(wanted.user, ['run', ...args]))
  const opened = await host.openContainerDevices()
  const { id } = await host.runContainer(wanted.user, args, context.watch)
  const devices = opened.length > 0 ? `opened ${opened.join(' and ')} to users, as udev would; ` : ''
  context.did(`${devices}created container ${id.slice(0, 12)} from ${wanted.image.reference}`)
}

/** The step that checks the host ports before anything is stopped or started. */
export function portsStep(host: Host): Step {
  return {
    id: 'check-ports',
    title: 'Check the ports',
    async run(context) {
      const wanted = await readWanted(host)
      const container = await host.inspectContainer(wanted.user, wanted.settings.containerName)
      const own = holdsPorts(container, wanted.settings)
      context.found(await checkPorts(host, wanted.settings, own))
    },
  }
}

/**
 * The step that makes the container what it should be and starts it.
 * @param force recreate even when the running one is up to date
 */
export function startStep(host: Host, options: { force: boolean }): Step {
  return {
    id: 'start-container',
    title: 'Start the container',
    async run(context) {
      const wanted = await readWanted(host)
      const container = await host.inspectContainer(wanted.user, wanted.settings.containerName)
      if (container?.running && !options.force) {
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
      await recreate(host, wanted, context)
    },
  }
}
