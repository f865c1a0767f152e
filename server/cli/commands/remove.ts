import { alwaysRoot, type Command } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { refuseOperands } from '../parse-arguments.ts'

export const remove: Command = {
  name: 'remove',
  summary: 'Remove the container; config and workspace stay',
  forms: ['remove [--verbose] [--json]'],
  about: ['With --json: the finished Operation.'],
  options: {},
  examples: [['sudo razroom-panel remove', 'stop and remove the container']],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('remove', context.positionals)
    return runGatewayAction(
      context,
      (client) => client.call('DELETE /api/gateway/container', {}),
      ({ changed }) => {
        context.out.line(changed ? 'The container is removed.' : 'There was no container.')
        context.out.line('Config and workspace are kept. Make it anew: sudo razroom-panel launch')
      },
    )
  },
}
