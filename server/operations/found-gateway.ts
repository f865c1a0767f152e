/** What is there of a gateway that the panel may not have made: units, container, files. */

import { MAX_CONFIG_BYTES } from '../../contract/config.ts'
import type { UnitView } from '../../contract/unit.ts'
import { isContainerName } from '../domain/container-grammar.ts'
import {
  type FoundRun,
  isWanted,
  readPodmanRun,
  readQuadletFile,
  readServiceFile,
} from '../domain/found-run.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, UserAccount } from '../host/host.ts'

import { unitPlace } from './unit-file.ts'

const KINDS: ReadonlyArray<UnitView['kind']> = ['quadlet', 'service']

export interface FoundUnit {
  readonly kind: UnitView['kind']
  readonly path: string
  readonly text: string
}

export interface FoundGateway {
  readonly container: ContainerFacts | null
  /** The one that systemd would take first. */
  readonly unit: FoundUnit | null
  /** Paths of the files that are there, of those a gateway has in the home. */
  readonly files: readonly string[]
  /** How it is run, as far as unit and container tell; null when neither does. */
  readonly run: FoundRun | null
  readonly startsAtBoot: boolean
}

/** Files of units for a container of this name, the one that outranks the other first (systemd.unit(5)). */
export async function readUnitPaths(host: Host, user: UserAccount, name: string): Promise<FoundUnit[]> {
  const units: FoundUnit[] = []
  for (const kind of KINDS.toReversed()) {
    const { path } = unitPlace(user, name, kind)
    const found = await host.readUserFile(user, path, MAX_CONFIG_BYTES)
    if (found) units.push({ kind, path, text: new TextDecoder().decode(found.bytes) })
  }
  return units
}

/** Looks for a gateway of this user and name. Nothing is changed. */
export async function findGateway(host: Host, user: UserAccount, name: string): Promise<FoundGateway> {
  const paths = gatewayPaths(user, { configDir: null, workspaceDir: null })
  const [unit = null] = await readUnitPaths(host, user, name)
  const run = unit && readUnit(unit, user.home)
  const [container, ...files] = await Promise.all([
    host.inspectContainer(user, containerName(name, unit, run)),
    ...[paths.envFile, paths.configFile, paths.launchScript].map((path) => findFile(host, user, path)),
  ])
  return {
    container,
    unit,
    files: files.filter((file) => file !== null),
    run: mergeRuns(run, container),
    startsAtBoot: unit !== null && (await isStartedAtBoot(host, user, unit)),
  }
}

/** Quadlet calls the container of x.container systemd-x unless the file says otherwise (podman-systemd.unit(5)). */
function containerName(name: string, unit: FoundUnit | null, run: FoundRun | null): string {
  if (run?.name !== undefined && isContainerName(run.name)) return run.name
  return unit?.kind === 'quadlet' ? `systemd-${name}` : name
}

/** The path, with a remark when it is there but not for this user: root's, after an edit with sudo. */
async function findFile(host: Host, user: UserAccount, path: string): Promise<string | null> {
  try {
    return (await host.readUserFile(user, path, MAX_CONFIG_BYTES)) === null ? null : path
  } catch (error) {
    if (!(error instanceof PanelError) || error.code !== 'FILE_DENIED') throw error
    return `${path}, which ${user.name} may not read`
  }
}

function readUnit({ kind, text }: FoundUnit, home: string): FoundRun | null {
  return kind === 'quadlet' ? readQuadletFile(text, home) : readServiceFile(text, home)
}

/** The unit says how it starts the next time; the container how it was started, which podman knows best. */
function mergeRuns(unit: FoundRun | null, container: ContainerFacts | null): FoundRun | null {
  if (!container) return unit
  const created = readPodmanRun(container.createCommand)
  const said = unit ?? created
  const image = unit?.image ?? imageName(container)
  return {
    publishes: unit?.publishes.length ? unit.publishes : container.ports,
    volumes: said?.volumes ?? [],
    envFiles: said?.envFiles ?? [],
    env: said?.env ?? [],
    ...(said?.userns === undefined ? {} : { userns: said.userns }),
    ...(image === undefined ? {} : { image }),
  }
}

/** podman leaves the name empty, or says the id, when the image has lost its name. */
function imageName({ imageName: name }: ContainerFacts): string | undefined {
  return name === '' || /^(sha256:)?[0-9a-f]{64}$/.test(name) ? undefined : name
}

/** Without the user's manager, which may not run: by the links that enabling makes (systemctl(1), enable). */
async function isStartedAtBoot(host: Host, user: UserAccount, unit: FoundUnit): Promise<boolean> {
  if (unit.kind === 'quadlet') return isWanted(unit.text)
  const directory = unit.path.slice(0, unit.path.lastIndexOf('/'))
  const name = unit.path.slice(directory.length + 1)
  return (await host.listUserDirectory(user, `${directory}/default.target.wants`)).includes(name)
}
