/** What setup is to bring about: the stored settings, what it found on the machine, and what is asked for. */
import { defaultSettings, type Settings, type SetupRequest } from '../../contract/settings.ts'
import { directoryObstacle, pairObstacle, plainPath } from '../domain/directory-rules.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import { ConflictError, InputError, SetupError } from '../errors.ts'
import type { ContainerFacts, Host, PanelState } from '../host/host.ts'
import { type FoundAdoption, readAdoption } from './adoption.ts'
import { checkExposure } from './check-exposure.ts'
import { checkUser, isHalfMade, mayCreate, missingUser } from './check-user.ts'
import { readUnitPaths } from './found-gateway.ts'

export interface Decision {
  readonly stored: Settings | null
  readonly settings: Settings
  /** A gateway that the panel has not made, and that it takes over now. */
  readonly found: FoundAdoption | null
  /** The container that holds the ports now, if there is one. */
  readonly container: ContainerFacts | null
}

/**
 * The settings that follow from what is stored, what was found and what is asked for; each outranks those before it.
 * Another user than the stored one starts with directories of its own.
 */
export function requestedSettings(
  stored: Settings | null,
  request: SetupRequest,
  found: Partial<Settings> = {},
): Settings {
  const former = stored ?? defaultSettings()
  const isOther = request.user !== undefined && request.user !== former.user
  const base: Settings = {
    ...former,
    ...(isOther ? { configDir: null, workspaceDir: null } : {}),
    ...found,
  }
  const { confirmExposure: _confirmed, createUser: _created, ...asked } = request
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  const settings: Settings = { ...base, ...given }
  const plain = (path: string | null) => (path === null ? null : plainPath(path))
  return { ...settings, configDir: plain(settings.configDir), workspaceDir: plain(settings.workspaceDir) }
}

/** The settings without the panel's own, which somebody may change at the same time. */
export function gatewaySettings(settings: Settings): Partial<Settings> {
  const { adminUids: _admins, allowedHosts: _hosts, backupSchedule: _schedule, ...gateway } = settings
  return gateway
}

/**
 * Whether a setup has changed this machine: settings alone may be those of the panel, as who may use it. Every setup
 * leaves an entry in the record.
 */
export function hasBegun({ created }: Pick<PanelState, 'created'>): boolean {
  return created.length > 0
}

/**
 * Decides what setup is to bring about, and refuses what cannot be; changes nothing.
 * @throws AuthError USER_NOT_ADMITTED
 * @throws SetupError USER_MISSING, USER_UNSUITABLE; DIRECTORY_UNSUITABLE a path no gateway's files may lie at;
 *   IMAGE_MISSING a found gateway whose image cannot be told
 * @throws ConflictError EXPOSURE_UNCONFIRMED, GATEWAY_ELSEWHERE
 */
export async function decideSettings(host: Host, request: SetupRequest): Promise<Decision> {
  const state = await host.readState()
  const { settings: stored } = state
  const isBegun = hasBegun(state)
  checkPaths(request)
  const target = requestedSettings(stored, request)
  const isStoredOne = stored?.user === target.user && stored.containerName === target.containerName
  const present = await host.findUser(target.user)
  if (!present && !mayCreate(target.user, request.createUser === true))
    throw await missingUser(host, target.user)
  await host.requireAdmitted({ user: target.user })
  // One that is half made has no home yet, and no gateway.
  const user = present && isHalfMade(state.created, present) ? null : present
  if (user) await checkUser(host, user)
  if (stored && isBegun && !isStoredOne) await refuseElsewhere(host, stored, target)
  const found = user && !(isStoredOne && isBegun) ? await readAdoption(host, target) : null
  const settings = requestedSettings(stored, request, found?.adoption.settings)
  checkFound(found, request)
  // What is reachable already is no new exposure; the step that takes it over says so.
  checkExposure(
    settings,
    found?.adoption.settings.publishAddress ?? stored?.publishAddress ?? null,
    request.confirmExposure === true,
  )
  checkDirectories(settings, user?.home ?? `/home/${settings.user}`)
  const container = found
    ? found.gateway.container
    : user && (await host.inspectContainer(user, settings.containerName))
  return { stored, settings, found, container }
}

/** The request's paths, before they are made plain. */
function checkPaths({ configDir, workspaceDir }: SetupRequest): void {
  const fields = Object.entries({ configDir, workspaceDir }).flatMap(([name, path]) =>
    typeof path === 'string' &&
    (path.includes(':') || path.split('/').includes('..') || !path.startsWith('/'))
      ? [{ path: `body.${name}`, message: `is not an absolute path without ':', ',', '"' and '..'` }]
      : [],
  )
  if (fields.length === 0) return
  const detail = fields.map(({ path, message }) => `${path.replace('body.', '')} ${message}`).join('; ')
  throw new InputError('REQUEST_INVALID', { detail, fields })
}

function checkDirectories(settings: Settings, home: string): void {
  const { configDir, workspaceDir } = gatewayPaths({ home }, settings)
  const named = [settings.configDir, settings.workspaceDir].filter((path) => path !== null)
  const obstacle =
    named.map((path) => directoryObstacle(path, home)).find((found) => found !== null) ??
    pairObstacle(configDir, workspaceDir)
  if (obstacle !== null) throw new SetupError('DIRECTORY_UNSUITABLE', { detail: obstacle })
}

/** A gateway of two owners would run twice: the stored one must be gone before another is set up. */
async function refuseElsewhere(host: Host, stored: Settings, target: Settings): Promise<void> {
  const owner = await host.findUser(stored.user)
  if (!owner) return
  const [container, units] = await Promise.all([
    host.inspectContainer(owner, stored.containerName),
    readUnitPaths(host, owner, stored.containerName),
  ])
  if (!container && units.length === 0) return
  const what = container
    ? `the container ${stored.containerName}`
    : units.map(({ path }) => path).join(' and ')
  throw new ConflictError('GATEWAY_ELSEWHERE', {
    detail: `${stored.user} has ${what}; ${target.user} cannot have ${target.containerName} beside it`,
  })
}

/** A gateway that is run somehow is not exchanged for one with another image on a guess. */
function checkFound(found: FoundAdoption | null, request: SetupRequest): void {
  if (!found?.gateway.run || request.image !== undefined || found.adoption.settings.image !== undefined)
    return
  throw new SetupError('IMAGE_MISSING', {
    detail: `the image of the gateway that ${found.adoption.user} has cannot be told (${found.adoption.found.join('; ')}); name one: --repo DIR, --image REFERENCE or --bundled`,
  })
}
