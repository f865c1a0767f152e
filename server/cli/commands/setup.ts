import type { ImageSource, SetupRequest } from '../../../contract/settings.ts'
import { allowNamed } from '../allowances.ts'
import { askYes, canAsk } from '../ask.ts'
import type { CliIo } from '../cli-io.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext, type OptionValues } from '../command.ts'
import { formatTime } from '../format-time.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { buildGatewayLink, describeImage } from '../gateway-link.ts'
import { IMAGE_FORM, IMAGE_OPTIONS, readImageSource, registrySource, repoSource } from '../image-options.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { imageFromEnv, repoFromEnv } from '../podman-variables.ts'
import { isExposed, PLACE_OPTIONS, readPlaceOptions } from '../setup-options.ts'
import { printable } from '../terminal-text.ts'

export const setup: Command = {
  name: 'setup',
  summary: 'Set the gateway up and start it',
  forms: [
    'setup [--quadlet|--container] [--start-at-boot|--no-start-at-boot]',
    `      ${IMAGE_FORM}`,
    '      [--gateway-port N] [--bridge-port N] [--publish ADDRESS]',
    '      [--user NAME] [--container-name NAME] [--config-dir DIR] [--workspace-dir DIR]',
    '      [--userns keep-id|auto|host] [--verbose] [--json]',
  ],
  about: [
    'Makes the user razroom, brings the image for it, writes what is missing of its configuration, and starts the\n' +
      'gateway. Running it again changes only what differs. Nothing that exists is replaced: no token, no config.',
    'With --user an existing user runs it, and nothing is made for that user but what it lacks. A gateway that this\n' +
      'user already has (a container, a unit, files of one) is taken over with its token, ports and image.',
    'Without an image source the panel takes the one it used last, at first the bundled gateway: a small one that\n' +
      "keeps Razroom's outside, for a first try.",
    '--publish with an address beyond loopback opens the gateway to other machines: on a terminal it asks first.',
    'The environment gives defaults: RAZROOM_PODMAN_QUADLET (1 or 0), RAZROOM_PODMAN_GATEWAY_HOST_PORT,\n' +
      'RAZROOM_PODMAN_BRIDGE_HOST_PORT, RAZROOM_PODMAN_USER (made when there is none), RAZROOM_PODMAN_CONTAINER,\n' +
      'RAZROOM_PODMAN_USERNS, RAZROOM_CONFIG_DIR, RAZROOM_WORKSPACE_DIR, RAZROOM_REPO_PATH, RAZROOM_PODMAN_IMAGE.',
    'With --json: the finished Operation.',
  ],
  options: {
    ...PLACE_OPTIONS,
    ...IMAGE_OPTIONS,
  },
  examples: [
    ['sudo razroom-panel setup --repo ~/razroom', 'build Razroom from a checkout and start it'],
    ['sudo razroom-panel setup --bundled', 'try the panel with the bundled gateway'],
    ['sudo razroom-panel setup --gateway-port 28789', 'use another port'],
    ['sudo razroom-panel setup --quadlet --user alice', 'run it as a service of alice'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('setup', context.positionals)
    const request = readSetupRequest(context.options, context.io)
    await allowNamed(context, { user: request.user, mayBeMissing: request.createUser, image: request.image })
    const body = isExposed(request) ? { ...request, confirmExposure: true } : request
    if (isExposed(request)) await sayExposure(context, request)
    return runGatewayAction(
      context,
      (client) => client.call('POST /api/setup', { body }),
      ({ changed }, client) => conclude(context, client, changed),
    )
  },
}

/** The request that options and environment make together; options win. Errors: USAGE. */
export function readSetupRequest(options: OptionValues, io: Pick<CliIo, 'env' | 'cwd'>): SetupRequest {
  const image = readImage(options, io)
  return { ...readPlaceOptions(options, io), ...(image === undefined ? {} : { image }) }
}

/** Naming the address is the consent; a person at a terminal is asked once more, a script is told. */
async function sayExposure({ io, out }: CommandContext, request: SetupRequest): Promise<void> {
  const exposure =
    `--publish ${request.publishAddress}: every machine that reaches this address can then reach the gateway and ` +
    'its bridge. Only the token protects them, and it crosses the network unencrypted.'
  out.note(exposure)
  if (!out.json && canAsk(io)) await askYes(io, 'Publish it there?')
}

/** A checkout outranks an image by its name, as in Razroom's own scripts: there the name is what it is built as. */
function readImage(options: OptionValues, io: Pick<CliIo, 'env' | 'cwd'>): ImageSource | undefined {
  const named = readImageSource(options, io)
  if (named !== undefined) return named
  const repo = repoFromEnv(io.env)
  if (repo !== undefined) return repoSource('RAZROOM_REPO_PATH', repo, io)
  const image = imageFromEnv(io.env)
  return image === undefined ? undefined : registrySource('RAZROOM_PODMAN_IMAGE', image)
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
