/** The one typed description of the gateway's container. Every other form of it is a rendering of this. */
import { createHash } from 'node:crypto'
import { isIpAddress, isPublishablePort } from '../../contract/rules.ts'
import type { Settings, UserNamespace } from '../../contract/settings.ts'
import { InputError, SetupError } from '../errors.ts'
import { isContainerName, isImageReference, isMountablePath, isUserName } from './container-grammar.ts'

/** The account the container belongs to. */
export interface SpecUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

export interface GatewayPaths {
  readonly home: string
  readonly configDir: string
  readonly workspaceDir: string
  readonly envFile: string
  readonly configFile: string
  readonly pluginCacheDir: string
  readonly logDir: string
  readonly logFile: string
  readonly launchScript: string
  /** Drop-ins of the user's containers.conf(5). */
  readonly containersConfDir: string
  readonly containersConfFile: string
  /** The user's storage.conf (containers-storage.conf(5)), and the image store itself. */
  readonly storageConfFile: string
  readonly imageStoreDir: string
}

export interface Mount {
  readonly id: 'config' | 'workspace' | 'plugin-cache'
  readonly source: string
  readonly target: string
  /** Private SELinux label (`:Z`, podman-run(1)). */
  readonly relabel: boolean
}

export interface Publish {
  readonly id: 'gateway' | 'bridge'
  readonly address: string
  readonly hostPort: number
  readonly containerPort: number
}

export interface GatewaySpec {
  /** The account podman runs as. */
  readonly owner: SpecUser
  readonly paths: GatewayPaths
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  /** The onboarding wizard: the same container with this command and a terminal. */
  readonly wizardCommand: readonly string[]
  readonly userns: UserNamespace
  /** `uid:gid` of the process inside: with keep-id the same numbers as outside, else root, who is the owner outside. */
  readonly user: string
  readonly mounts: readonly Mount[]
  readonly envFile: string
  /** Set after the env file, which they therefore outrank. No secret, ever: they show in the process list. */
  readonly env: Readonly<Record<string, string>>
  readonly publishes: readonly Publish[]
  /** An init process that reaps children; needs catatonit on the host. */
  readonly init: boolean
  readonly stopTimeoutSeconds: number
  readonly logs: { readonly driver: 'k8s-file'; readonly path: string; readonly maxSize: string }
  readonly labels: Readonly<Record<string, string>>
}

export interface GatewaySpecInput {
  readonly user: SpecUser
  readonly settings: Pick<
    Settings,
    | 'containerName'
    | 'gatewayPort'
    | 'bridgePort'
    | 'publishAddress'
    | 'configDir'
    | 'workspaceDir'
    | 'userns'
  >
  /** As podman names it, for example localhost/razroom:bundled. */
  readonly imageReference: string
  /** SELinux is enforcing on the host. */
  readonly seLinux: boolean
  /** An init process in the container: only where catatonit is installed. True unless said. */
  readonly init?: boolean
}

/** Labels of a container made from a spec. */
export const LABELS = {
  spec: 'io.razroom.panel.spec',
  image: 'io.razroom.panel.image',
} as const

/** Ports inside the container (docs/facts/razroom-gateway.md). */
export const CONTAINER_PORTS = { gateway: 18789, bridge: 18790 } as const
/** How long a start may take: a first one needs about three minutes (docs/facts/razroom-gateway.md). */
export const READY_TIMEOUT_SECONDS = 900
/** Idle it ends in 0.4 s, with Telegram in 5.4 s; before it is ready SIGTERM is ignored (same source). */
export const STOP_TIMEOUT_SECONDS = 20
/** podman keeps one generation: at this size the old lines are gone. */
const LOG_MAX_SIZE = '64mb'
const CONTAINER_HOME = '/home/node'

/** Where config and workspace lie, when not in the home of the user. */
export type GatewayDirectories = Pick<Settings, 'configDir' | 'workspaceDir'>

/**
 * The gateway's files.
 * @param user its home, an absolute path
 * @param directories null: `~/.razroom`, and `workspace` below the config directory
 */
export function gatewayPaths(user: Pick<SpecUser, 'home'>, directories: GatewayDirectories): GatewayPaths {
  const home = user.home.length > 1 ? user.home.replace(/\/+$/, '') : user.home
  const configDir = directories.configDir ?? `${home}/.razroom`
  const dataDir = `${home}/.local/share/razroom`
  const containersConfDir = `${home}/.config/containers/containers.conf.d`
  return {
    home,
    configDir,
    workspaceDir: directories.workspaceDir ?? `${configDir}/workspace`,
    envFile: `${configDir}/.env`,
    configFile: `${configDir}/razroom.json`,
    pluginCacheDir: `${dataDir}/plugin-cache`,
    logDir: `${dataDir}/log`,
    logFile: `${dataDir}/log/gateway.log`,
    launchScript: `${home}/run-razroom-podman.sh`,
    containersConfDir,
    containersConfFile: `${containersConfDir}/50-razroom-panel.conf`,
    storageConfFile: `${home}/.config/containers/storage.conf`,
    imageStoreDir: `${home}/.local/share/containers/storage`,
  }
}

