import { alwaysRoot, type Command } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

export const restart: Command = {
  name: 'restart',
  summary: 'Make the container anew and start it',
  forms: ['restart [--verbose] [--json]'],
  about: [
    'Takes over changes of .env, ports and image, which a plain podman restart does not.',
    'With --json: the finished Operation.',
  ],
  options: {},
  examples: [['sudo razroom-panel restart', 'restart it and wait until it answers']],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('restart', context.positionals)
    return runGatewayAction(
      context,
      (client) => client.call('POST /api/gateway/restart', {}),
      async (_, client) => {
        const { gateway } = await client.call('GET /api/status', {})
        context.out.line()
        context.out.line(`The gateway answers again: ${printable(gateway.url)}`)
      },
    )
  },
}
