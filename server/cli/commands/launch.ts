import type { OperationStarted } from '../../../contract/schemas.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { portsFromEnv } from '../podman-variables.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

/** The launch script that setup puts into the home of the user. */
const WIZARD_BY_HAND = 'sudo -u razroom /home/razroom/run-razroom-podman.sh setup'

export const launch: Command = {
  name: 'launch',
  summary: 'Start the gateway',
  forms: ['launch [--verbose] [--json]'],
  about: [
    'Ends when the gateway answers; a first start can take minutes. RAZROOM_PODMAN_GATEWAY_HOST_PORT and\n' +
      'RAZROOM_PODMAN_BRIDGE_HOST_PORT, where set, become the ports; a container with other ones is made anew.',
    `The onboarding wizard (launch setup) is not part of the panel yet. By hand:\n  ${WIZARD_BY_HAND}`,
    'With --json: the finished Operation.',
  ],
  options: {},
  examples: [['sudo razroom-panel launch', 'start it and wait until it answers']],
  needsRoot: alwaysRoot,
  async run(context) {
    const [word, ...others] = context.positionals
    if (word !== undefined) {
      chooseSubcommand('launch', word, ['setup'])
      throw usageError(`the onboarding wizard is not part of the panel yet; by hand: ${WIZARD_BY_HAND}`)
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

/** Starts it; when the environment names other ports, these are kept and a container that exists is made anew. */
async function start({ io }: CommandContext, client: Client): Promise<OperationStarted> {
  const ports = portsFromEnv(io.env)
  if (Object.keys(ports).length > 0) {
    const settings = await client.call('GET /api/settings', {})
    const isChange =
      (ports.gatewayPort ?? settings.gatewayPort) !== settings.gatewayPort ||
      (ports.bridgePort ?? settings.bridgePort) !== settings.bridgePort
    if (isChange) {
      await client.call('PUT /api/settings', { body: ports })
      const { gateway } = await client.call('GET /api/status', {})
      if (gateway.state !== 'absent') return client.call('POST /api/gateway/restart', {})
    }
  }
  return client.call('POST /api/gateway/start', {})
}