/**
 * Describes the gateway's container. Why each part is so: docs/facts/razroom-gateway.md (command, plugin cache,
 * RAZROOM_NO_RESPAWN, stop time), docs/facts/podman-and-systemd.md (keep-id, init, k8s-file, publish address).
 *
 * @throws {SetupError} USER_UNSUITABLE the account is root, or its home can't be mounted
 * @throws {InputError} REQUEST_INVALID a value podman could read as something else
 */
export function gatewaySpec(input: GatewaySpecInput): GatewaySpec {
  checkInput(input)
  const { user, settings, imageReference, seLinux } = input
  const paths = gatewayPaths(user, settings)
  const mount = (id: Mount['id'], source: string, target: string): Mount => ({
    id,
    source,
    target,
    relabel: seLinux,
  })
  const publish = (id: Publish['id'], hostPort: number): Publish => ({
    id,
    address: settings.publishAddress,
    hostPort,
    containerPort: CONTAINER_PORTS[id],
  })
  const spec: Omit<GatewaySpec, 'labels'> = {
    owner: { name: user.name, uid: user.uid, gid: user.gid, home: paths.home },
    paths,
    name: settings.containerName,
    image: imageReference,
    command: ['node', 'dist/index.js', 'gateway', '--bind', 'lan', '--port', String(CONTAINER_PORTS.gateway)],
    wizardCommand: ['node', 'dist/index.js', 'onboard'],
    userns: settings.userns,
    user: settings.userns === 'keep-id' ? `${user.uid}:${user.gid}` : '0:0',
    mounts: [
      mount('config', paths.configDir, `${CONTAINER_HOME}/.razroom`),
      mount('workspace', paths.workspaceDir, `${CONTAINER_HOME}/.razroom/workspace`),
      // Compiled plugins: without it each recreate starts cold, 98 s instead of 51 s.
      mount('plugin-cache', paths.pluginCacheDir, '/tmp/jiti'),
    ],
    envFile: paths.envFile,
    env: {
      HOME: CONTAINER_HOME,
      TERM: 'xterm-256color',
      // A change of gateway.* would otherwise end the process with exit code 0.
      RAZROOM_NO_RESPAWN: '1',
    },
    publishes: [publish('gateway', settings.gatewayPort), publish('bridge', settings.bridgePort)],
    init: input.init ?? true,
    stopTimeoutSeconds: STOP_TIMEOUT_SECONDS,
    logs: { driver: 'k8s-file', path: paths.logFile, maxSize: LOG_MAX_SIZE },
  }
  const labels = {
    [LABELS.spec]: specFingerprint(spec),
    [LABELS.image]: spec.image,
  }
  return { ...spec, labels }
}

/** sha-256 (hex) of everything in the spec but its labels: two specs with one fingerprint run the same container. */
export function specFingerprint(spec: Omit<GatewaySpec, 'labels'>): string {
  const canonical = JSON.stringify(spec, (key, value: unknown) => {
    if (key === 'labels') return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
  return createHash('sha256').update(canonical).digest('hex')
}

function checkInput({ user, settings, imageReference }: GatewaySpecInput): void {
  const isId = (id: number) => Number.isInteger(id) && id > 0
  if (!isId(user.uid) || !isId(user.gid) || !isUserName(user.name)) {
    const who = `${JSON.stringify(user.name)} (uid ${user.uid}, gid ${user.gid})`
    throw new SetupError('USER_UNSUITABLE', {
      detail: `the gateway does not run as ${who}; use an ordinary user`,
    })
  }
  if (!isMountablePath(user.home) || /^\/+$/.test(user.home)) {
    throw new SetupError('USER_UNSUITABLE', {
      detail: `the home of ${user.name} is ${JSON.stringify(user.home)}: podman needs an absolute path without ':', ',' and '"'`,
    })
  }
  const problems = [
    ...(['configDir', 'workspaceDir'] as const).map((path) => ({
      path,
      isFine: settings[path] === null || isMountablePath(settings[path]),
      message: `not an absolute path without ':', ',' and '"'`,
    })),
    {
      path: 'containerName',
      isFine: isContainerName(settings.containerName),
      message: 'not a container name',
    },
    {
      path: 'gatewayPort',
      isFine: isPublishablePort(settings.gatewayPort),
      message: 'not a port from 1024 on',
    },
    {
      path: 'bridgePort',
      isFine: isPublishablePort(settings.bridgePort),
      message: 'not a port from 1024 on',
    },
    {
      path: 'bridgePort',
      isFine: settings.bridgePort !== settings.gatewayPort,
      message: 'the same as gatewayPort',
    },
    { path: 'publishAddress', isFine: isIpAddress(settings.publishAddress), message: 'not an IP address' },
    { path: 'imageReference', isFine: isImageReference(imageReference), message: 'not an image reference' },
  ].filter((rule) => !rule.isFine)
  if (problems.length > 0) {
    throw new InputError('REQUEST_INVALID', {
      detail: problems.map((problem) => `${problem.path}: ${problem.message}`).join('; '),
      fields: problems.map(({ path, message }) => ({ path, message })),
    })
  }
}
