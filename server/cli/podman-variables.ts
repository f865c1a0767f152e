import type { Mode } from '../../contract/settings.ts'
import type { CliIo } from './cli-io.ts'
import { parseHostPort } from './parse-port.ts'
import { usageError } from './problem-error.ts'

/** A variable's value; an empty one counts as not set, as in Razroom's own Podman scripts. */
function variable(env: CliIo['env'], name: string): string | undefined {
  const value = env[name]
  return value === undefined || value === '' ? undefined : value
}

/** RAZROOM_PODMAN_QUADLET: 1, yes or true for a systemd service, 0, no or false for a container. Errors: USAGE. */
export function modeFromEnv(env: CliIo['env']): Mode | undefined {
  const value = variable(env, 'RAZROOM_PODMAN_QUADLET')?.toLowerCase()
  if (value === undefined) return undefined
  if (['1', 'yes', 'true'].includes(value)) return 'quadlet'
  if (['0', 'no', 'false'].includes(value)) return 'container'
  throw usageError(`RAZROOM_PODMAN_QUADLET must be 1 or 0, not ${JSON.stringify(value)}`)
}

/** The host ports named by the environment. Errors: USAGE. */
export function portsFromEnv(env: CliIo['env']): { gatewayPort?: number; bridgePort?: number } {
  const port = (name: string): number | undefined => {
    const value = variable(env, name)
    return value === undefined ? undefined : parseHostPort(value, name)
  }
  const gatewayPort = port('RAZROOM_PODMAN_GATEWAY_HOST_PORT')
  const bridgePort = port('RAZROOM_PODMAN_BRIDGE_HOST_PORT')
  return {
    ...(gatewayPort === undefined ? {} : { gatewayPort }),
    ...(bridgePort === undefined ? {} : { bridgePort }),
  }
}

/** RAZROOM_REPO_PATH: the Razroom checkout to build from. */
export function repoFromEnv(env: CliIo['env']): string | undefined {
  return variable(env, 'RAZROOM_REPO_PATH')
}

/** RAZROOM_PODMAN_IMAGE: an image by its name, for those who do not build one. */
export function imageFromEnv(env: CliIo['env']): string | undefined {
  return variable(env, 'RAZROOM_PODMAN_IMAGE')
}

/** Who runs the gateway, under which name and where, as far as the environment says; unchecked. */
export interface PlaceFromEnv {
  readonly user?: string
  readonly containerName?: string
  readonly configDir?: string
  readonly workspaceDir?: string
  readonly userns?: string
}

/**
 * RAZROOM_PODMAN_USER, RAZROOM_PODMAN_CONTAINER, RAZROOM_CONFIG_DIR, RAZROOM_WORKSPACE_DIR, RAZROOM_PODMAN_USERNS.
 */
export function placeFromEnv(env: CliIo['env']): PlaceFromEnv {
  const names = {
    user: 'RAZROOM_PODMAN_USER',
    containerName: 'RAZROOM_PODMAN_CONTAINER',
    configDir: 'RAZROOM_CONFIG_DIR',
    workspaceDir: 'RAZROOM_WORKSPACE_DIR',
    userns: 'RAZROOM_PODMAN_USERNS',
  }
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => {
      const value = variable(env, name)
      return value === undefined ? [] : [[key, value]]
    }),
  )
}
