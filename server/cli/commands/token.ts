import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

const SOURCE_NAMES = { config: 'razroom.json', env: '.env' } as const

export const token: Command = {
  name: 'token',
  summary: 'Show or rotate the token that the gateway checks',
  forms: ['token show [--json]', 'token rotate [--verbose] [--json]'],
  about: [
    'show prints the token alone on stdout; where it comes from goes to stderr. With --json:\n' +
      '{ token, source: "config"|"env", sourcesAgree }.',
    'rotate makes a new one, restarts the gateway and proves that it takes the new and refuses the old.\n' +
      'With --json: the finished Operation, without the token.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel token show', 'print it'],
    ['sudo razroom-panel token rotate', 'replace it'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [word, ...others] = context.positionals
    const what = chooseSubcommand('token', word, ['show', 'rotate'])
    refuseOperands(`token ${what}`, others)
    return what === 'show' ? show(context) : rotate(context)
  },
}

async function show({ client, out }: CommandContext): Promise<number> {
  const reveal = await (await client()).call('POST /api/token/reveal', {})
  if (out.json) {
    out.document(reveal)
    return 0
  }
  out.line(printable(reveal.token))
  out.note(`From ${SOURCE_NAMES[reveal.source]}.`)
  if (!reveal.sourcesAgree) {
    const other = SOURCE_NAMES[reveal.source === 'env' ? 'config' : 'env']
    out.note(
      `${other} holds another one, which the gateway ignores. Make them one: sudo razroom-panel token rotate`,
    )
  }
  return 0
}

function rotate(context: CommandContext): Promise<number> {
  return runGatewayAction(
    context,
    (client) => client.call('POST /api/token/rotate', { body: {} }),
    () => {
      context.out.line()
      context.out.line('The gateway takes the new token and refuses the old one.')
      context.out.line('Show it: sudo razroom-panel token show')
    },
  )
}
