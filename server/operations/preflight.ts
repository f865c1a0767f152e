import type { Finding, SetupPlan } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { preflight } from '../domain/findings.ts'
import { quadletObstacle } from '../domain/quadlet-obstacle.ts'
import type { ContainerFacts, Host, HostFacts } from '../host/host.ts'
import { readAdoption } from './adoption.ts'
import { findOtherHolders } from './gateway-container.ts'
import { hasBegun } from './setup-settings.ts'

/** Where rootless podman keeps its images for a user that does not exist yet. */
const HOMES = '/home'

/**
 * Looks at the machine for setup.
 * @param container of the gateway, if there is one: the ports it holds are its own
 */
export async function readPreflight(
  host: Host,
  settings: Settings,
  container: ContainerFacts | null,
): Promise<{ facts: HostFacts; findings: Finding[] }> {
  const user = await host.findUser(settings.user)
  const [facts, diskFreeBytes, portHolders] = await Promise.all([
    host.readFacts(),
    host.readDiskFree(user?.home ?? HOMES),
    findOtherHolders(host, settings, container),
  ])
  return { facts, findings: preflight({ facts, portHolders, diskFreeBytes }) }
}

/** What the setup page shows before it starts. */
export async function readSetupPlan(host: Host): Promise<SetupPlan> {
  const state = await host.readState()
  const { settings: stored } = state
  const isBegun = hasBegun(state)
  const settings = stored ?? defaultSettings()
  const user = stored ? await host.findUser(settings.user) : null
  const container = user ? await host.inspectContainer(user, settings.containerName) : null
  const found = isBegun ? null : await readAdoption(host, settings)
  const { facts, findings } = await readPreflight(
    host,
    { ...settings, ...found?.adoption.settings },
    found ? found.gateway.container : container,
  )
  const obstacle = quadletObstacle(facts)
  return {
    findings,
    // A machine that can keep a service gets one, unless something is there already.
    defaults: isBegun || found || obstacle !== undefined ? settings : { ...settings, mode: 'quadlet' },
    bundledAvailable: await host.isBundledAvailable(),
    isSetUp: container !== null,
    ...(found ? { adoption: found.adoption } : {}),
    ...(obstacle === undefined ? {} : { quadletObstacle: obstacle }),
  }
}
