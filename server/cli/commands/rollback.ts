import { alwaysRoot, type Command } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { describeImage } from '../gateway-link.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

export const rollback: Command = {
  name: 'rollback',
  summary: 'Run the image before the last update again',
  forms: ['rollback [--verbose] [--json]'],
  about: [
    'The present image is kept, so that a second rollback goes forward again.',
    'With --json: the finished Operation.',
  ],
  options: {},
  examples: [['sudo razroom-panel rollback', 'go back to the image before the last update']],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('rollback', context.positionals)
    return runGatewayAction(
      context,
      (client) => client.call('POST /api/image/rollback', {}),
      async ({ steps }, client) => {
        const end = steps.find(({ id }) => id === 'finish-rollback')
        const { image } = await client.call('GET /api/status', {})
        context.out.line()
        if (image?.isRunning === false)
          context.out.line(`The step back changed nothing that runs: ${printable(end?.found ?? '')}`)
        else if (image !== null)
          context.out.line(`The gateway runs again: ${printable(describeImage(image))}`)
        context.out.line('Forward again: sudo razroom-panel rollback')
      },
    )
  },
}
