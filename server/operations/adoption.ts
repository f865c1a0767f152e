/** Taking over a gateway that Razroom's own scripts or a person made: what there is, and the settings that keep it so. */
import type { Adoption } from '../../contract/schemas.ts'
import { defaultSettings, type ImageSource, type Settings } from '../../contract/settings.ts'
import { isImageReference } from '../domain/container-grammar.ts'
import { directoryObstacle, plainPath } from '../domain/directory-rules.ts'
import type { FoundRun } from '../domain/found-run.ts'
import { exposureOf, isPublishAddress } from '../domain/gateway-address.ts'
import { CONTAINER_PORTS } from '../domain/gateway-spec.ts'
import { quadletObstacle } from '../domain/quadlet-obstacle.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { type FoundGateway, findGateway } from './found-gateway.ts'

const MIN_PORT = 1_024
/** The tag that Razroom's own scripts build. */
const SCRIPT_IMAGE = 'localhost/razroom:local'
const CONFIG_TARGET = /^\/home\/[^/]+\/\.razroom$|^\/root\/\.razroom$/

export interface FoundAdoption {
  readonly adoption: Adoption
  readonly gateway: FoundGateway
}

/**
 * What setup would take over from this user: a container or a unit of this name, or the files of a gateway in the home.
 * @param target the user and the name, asked for or by default
 * @returns null when there is no such user, or nothing of a gateway
 */
export async function readAdoption(
  host: Host,
  target: Pick<Settings, 'user' | 'containerName'>,
): Promise<FoundAdoption | null> {
  const user = await host.findUser(target.user)
  if (!user || user.uid === 0) return null
  // Nothing can be in a home that is not there or somebody else's, and nobody may look.
  if ((await host.readHome(user)).state !== 'own') return null
  const gateway = await findGateway(host, user, target.containerName)
  const { container, unit, files, run } = gateway
  if (!container && !unit && files.length === 0) return null
  const image = await readImage(host, user, run)
  const settings: Partial<Settings> = {
    user: user.name,
    containerName: target.containerName,
    ...(await readMode(host, gateway)),
    ...(image === null ? {} : { image }),
    ...(run ? { ...readPorts(run), ...readDirectories(run, user.home), userns: readUserns(run) } : {}),
  }
  return { gateway, adoption: { user: user.name, found: describe(user, gateway, settings), settings } }
}

/** A unit means a service, where this machine can have one. */
async function readMode(host: Host, found: FoundGateway): Promise<Partial<Settings>> {
  if (!found.unit || quadletObstacle(await host.readFacts()) !== undefined) return { mode: 'container' }
  return { mode: 'quadlet', startAtBoot: found.startsAtBoot }
}

/** The image by its full name: podman gives `razroom:local` the name localhost/razroom:local when it is built. */
async function readImage(host: Host, user: UserAccount, run: FoundRun | null): Promise<ImageSource | null> {
  const named = run ? run.image : SCRIPT_IMAGE
  if (named === undefined || !isImageReference(named)) return null
  const image = await host.inspectImage(user, named)
  if (!image) return run && /[./].*\//.test(named) ? { kind: 'registry', reference: named } : null
  const full = image.references.find((name) => name === named || name.endsWith(`/${withTag(named)}`))
  return { kind: 'registry', reference: full ?? named }
}

function withTag(name: string): string {
  return /[:@][^/]*$/.test(name) ? name : `${name}:latest`
}

function readPorts({ publishes }: FoundRun): Partial<Settings> {
  const of = (id: keyof typeof CONTAINER_PORTS) =>
    publishes.find(
      ({ containerPort, hostPort }) => containerPort === CONTAINER_PORTS[id] && hostPort >= MIN_PORT,
    )
  const [gateway, bridge] = [of('gateway'), of('bridge')]
  const address = gateway?.hostAddress === '' ? '0.0.0.0' : gateway?.hostAddress
  return {
    ...(gateway ? { gatewayPort: gateway.hostPort } : {}),
    ...(bridge ? { bridgePort: bridge.hostPort } : {}),
    ...(address !== undefined && isPublishAddress(address) && !address.includes(':')
      ? { publishAddress: address }
      : {}),
  }
}

function readDirectories({ volumes }: FoundRun, home: string): Partial<Settings> {
  const config = volumes.find(({ target }) => CONFIG_TARGET.test(plainPath(target)))
  const workspace = volumes.find(
    ({ target }) =>
      CONFIG_TARGET.test(plainPath(target).replace(/\/workspace$/, '')) && target.includes('/workspace'),
  )
  const usable = (path: string | undefined, usual: string) =>
    path === undefined || plainPath(path) === usual || directoryObstacle(path, home) !== null
      ? null
      : plainPath(path)
  const configDir = usable(config?.source, `${plainPath(home)}/.razroom`)
  const usualWorkspace = `${configDir ?? `${plainPath(home)}/.razroom`}/workspace`
  return { configDir, workspaceDir: usable(workspace?.source, usualWorkspace) }
}

function readUserns({ userns }: FoundRun): Settings['userns'] {
  if (userns?.startsWith('keep-id')) return 'keep-id'
  return userns === 'host' ? 'host' : 'auto'
}

function describe(user: UserAccount, found: FoundGateway, settings: Partial<Settings>): string[] {
  const { container, unit, files } = found
  const { gatewayPort, bridgePort, publishAddress, image } = settings
  const ports = [gatewayPort, bridgePort].filter((port) => port !== undefined)
  const exposure = publishAddress === undefined ? null : exposureOf(publishAddress, ports)
  const usual = defaultSettings()
  return [
    `the user ${user.name} (uid ${user.uid}, home ${user.home})`,
    ...(container ? [`the container ${container.name}, which is ${container.status}`] : []),
    ...(unit ? [`the unit ${unit.path}`] : []),
    ...(image?.kind === 'registry' ? [`the image ${image.reference}`] : []),
    ...(ports.length > 0
      ? [`ports ${ports.join(' and ')} on ${publishAddress ?? usual.publishAddress}`]
      : []),
    ...(exposure === null ? [] : [`other machines can reach it: ${exposure}`]),
    ...files,
  ]
}
