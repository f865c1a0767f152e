import { alwaysRoot, type Command } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { refuseOperands } from '../parse-arguments.ts'

export const stop: Command = {
  name: 'stop',
  summary: 'Stop the gateway',
  forms: ['stop [--verbose] [--json]'],
  about: ['The container stays and can be started again. With --json: the finished Operation.'],
  options: {},
  examples: [['sudo razroom-panel stop', 'stop it']],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('stop', context.positionals)
    return runGatewayAction(
      context,
      (client) => client.call('POST /api/gateway/stop', {}),
      ({ changed }) => {
        context.out.line(changed ? 'The gateway has stopped.' : 'The gateway was not running.')
        context.out.line('Start it again: sudo razroom-panel launch')
      },
    )
  },
}
