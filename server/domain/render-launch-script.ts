/** The spec as a script for the home of the gateway's user: bash and podman are all it needs. */
import { gatewayAddress } from './gateway-address.ts'
import { type GatewaySpec, LABELS, READY_TIMEOUT_SECONDS } from './gateway-spec.ts'
import { LAUNCH_SCRIPT_BODY } from './launch-script-body.ts'
import { minimalConfig } from './razroom-config.ts'
import {
  gatewayArgs,
  podmanSetupArgs,
  podmanSetupExecArgs,
  type Slot,
  type SlotWriter,
} from './render-podman-run.ts'
import { seal } from './seal.ts'
import { shellQuote } from './shell-quote.ts'

/** The shell variable at each slot that the caller's environment may change. */
const VARIABLES: Readonly<Partial<Record<Slot, string>>> = {
  name: 'container',
  image: 'image',
  userns: 'userns',
  user: 'run_user',
  'env-file': 'env_file',
  'source.config': 'config_dir',
  'source.workspace': 'workspace_dir',
  'port.gateway': 'gateway_port',
  'port.bridge': 'bridge_port',
  [`label.${LABELS.spec}`]: 'spec_label',
  [`label.${LABELS.image}`]: 'image',
}

// A NUL can be in no value of a spec: it marks where a variable stands within a word.
const MARK = '\0'
const markVariables: SlotWriter = (slot, value) => {
  const variable = VARIABLES[slot]
  return variable === undefined ? value : `${MARK}${variable}${MARK}`
}

/** One word here, but none on a command line with podman's own default: the script has an array for it. */
const USERNS_FLAG = `--userns=${markVariables('userns', '')}`

/**
 * The script that is installed as ~/run-razroom-podman.sh (0700): `[launch] [setup]`. It works without the panel, never
 * sources `.env`, puts no secret on a command line, and takes the variables RAZROOM_PODMAN_CONTAINER, _IMAGE, _USERNS,
 * _GATEWAY_HOST_PORT, _BRIDGE_HOST_PORT, RAZROOM_CONFIG_DIR and RAZROOM_WORKSPACE_DIR.
 *
 * Exit codes: 0 the gateway answers, or the wizard ended well; 1 it does not; 2 a wrong argument or variable;
 * 3 something is missing on this machine.
 */
export function launchScript(spec: GatewaySpec): string {
  const text = `${header(spec)}\n${values(spec)}\n${argumentLists(spec)}${LAUNCH_SCRIPT_BODY}`
  return `#!/bin/bash\n${seal(text)}`
}

function header({ owner, paths: { launchScript: path } }: GatewaySpec): string {
  // A line break would end the comment and begin a command.
  if (/\p{Cc}/u.test(`${owner.name}${path}`))
    throw new TypeError(`a comment of a script cannot hold ${JSON.stringify([owner.name, path])}`)
  return `# Starts the Razroom gateway of ${owner.name} in a rootless Podman container. Needs neither razroom-panel nor Node.
# Written by razroom-panel setup, which writes it again when the settings change.
#
#   sudo -u ${owner.name} ${shellQuote(path)}
#   sudo -u ${owner.name} ${shellQuote(path)} setup
#
# Exit codes: 0 it answers; 1 it did not start; 2 a wrong argument or variable; 3 something is missing here.
set -euo pipefail
umask 077
# PATH: in an empty environment bash has one of its own, which podman would not see.
export LC_ALL=C PATH
`
}

function values(spec: GatewaySpec): string {
  const { paths } = spec
  const [gateway, bridge] = spec.publishes
  const source = (id: string) => spec.mounts.find((mount) => mount.id === id)?.source ?? ''
  const all: Record<string, string> = {
    user_name: spec.owner.name,
    user_id: String(spec.owner.uid),
    user_gid: String(spec.owner.gid),
    user_home: spec.owner.home,
    script_path: paths.launchScript,
    container: spec.name,
    image: spec.image,
    userns: spec.userns,
    config_dir: source('config'),
    workspace_dir: source('workspace'),
    plugin_cache_dir: source('plugin-cache'),
    log_dir: paths.logDir,
    address: gatewayAddress(gateway?.address ?? ''),
    gateway_port: String(gateway?.hostPort),
    bridge_port: String(bridge?.hostPort),
    spec_label: spec.labels[LABELS.spec] ?? '',
    minimal_config: minimalConfig(),
    ready_timeout: String(READY_TIMEOUT_SECONDS),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}=${shellQuote(value)}\n`)
  return lines.join('')
}

function argumentLists(spec: GatewaySpec): string {
  return `set_run_args() {
  run_args=(
${words(gatewayArgs(spec, markVariables))}  )
}

set_wizard_args() {
  wizard_args=(
${words(podmanSetupArgs(spec, markVariables))}  )
  wizard_exec_args=(
${words(podmanSetupExecArgs(spec, markVariables))}  )
}
`
}

function words(args: readonly string[]): string {
  return args
    .map((argument) => (argument === USERNS_FLAG ? `"\${userns_args[@]}"` : shellWord(argument)))
    .map((word) => `    ${word}\n`)
    .join('')
}

/** The argument as one word of the shell: its fixed parts quoted, its variables in double quotes. */
function shellWord(argument: string): string {
  return argument
    .split(MARK)
    .map((part, index) => (index % 2 === 1 ? `"$${part}"` : part === '' ? '' : shellQuote(part)))
    .join('')
}
