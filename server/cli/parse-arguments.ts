import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../../contract/nearest.ts'
import type { Command, OptionSpec, OptionValues } from './command.ts'
import { usageError } from './problem-error.ts'

/** Options that every command knows. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  json: { type: 'boolean', about: 'one JSON document on stdout; a problem document on failure' },
  verbose: { type: 'boolean', short: 'v', about: 'show what the steps run and print' },
  help: { type: 'boolean', short: 'h', about: 'show this text' },
}

export interface CommandLine {
  /** The first word that is no option, or undefined. */
  readonly name: string | undefined
  /** Everything else, in order. */
  readonly rest: readonly string[]
}

/** Splits argv (without program and script) into the command's name and what belongs to it. */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  const index = argv.findIndex((word) => !word.startsWith('-'))
  if (index < 0) return { name: undefined, rest: argv }
  return { name: argv[index], rest: argv.toSpliced(index, 1) }
}

/** True when `--json` is among the options, even on a command line that is otherwise not understood. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

/**
 * The options and operands of one command; strict, so that a misspelt option is never taken for something else.
 * Errors: USAGE, with the nearest option that exists.
 */
export function parseArguments(
  command: Command,
  args: readonly string[],
): { options: OptionValues; positionals: string[] } {
  const options = { ...COMMON_OPTIONS, ...command.options }
  const config = toParseArgsOptions(options)
  refuseUnknown(command, options, args, config)
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: config,
      strict: true,
      allowPositionals: true,
    })
    return { options: values as OptionValues, positionals }
  } catch (error) {
    if (!isParseArgsError(error)) throw error
    throw usageError(`${command.name}: ${error.message.split('\n')[0]}`)
  }
}

function refuseUnknown(
  command: Command,
  options: Readonly<Record<string, OptionSpec>>,
  args: readonly string[],
  config: NonNullable<ParseArgsConfig['options']>,
): void {
  const { tokens } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue
    const meant = nearest(token.name, Object.keys(options))
    const hint = meant === undefined ? '' : `; did you mean --${meant}?`
    throw usageError(`${command.name} has no option ${token.rawName}${hint}`)
  }
}

function toParseArgsOptions(
  options: Readonly<Record<string, OptionSpec>>,
): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short, multiple = false }]) => [
      name,
      short === undefined ? { type, multiple } : { type, short, multiple },
    ]),
  )
}

/** Errors of util.parseArgs have a code of this form (Node's documentation of util.parseArgs). */
function isParseArgsError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS_')
  )
}

/** Refuses operands that a command does not take. Errors: USAGE. */
export function refuseOperands(command: string, positionals: readonly string[]): void {
  const [first] = positionals
  if (first !== undefined)
    throw usageError(`${command} takes no operand, and ${JSON.stringify(first)} is one`)
}

/** One of the sub-commands. Errors: USAGE, with the nearest one that exists. */
export function chooseSubcommand<T extends string>(
  command: string,
  word: string | undefined,
  known: readonly T[],
): T {
  const found = known.find((name) => name === word)
  if (found !== undefined) return found
  const choices = known.join(', ')
  if (word === undefined) throw usageError(`${command} needs one of: ${choices}`)
  const meant = nearest(word, known)
  const hint = meant === undefined ? `; it is one of: ${choices}` : `; did you mean ${command} ${meant}?`
  throw usageError(`${command} has no sub-command ${JSON.stringify(word)}${hint}`)
}
