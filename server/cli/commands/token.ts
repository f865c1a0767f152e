import { tokenProblem } from '../../../contract/rules.ts'
import type { Operation } from '../../../contract/schemas.ts'
import { InputError } from '../../errors.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { readHidden, readInput } from '../read-input.ts'
import { printable } from '../terminal-text.ts'

const SOURCE_NAMES = { config: 'razroom.json', env: '.env' } as const

export const token: Command = {
  name: 'token',
  summary: 'Show, rotate or reconcile the token that the gateway checks',
  forms: [
    'token show [--json]',
    'token rotate [--custom] [--verbose] [--json]',
    'token reconcile [--verbose] [--json]',
  ],
  about: [
    'show prints the token alone on stdout; where it comes from goes to stderr. With --json:\n' +
      '{ token, source: "config"|"env", sourcesAgree }.',
    'rotate makes a new one, restarts the gateway and proves that it takes the new and refuses the old.\n' +
      'Open browsers must log in again. With --custom the new one is yours: asked for on a terminal without showing\n' +
      'it, else read from standard input, so that it gets neither into the process list nor into the history of the\n' +
      'shell. It needs 24 to 512 letters, digits and . _ ~ + / = -, of at least 8 different ones.',
    'reconcile writes the token that the gateway checks into .env, where another one stands. The gateway goes on as\n' +
      'it is, and browsers stay logged in. Exit code 1 when both files agree already.',
    'rotate and reconcile with --json: the finished Operation, without the token.',
  ],
  options: {
    custom: { type: 'boolean', about: 'rotate: take a token of your own, typed or from standard input' },
  },
  examples: [
    ['sudo razroom-panel token show', 'print it'],
    ['sudo razroom-panel token rotate', 'replace it'],
    ['sudo razroom-panel token rotate --custom < token.txt', 'replace it by your own'],
    ['sudo razroom-panel token reconcile', 'have one token in both files'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [word, ...others] = context.positionals
    const what = chooseSubcommand('token', word, ['show', 'rotate', 'reconcile'])
    const isCustom = context.options.custom === true
    if (isCustom && what !== 'rotate') throw usageError(`token ${what} has no option --custom`)
    if (what === 'rotate') return rotate(context, isCustom, others)
    refuseOperands(`token ${what}`, others)
    return what === 'show' ? show(context) : reconcile(context)
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
      `${other} holds another one, which the gateway ignores. Make them one: sudo razroom-panel token reconcile`,
    )
  }
  return 0
}

async function rotate(
  context: CommandContext,
  isCustom: boolean,
  operands: readonly string[],
): Promise<number> {
  // What stands there may be a token: it is not repeated.
  if (operands.length > 0)
    throw usageError(
      'token rotate takes no operand; a token of your own: token rotate --custom, which asks for it',
    )
  const body = isCustom ? { token: await readOwnToken(context) } : {}
  return runGatewayAction(
    context,
    (client) => client.call('POST /api/token/rotate', { body }),
    (operation) => {
      const proof = operation.steps.find(({ id }) => id === 'prove-token')?.found
      context.out.line()
      if (proof !== undefined) context.out.line(printable(asSentence(proof)))
      if (operation.changed) context.out.line('Show it: sudo razroom-panel token show')
    },
  )
}

/** Checked here already: nothing that can not be a token is sent anywhere. */
async function readOwnToken({ io }: CommandContext): Promise<string> {
  const text =
    io.stdin.isTTY === true
      ? await readHidden(io, 'New token (not shown): ')
      : (await readInput(io.stdin)).replace(/\r?\n$/, '')
  const message = tokenProblem(text)
  if (message === null) return text
  throw new InputError('TOKEN_REFUSED', { detail: `it ${message}`, fields: [{ path: 'token', message }] })
}

function reconcile(context: CommandContext): Promise<number> {
  return runGatewayAction(
    context,
    (client) => client.call('POST /api/token/reconcile', {}),
    (_operation: Operation, client) => concludeReconciling(context, client),
  )
}

async function concludeReconciling({ out }: CommandContext, client: Client): Promise<void> {
  out.line()
  out.line('.env holds the token that the gateway checks. Whoever is logged in stays so.')
  const { restartRequired } = await client.call('GET /api/status', {})
  if (restartRequired) out.line('Commands inside the container have it after: sudo razroom-panel restart')
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
