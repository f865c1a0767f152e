import type {
  ChannelConnection,
  ConnectionPreview,
  Connections,
  FilePreview,
} from '../../../contract/connections.ts'
import { nearest } from '../../../contract/nearest.ts'
import { NotFoundError } from '../../errors.ts'
import { askYes, canAsk } from '../ask.ts'
import { alwaysRoot, type Command, type CommandContext, listOption, textOption } from '../command.ts'
import { type ConnectTarget, readWish } from '../connect-values.ts'
import { runGatewayAction } from '../gateway-action.ts'
import type { Output } from '../output.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

export const connect: Command = {
  name: 'connect',
  summary: 'Give the gateway a model provider’s key, a model and channels',
  forms: [
    'connect [--provider P] [--model P/M] [--channel C]... [--from FILE] [--no-restart]',
    ' [--yes] [--json]',
    'connect --list [--json]',
  ],
  about: [
    'Keys and tokens are asked for on a terminal without showing them; otherwise they are read from standard input, or\n' +
      'from FILE (- is standard input), as lines NAME=value; one value alone may stand there by itself. They are no options,\n' +
      'so that they get neither into the process list nor into the history of the shell. What is set already stays unless\n' +
      'a new value is given.',
    'Shown first: each line of .env and razroom.json that changes, secrets masked. After yes both files are written, or\n' +
      'none, and a gateway that runs is restarted. Without a terminal, and with --json, it needs --yes.',
    'With --json: the finished Operation; --list prints the Connections, without any secret.',
  ],
  options: {
    provider: { type: 'string', value: 'P', about: 'whose key is written, for example anthropic' },
    model: { type: 'string', value: 'P/M', about: 'the default model, for example openai/gpt-5.2' },
    channel: { type: 'string', value: 'C', multiple: true, about: 'a channel, for example telegram' },
    from: { type: 'string', value: 'FILE', about: 'read the values from there' },
    'no-restart': { type: 'boolean', about: 'do not restart: it takes effect at the next start' },
    list: { type: 'boolean', about: 'what can be connected, and what is' },
    yes: { type: 'boolean', about: 'do not ask' },
  },
  examples: [
    ['sudo razroom-panel connect --list', 'the names'],
    ['sudo razroom-panel connect --provider anthropic', 'asks for the key'],
    ['sudo razroom-panel connect --channel slack --from tokens.txt --yes', 'from a script'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const { options, positionals } = context
    // What stands there may be a key: it is not repeated.
    if (positionals.length > 0)
      throw usageError('connect takes no operand; keys and tokens are asked for, or read by --from')
    if (options.list === true) return list(context)
    const names = ['provider', 'model'].some((name) => textOption(options, name) !== undefined)
    if (!names && listOption(options, 'channel').length === 0)
      throw usageError('connect needs --provider, --model or --channel; their names: connect --list')
    if (context.out.json && options.yes !== true)
      throw usageError('connect changes files: with --json it needs --yes')
    return apply(context)
  },
}

async function list({ client, out }: CommandContext): Promise<number> {
  const found = await (await client()).call('GET /api/connections', {})
  if (out.json) {
    out.document(found)
    return 0
  }
  out.line(`Model: ${found.model === null ? 'none is set' : printable(found.model)}`)
  out.line('Providers:')
  for (const { id, service, setIn } of found.providers) out.line(row(id, service, setIn))
  out.line('Channels:')
  for (const { id, service, isSet } of found.channels) out.line(row(id, service, isSet ? '.env' : undefined))
  return 0
}

function row(id: string, service: string, setIn: string | undefined): string {
  return `  ${id.padEnd(18)} ${service}${setIn === undefined ? '' : ` (set: ${setIn})`}`
}

async function apply(context: CommandContext): Promise<number> {
  const { options, out, io } = context
  const client = await context.client()
  const target = findTarget(await client.call('GET /api/connections', {}), context)
  const wish = await readWish(context, target)
  const preview = await client.call('POST /api/connections/preview', { body: wish })
  if (!out.json) showPreview(out, preview)
  if (options.yes !== true) {
    if (!canAsk(io)) throw usageError('nothing was changed; without a terminal connect needs --yes')
    await askYes(io, 'Write this?')
  }
  const { etags } = preview
  const restart = options['no-restart'] !== true
  return runGatewayAction(
    context,
    (panel) => panel.call('POST /api/connections', { body: { ...wish, etags, restart } }),
    (operation) => {
      const seen = operation.steps.find(({ id }) => id === 'verify-connection')?.found
      out.line()
      if (seen !== undefined) out.line(printable(`${seen.charAt(0).toUpperCase()}${seen.slice(1)}.`))
    },
  )
}

function findTarget(known: Connections, { options }: CommandContext): ConnectTarget {
  const id = textOption(options, 'provider')
  const provider = id === undefined ? undefined : findById('provider', id, known.providers)
  const channels = [...new Set(listOption(options, 'channel'))].map(
    (channel): ChannelConnection => findById('channel', channel, known.channels),
  )
  return { provider, channels }
}

function findById<T extends { readonly id: string }>(what: string, id: string, known: readonly T[]): T {
  const found = known.find((one) => one.id === id)
  if (found) return found
  const meant = nearest(
    id,
    known.map((one) => one.id),
  )
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  // What stands there may be a key: it is not repeated.
  throw new NotFoundError('CONNECTION_UNKNOWN', { detail: `there is no ${what} of this name${hint}` })
}

function showPreview(out: Output, { env, config, findings }: ConnectionPreview): void {
  showFile(out, env)
  showFile(out, config)
  for (const { severity, title, evidence, hint } of findings) {
    out.note(`${severity === 'info' ? 'note' : severity}: ${printable(title)}`)
    if (evidence !== '') out.note(`  ${printable(evidence)}`)
    if (hint !== undefined) out.note(`  ${printable(hint)}`)
  }
}

function showFile(out: Output, { path, changed, difference }: FilePreview): void {
  out.line(changed ? `${printable(path)}:` : `${printable(path)} stays as it is.`)
  for (const { sign, text } of difference) {
    const line = `  ${sign} ${printable(text)}`
    out.line(sign === '+' ? out.style('green', line) : sign === '-' ? out.style('red', line) : line)
  }
}
