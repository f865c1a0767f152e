/** The values that `connect` writes: asked for on a terminal, else lines of standard input or of a file. Never argv. */
import type { ChannelConnection, ConnectionWish, ProviderConnection } from '../../contract/connections.ts'
import { type CommandContext, textOption } from './command.ts'
import { usageError } from './problem-error.ts'
import { decodeUtf8, readHidden, readInput } from './read-input.ts'

/** What is to be connected, as the panel told of it. */
export interface ConnectTarget {
  readonly provider: ProviderConnection | undefined
  readonly channels: readonly ChannelConnection[]
}

interface WantedValue {
  readonly name: string
  readonly about: string
  readonly isSet: boolean
  readonly isNeeded: boolean
}

/** Values by the name of their variable, as they were typed or stand in the lines. */
type Values = ReadonlyMap<string, string>

/**
 * The wish with its values. On a terminal each is asked for, and an empty answer keeps what is set. Without one, and with
 * `--from`, they are lines `NAME=value`; where one value alone is wanted, the line may be the value itself.
 * Errors: USAGE for a line that sets something else, FILE_TOO_LARGE, ENV_NOT_UTF8, and those of reading a file.
 */
export async function readWish(context: CommandContext, target: ConnectTarget): Promise<ConnectionWish> {
  const wanted = wantedValues(target)
  const values = await readValues(context, wanted)
  const model = textOption(context.options, 'model')
  const { provider, channels } = target
  const key = provider && values.get(provider.variable)
  return {
    ...(provider ? { provider: { id: provider.id, ...(key === undefined ? {} : { key }) } } : {}),
    ...(model === undefined ? {} : { model }),
    ...(channels.length === 0 ? {} : { channels: channels.map((channel) => withValues(channel, values)) }),
  }
}

function withValues({ id, variables }: ChannelConnection, values: Values) {
  const given = variables.flatMap(({ name }) => {
    const value = values.get(name)
    return value === undefined ? [] : [{ name, value }]
  })
  return { id, values: given }
}

function wantedValues({ provider, channels }: ConnectTarget): WantedValue[] {
  const keys = provider
    ? [
        {
          name: provider.variable,
          about: `Key for ${provider.service}.`,
          isSet: provider.isSet,
          isNeeded: !provider.isSet,
        },
      ]
    : []
  const others = channels.flatMap(({ variables, ways }) => {
    const isComplete = ways.some((way) =>
      way.every((name) => variables.some((one) => one.name === name && one.isSet)),
    )
    return variables.map(({ name, purpose, isSet }) => {
      const isNeeded = !isComplete && !isSet && ways.some((way) => way.includes(name))
      return { name, about: purpose, isSet, isNeeded }
    })
  })
  return [...keys, ...others]
}

async function readValues(context: CommandContext, wanted: readonly WantedValue[]): Promise<Values> {
  const { io, options, services } = context
  const from = textOption(options, 'from')
  if (from !== undefined && from !== '-')
    return parseLines(decodeUtf8(await services.readInputFile(from), from), wanted)
  if (io.stdin.isTTY === true && from === undefined) return askForAll(context, wanted)
  // A script whose standard input stays open must not hang where nothing is needed of it.
  if (from === undefined && !wanted.some(({ isNeeded }) => isNeeded)) return new Map()
  return parseLines(await readInput(io.stdin), wanted)
}

async function askForAll({ io }: CommandContext, wanted: readonly WantedValue[]): Promise<Values> {
  const values = new Map<string, string>()
  for (const { name, about, isSet, isNeeded } of wanted) {
    const empty = isSet ? ', empty keeps it' : isNeeded ? '' : ', empty leaves it out'
    const value = await readHidden(io, `${about}\n${name} (not shown${empty}): `)
    if (value.trim() !== '') values.set(name, value)
  }
  return values
}

function parseLines(text: string, wanted: readonly WantedValue[]): Values {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '' && !line.trimStart().startsWith('#'))
  const [only, ...more] = wanted
  const [single, ...others] = lines
  // The panel itself takes off what came with a value, a name in front of it, too.
  if (only && single && more.length === 0 && others.length === 0) return new Map([[only.name, single.line]])
  return new Map(lines.map(({ line, number }) => parseLine(line, number, wanted)))
}

function parseLine(line: string, number: number, wanted: readonly WantedValue[]): [string, string] {
  const name = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/.exec(line)?.[1]
  const found = wanted.find((one) => one.name === name)
  if (found && name !== undefined) return [name, line.slice(line.indexOf('=') + 1)]
  // What stands there may be a secret: it is not repeated.
  const names = wanted.map((one) => one.name).join(', ')
  throw usageError(`line ${number} of the input sets none of what is asked for: NAME=value with ${names}`)
}
