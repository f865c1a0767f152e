/** The spec as arguments of `podman run` (podman-run(1)). */
import type { GatewaySpec, Mount, Publish } from './gateway-spec.ts'

/** The places of the command line that a rendering may fill by another word: the launch script puts variables there. */
export type Slot =
  | 'name'
  | 'image'
  | 'userns'
  | 'user'
  | 'env-file'
  | `source.${Mount['id']}`
  | `port.${Publish['id']}`
  | `label.${string}`

/** What is written at a slot, given the spec's own value. */
export type SlotWriter = (slot: Slot, value: string) => string

const asIs: SlotWriter = (_slot, value) => value

/**
 * Arguments after `podman run` that create and start the gateway's container in the background, replacing one of the
 * same name. `--pull=never`: the image is built or loaded beforehand, and nothing is fetched behind a person's back.
 *
 * @param write other words for its slots
 */
export function gatewayArgs(spec: GatewaySpec, write: SlotWriter = asIs): string[] {
  return [
    '--detach',
    '--replace',
    `--name=${write('name', spec.name)}`,
    ...sharedArgs(spec, write),
    `--stop-timeout=${spec.stopTimeoutSeconds}`,
    `--log-driver=${spec.logs.driver}`,
    `--log-opt=path=${spec.logs.path}`,
    `--log-opt=max-size=${spec.logs.maxSize}`,
    ...spec.publishes.map((publish) => {
      const hostPort = write(`port.${publish.id}`, String(publish.hostPort))
      return `--publish=${hostAddress(publish.address)}:${hostPort}:${publish.containerPort}`
    }),
    ...Object.entries(spec.labels).map(([key, value]) => `--label=${key}=${write(`label.${key}`, value)}`),
    '--',
    write('image', spec.image),
    ...spec.command,
  ]
}

/**
 * Arguments after `podman run` for the onboarding wizard in a container of its own: a terminal, the same files and
 * environment, no published port, and no log, because people type their keys there.
 */
export function podmanSetupArgs(spec: GatewaySpec, write: SlotWriter = asIs): string[] {
  return interactiveArgs(spec, `${write('name', spec.name)}-setup`, spec.wizardCommand, write)
}

/** The same for a command of the panel's terminal. */
export function ownTerminalArgs(spec: GatewaySpec, name: string, command: readonly string[]): string[] {
  return interactiveArgs(spec, name, command, asIs)
}

function interactiveArgs(
  spec: GatewaySpec,
  name: string,
  command: readonly string[],
  write: SlotWriter,
): string[] {
  return [
    '--interactive',
    '--tty',
    '--rm',
    '--replace',
    `--name=${name}`,
    ...sharedArgs(spec, write),
    '--log-driver=none',
    '--',
    write('image', spec.image),
    ...command,
  ]
}

/** Arguments after `podman exec` for the wizard inside the running gateway, which it can reach there. */
export function podmanSetupExecArgs(spec: GatewaySpec, write: SlotWriter = asIs): string[] {
  return ['--interactive', '--tty', write('name', spec.name), ...spec.wizardCommand]
}

function sharedArgs(spec: GatewaySpec, write: SlotWriter): string[] {
  return [
    '--pull=never',
    ...usernsArgs(spec, write),
    `--user=${write('user', spec.user)}`,
    ...(spec.init ? ['--init'] : []),
    ...spec.mounts.map((mount) => {
      const options = mount.relabel ? 'rw,Z' : 'rw'
      return `--volume=${write(`source.${mount.id}`, mount.source)}:${mount.target}:${options}`
    }),
    `--env-file=${write('env-file', spec.envFile)}`,
    ...Object.entries(spec.env).map(([key, value]) => `--env=${key}=${value}`),
  ]
}

/** `auto` is podman's own default, which has no word on the command line. */
function usernsArgs({ userns }: GatewaySpec, write: SlotWriter): string[] {
  const mode = write('userns', userns)
  return mode === 'auto' ? [] : [`--userns=${mode}`]
}

/** IPv6 addresses stand in brackets before a port (podman-run(1), --publish). */
export function hostAddress(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
