import { resolve } from 'node:path'
import { isAbsolutePath } from '../../../contract/rules.ts'
import type { ImageSource, Mode, SetupRequest } from '../../../contract/settings.ts'
import type { CliIo } from '../cli-io.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext, type OptionValues, textOption } from '../command.ts'
import { formatTime } from '../format-time.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { buildGatewayLink, describeImage } from '../gateway-link.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { parseHostPort } from '../parse-port.ts'
import { ignoredVariables, modeFromEnv, portsFromEnv, repoFromEnv } from '../podman-variables.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

/** Options of the public interface that this version refuses, with what to do instead. */
const NOT_YET: Readonly<Record<string, string>> = {
  image: 'use --repo DIR or --bundled',
  archive: 'use --repo DIR or --bundled',
  publish: 'the gateway is published on 127.0.0.1',
  user: 'the gateway runs as the user razroom',
}

export const setup: Command = {
  name: 'setup',
  summary: 'Set the gateway up and start it',
  forms: [
    'setup [--quadlet|--container] [--repo DIR|--bundled]',
    '      [--gateway-port N] [--bridge-port N] [--verbose] [--json]',
  ],
  about: [
    'Makes the user razroom, builds the image for it, writes what is missing of its configuration, and starts the\n' +
      'gateway. Running it again changes only what differs. Nothing that exists is replaced: no token, no config.',
    'Without an image source the panel takes the one it used last, at first the bundled gateway: a small one that\n' +
      "keeps Razroom's outside, for a first try.",
    'The environment gives defaults: RAZROOM_PODMAN_QUADLET (1 or 0), RAZROOM_PODMAN_GATEWAY_HOST_PORT,\n' +
      'RAZROOM_PODMAN_BRIDGE_HOST_PORT, RAZROOM_REPO_PATH.',
    'With --json: the finished Operation. Not available yet: --image, --archive, --publish, --user.',
  ],
  options: {
    quadlet: { type: 'boolean', about: 'run it as a systemd user service (not available yet)' },
    container: { type: 'boolean', about: 'run it as a container that you start' },
    repo: { type: 'string', value: 'DIR', about: 'build the image from this Razroom checkout' },
    bundled: { type: 'boolean', about: 'build the bundled gateway, for a first try' },
    'gateway-port': { type: 'string', value: 'N', about: 'port of the gateway on 127.0.0.1' },
    'bridge-port': { type: 'string', value: 'N', about: 'port of the bridge on 127.0.0.1' },
    image: { type: 'string', value: 'REF', about: 'not available yet' },
    archive: { type: 'string', value: 'FILE', about: 'not available yet' },
    publish: { type: 'string', value: 'ADDRESS', about: 'not available yet' },
    user: { type: 'string', value: 'NAME', about: 'not available yet' },
  },
  examples: [
    ['sudo razroom-panel setup --repo ~/razroom', 'build Razroom from a checkout and start it'],
    ['sudo razroom-panel setup --bundled', 'try the panel with the bundled gateway'],
    ['sudo razroom-panel setup --gateway-port 28789', 'use another port'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('setup', context.positionals)
    const body = readSetupRequest(context.options, context.io)
    for (const name of ignoredVariables(context.io.env))
      context.out.note(`${name} is set, but this version has no setting for it: it is not followed.`)
    return runGatewayAction(
      context,
      (client) => client.call('POST /api/setup', { body }),
      ({ changed }, client) => conclude(context, client, changed),
    )
  },
}

/** The request that options and environment make together; options win. Errors: USAGE. */
export function readSetupRequest(options: OptionValues, io: Pick<CliIo, 'env' | 'cwd'>): SetupRequest {
  for (const [name, instead] of Object.entries(NOT_YET))
    if (options[name] !== undefined) throw usageError(`--${name} is not available yet: ${instead}`)
  const mode = readMode(options, io)
  const image = readImage(options, io)
  const ports = portsFromEnv(io.env)
  const gatewayPort = textOption(options, 'gateway-port')
  const bridgePort = textOption(options, 'bridge-port')
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(image === undefined ? {} : { image }),
    ...ports,
    ...(gatewayPort === undefined ? {} : { gatewayPort: parseHostPort(gatewayPort, '--gateway-port') }),
    ...(bridgePort === undefined ? {} : { bridgePort: parseHostPort(bridgePort, '--bridge-port') }),
  }
}

function readMode(options: OptionValues, io: Pick<CliIo, 'env'>): Mode | undefined {
  if (options.quadlet === true && options.container === true)
    throw usageError('--quadlet and --container exclude each other')
  if (options.quadlet === true) return 'quadlet'
  return options.container === true ? 'container' : modeFromEnv(io.env)
}

function readImage(options: OptionValues, io: Pick<CliIo, 'env' | 'cwd'>): ImageSource | undefined {
  const named = textOption(options, 'repo')
  if (options.bundled === true) {
    if (named !== undefined) throw usageError('--repo and --bundled exclude each other')
    return { kind: 'bundled' }
  }
  const repo = named ?? repoFromEnv(io.env)
  if (repo === undefined) return undefined
  const path = resolve(io.cwd, repo)
  const source = named === undefined ? 'RAZROOM_REPO_PATH' : '--repo'
  if (repo === '' || !isAbsolutePath(path))
    throw usageError(`${source} must be a directory, not ${JSON.stringify(repo)}`)
  return { kind: 'repo', path }
}

async function conclude({ out, hasDaemon }: CommandContext, client: Client, changed: boolean): Promise<void> {
  const now = await client.call('GET /api/status', {})
  out.line()
  out.line(
    changed ? 'The gateway is set up and answers.' : 'Everything was already set up: nothing was changed.',
  )
  if (now.image !== null) out.line(`Image: ${printable(describeImage(now.image))}`)
  out.line()
  out.line(`  Gateway  ${printable(await buildGatewayLink(client, now))}`)
  if (await hasDaemon()) {
    const link = await client.call('POST /api/login-link', {})
    out.line(`  Panel    ${printable(link.url)}`)
    out.line(out.style('dim', `           works once, until ${formatTime(link.expiresAt)}`))
  } else out.line('  Panel    not running; start it: sudo razroom-panel serve')
}
