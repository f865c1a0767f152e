import type { OperationStarted, Status } from '../../../contract/schemas.ts'
import type { ImageSource, Settings } from '../../../contract/settings.ts'
import type { WizardMark } from '../../../contract/versions.ts'
import { SetupError } from '../../errors.ts'
import { allowNamed } from '../allowances.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { registrySource } from '../image-options.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { imageFromEnv, portsFromEnv, repoFromEnv } from '../podman-variables.ts'
import { usageError } from '../problem-error.ts'
import { readPlaceOptions } from '../setup-options.ts'
import { printable } from '../terminal-text.ts'

/** The panel takes the wizard for ended when it hears nothing of it for 90 seconds. */
const MARK_EVERY_MS = 30_000
const PLACE = ['user', 'configDir', 'workspaceDir', 'containerName', 'userns'] as const

export const launch: Command = {
  name: 'launch',
  summary: 'Start the gateway, or its onboarding wizard',
  forms: ['launch [--verbose] [--json]', 'launch setup'],
  about: [
    'Ends when the gateway answers; a first start can take minutes. RAZROOM_PODMAN_GATEWAY_HOST_PORT and\n' +
      'RAZROOM_PODMAN_BRIDGE_HOST_PORT, where set, become the ports; a container with other ones is made anew.',
    'RAZROOM_CONFIG_DIR, RAZROOM_WORKSPACE_DIR, RAZROOM_PODMAN_CONTAINER, RAZROOM_PODMAN_USERNS, RAZROOM_PODMAN_USER (one\n' +
      'that exists) and RAZROOM_PODMAN_IMAGE (without RAZROOM_REPO_PATH, as in setup), where set to other than what is,\n' +
      'are a change that setup makes; a gateway of another user or name is removed first.',
    'launch setup: the onboarding wizard of the gateway on this terminal, inside the gateway when it runs, else in a\n' +
      'container of its own. It is the launch script in the home of the gateway’s user that runs it.',
    'With --json: the finished Operation.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel launch', 'start it and wait until it answers'],
    ['sudo razroom-panel launch setup', 'add a provider or a channel by the wizard'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [word, ...others] = context.positionals
    if (word !== undefined) {
      chooseSubcommand('launch', word, ['setup'])
      refuseOperands('launch setup', others)
      return runWizard(context)
    }
    refuseOperands('launch', others)
    return runGatewayAction(
      context,
      (client) => start(context, client),
      async ({ changed }, client) => {
        const { gateway } = await client.call('GET /api/status', {})
        context.out.line()
        context.out.line(
          `${changed ? 'The gateway answers' : 'The gateway was already running'}: ${printable(gateway.url)}`,
        )
        context.out.line('Its token: sudo razroom-panel token show')
      },
    )
  },
}

async function runWizard({ client, io, out, services }: CommandContext): Promise<number> {
  if (out.json || !io.isTty || io.stdin.isTTY !== true)
    throw usageError('the wizard asks questions: run it on a terminal, without --json')
  const panel = await client()
  const { user, isSetUp } = await panel.call('GET /api/status', {})
  if (!isSetUp || user.home === null) throw new SetupError('SETUP_REQUIRED')
  const mark = (state: WizardMark['state']) => panel.call('POST /api/wizard-mark', { body: { state } })
  await mark('running')
  const renewal = setInterval(() => {
    // Without the panel nothing is noticed, and the terminal is the wizard's.
    mark('running').catch(() => undefined)
  }, MARK_EVERY_MS)
  try {
    return await services.runWizard({ name: user.name, home: user.home })
  } finally {
    clearInterval(renewal)
    await mark('ended').catch(() =>
      out.note('The panel could not be told: it takes the changes for ones from outside.'),
    )
  }
}

/**
 * Starts it; when the environment names other ports, these are kept and a container that exists is made anew. Another
 * place, user or image is what setup brings about: directories are made, with the files that the gateway needs.
 */
async function start(context: CommandContext, client: Client): Promise<OperationStarted> {
  const ports = portsFromEnv(context.io.env)
  const place = placeOfLaunch(context.io)
  const named = imageOfLaunch(context.io)
  if ([ports, place].every((values) => Object.keys(values).length === 0) && named === undefined)
    return client.call('POST /api/gateway/start', {})
  const settings = await client.call('GET /api/settings', {})
  const { gateway, image: present, isSetUp, user } = await client.call('GET /api/status', {})
  const image = named !== undefined && isOther(named, settings, present) ? { image: named } : {}
  if (isSetUp && ('image' in image || differs(place, whereItIs(settings, user.home)))) {
    if (place.user !== settings.user) await allowNamed(context, { user: place.user })
    return client.call('POST /api/setup', { body: { ...ports, ...place, ...image } })
  }
  if (differs(ports, settings)) {
    await client.call('PUT /api/settings', { body: ports })
    if (gateway.state !== 'absent') return client.call('POST /api/gateway/restart', {})
  }
  return client.call('POST /api/gateway/start', {})
}

/**
 * What the launch script of Razroom takes, besides ports and image. The mode is setup's, and so is making a user: a
 * name that is mistyped makes none here.
 */
function placeOfLaunch(io: CommandContext['io']): Partial<Pick<Settings, (typeof PLACE)[number]>> {
  const named = readPlaceOptions({}, io)
  return Object.fromEntries(PLACE.flatMap((key) => (named[key] === undefined ? [] : [[key, named[key]]])))
}

/** With a checkout the name is only what that is built as, and to build it anew is for setup and update. */
function imageOfLaunch({ env }: CommandContext['io']) {
  const image = imageFromEnv(env)
  if (image === undefined || repoFromEnv(env) !== undefined) return undefined
  return registrySource('RAZROOM_PODMAN_IMAGE', image)
}

/** Whether this is not the image in use, by its name in the settings or by the one it was built or loaded as. */
function isOther(
  { reference }: Extract<ImageSource, { kind: 'registry' }>,
  { image }: Settings,
  present: Status['image'],
): boolean {
  const names = [image.kind === 'registry' ? image.reference : undefined, present?.reference]
  // podman looks for a name without a registry among those of localhost first.
  return !names.includes(reference) && !names.includes(`localhost/${reference}`)
}

/** The settings with the directories that are meant where none is named. */
function whereItIs(settings: Settings, home: string | null): Settings {
  const configDir = settings.configDir ?? `${home}/.razroom`
  return { ...settings, configDir, workspaceDir: settings.workspaceDir ?? `${configDir}/workspace` }
}

function differs(named: Partial<Settings>, settings: Settings): boolean {
  return (Object.keys(named) as (keyof Settings)[]).some((key) => named[key] !== settings[key])
}
