import type { Finding, SetupPlan } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { preflight } from '../domain/findings.ts'
import { quadletObstacle } from '../domain/quadlet-obstacle.ts'
import type { Host, HostFacts, PortHolder } from '../host/host.ts'
import { holdsPorts } from './gateway-container.ts'

/** Where rootless podman keeps its images for a user that does not exist yet. */
const HOMES = '/home'

/** Looks at the machine for setup. @param isOwnRunning the ports are held by the gateway itself */
export async function readPreflight(
  host: Host,
  settings: Settings,
  isOwnRunning: boolean,
): Promise<{ facts: HostFacts; findings: Finding[] }> {
  const user = await host.findUser(settings.user)
  const ports = isOwnRunning ? [] : [settings.gatewayPort, settings.bridgePort]
  const [facts, diskFreeBytes, ...holders] = await Promise.all([
    host.readFacts(),
    host.readDiskFree(user?.home ?? HOMES),
    ...ports.map((port) => host.findPortHolder(port, settings.publishAddress)),
  ])
  const portHolders = holders.filter((holder): holder is PortHolder => holder !== null)
  return { facts, findings: preflight({ facts, portHolders, diskFreeBytes }) }
}

/** What the setup page shows before it starts. */
export async function readSetupPlan(host: Host): Promise<SetupPlan> {
  const { settings: stored } = await host.readState()
  const settings = stored ?? defaultSettings()
  const user = stored ? await host.findUser(settings.user) : null
  const container = user ? await host.inspectContainer(user, settings.containerName) : null
  const own = holdsPorts(container, settings)
  const { facts, findings } = await readPreflight(host, settings, own)
  const obstacle = quadletObstacle(facts)
  return {
    findings,
    defaults: settings,
    bundledAvailable: await host.isBundledAvailable(),
    isSetUp: container !== null,
    ...(obstacle === undefined ? {} : { quadletObstacle: obstacle }),
  }
}
