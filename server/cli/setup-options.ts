/** The options of setup that say who runs the gateway, under which name, and where: from command line and environment. */
import { resolve } from 'node:path'
import { isAbsolutePath, isIpAddress } from '../../contract/rules.ts'
import type { Mode, SetupRequest } from '../../contract/settings.ts'
import type { CliIo } from './cli-io.ts'
import { type OptionSpec, type OptionValues, textOption } from './command.ts'
import { parseHostPort } from './parse-port.ts'
import { modeFromEnv, placeFromEnv, portsFromEnv } from './podman-variables.ts'
import { usageError } from './problem-error.ts'

/** Everything of setup but where the image comes from. */
export const PLACE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  quadlet: { type: 'boolean', about: 'run it as a systemd service of its user' },
  container: { type: 'boolean', about: 'run it as a container that you start' },
  'start-at-boot': { type: 'boolean', about: 'start the service with the machine' },
  'no-start-at-boot': { type: 'boolean', about: 'leave the service for you to start' },
  'gateway-port': { type: 'string', value: 'N', about: 'port of the gateway on this machine' },
  'bridge-port': { type: 'string', value: 'N', about: 'port of the bridge on this machine' },
  publish: { type: 'string', value: 'ADDRESS', about: 'where the ports answer; at first 127.0.0.1' },
  user: { type: 'string', value: 'NAME', about: 'run it as this existing user; at first razroom' },
  'container-name': { type: 'string', value: 'NAME', about: 'name of the container; at first razroom' },
  'config-dir': { type: 'string', value: 'DIR', about: 'its configuration; at first ~/.razroom of its user' },
  'workspace-dir': { type: 'string', value: 'DIR', about: 'its workspace; at first in the configuration' },
  userns: { type: 'string', value: 'MODE', about: 'user namespace: keep-id (at first), auto or host' },
}

type Env = Pick<CliIo, 'env'>

/** The part of the request that options and environment make together; options win. Errors: USAGE. */
export function readPlaceOptions(options: OptionValues, io: Pick<CliIo, 'env' | 'cwd'>): SetupRequest {
  const named = placeFromEnv(io.env)
  const text = (option: string, key: keyof typeof named) => textOption(options, option) ?? named[key]
  const user = textOption(options, 'user')
  const mode = readMode(options, io)
  const startAtBoot = readStartAtBoot(options)
  const userns = text('userns', 'userns')
  const publishAddress = textOption(options, 'publish')
  if (publishAddress !== undefined && !isIpAddress(publishAddress))
    throw usageError(`--publish must be an IP address, not ${JSON.stringify(publishAddress)}`)
  const directory = (option: string, key: 'configDir' | 'workspaceDir') => {
    const path = text(option, key)
    return path === undefined ? {} : { [key]: readDirectory(path, io.cwd, option) }
  }
  const containerName = text('container-name', 'containerName')
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(startAtBoot === undefined ? {} : { startAtBoot }),
    ...readPorts(options, io),
    ...(publishAddress === undefined ? {} : { publishAddress }),
    ...(user === undefined
      ? named.user === undefined
        ? {}
        : { user: readUser(named.user, 'RAZROOM_PODMAN_USER'), createUser: true }
      : { user: readUser(user, '--user') }),
    ...(containerName === undefined ? {} : { containerName: readContainerName(containerName) }),
    ...directory('config-dir', 'configDir'),
    ...directory('workspace-dir', 'workspaceDir'),
    ...(userns === undefined ? {} : { userns: readUserns(userns) }),
  }
}

/** True for an address that only this machine reaches; the panel itself decides, this only words the question. */
export function isExposed({ publishAddress }: SetupRequest): boolean {
  if (publishAddress === undefined) return false
  return !/^127\.|^::1$|^(0{1,4}:){7}0{0,3}1$/.test(publishAddress)
}

function readMode(options: OptionValues, io: Env): Mode | undefined {
  if (options.quadlet === true && options.container === true)
    throw usageError('--quadlet and --container exclude each other')
  if (options.quadlet === true) return 'quadlet'
  return options.container === true ? 'container' : modeFromEnv(io.env)
}

function readStartAtBoot(options: OptionValues): boolean | undefined {
  const [on, off] = [options['start-at-boot'] === true, options['no-start-at-boot'] === true]
  if (on && off) throw usageError('--start-at-boot and --no-start-at-boot exclude each other')
  return on ? true : off ? false : undefined
}

function readPorts(options: OptionValues, io: Env): Pick<SetupRequest, 'gatewayPort' | 'bridgePort'> {
  const gatewayPort = textOption(options, 'gateway-port')
  const bridgePort = textOption(options, 'bridge-port')
  return {
    ...portsFromEnv(io.env),
    ...(gatewayPort === undefined ? {} : { gatewayPort: parseHostPort(gatewayPort, '--gateway-port') }),
    ...(bridgePort === undefined ? {} : { bridgePort: parseHostPort(bridgePort, '--bridge-port') }),
  }
}

function readUser(name: string, source: string): string {
  if (/^[a-z_][a-z0-9_-]{0,30}$/.test(name)) return name
  throw usageError(`${source} must be a user name, not ${JSON.stringify(name)}`)
}

function readContainerName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(name)) return name
  throw usageError(`the container’s name must be letters, digits and _ . -, not ${JSON.stringify(name)}`)
}

function readDirectory(path: string, cwd: string, option: string): string {
  const full = resolve(cwd, path)
  if (path !== '' && isAbsolutePath(full)) return full
  throw usageError(`--${option} must be a directory, not ${JSON.stringify(path)}`)
}

function readUserns(mode: string): 'keep-id' | 'auto' | 'host' {
  if (mode === 'keep-id' || mode === 'auto' || mode === 'host') return mode
  throw usageError(`the user namespace must be keep-id, auto or host, not ${JSON.stringify(mode)}`)
}
