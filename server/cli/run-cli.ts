import { setImmediate as nextTurn } from 'node:timers/promises'
import { nearest } from '../../contract/nearest.ts'
import { AuthError, PanelError } from '../errors.ts'
import type { CliIo, CliServices, Connection } from './cli-io.ts'
import type { Client } from './client.ts'
import type { Command, CommandContext } from './command.ts'
import { flushOutput } from './flush-output.ts'
import { createOutput, type Output } from './output.ts'
import { asksForJson, parseArguments, splitCommandLine } from './parse-arguments.ts'
import { isUsageProblem, ProblemError, problemOf, usageError } from './problem-error.ts'
import { commandText, overviewText } from './usage.ts'

/** Done; it failed; the command line is not understood. */
export const EXIT_CODES = { done: 0, failed: 1, usage: 2 } as const

/**
 * Runs one command line (argv without program and script) and resolves with its exit code: 0 done, 1 failed,
 * 2 not understood (`env check` and `doctor` have their own). Writes to `io` alone, never throws and never ends the process; what it
 * wrote has left the process by then.
 */
export async function runCli(argv: readonly string[], io: CliIo, services: CliServices): Promise<number> {
  const out = createOutput(io, asksForJson(argv))
  const code = await run(argv, io, services, out)
  await Promise.all([flushOutput(io.stdout), flushOutput(io.stderr)])
  // The error of a write is told in a later turn, and process.stdout forgets it itself.
  await nextTurn()
  const failure = out.failure()
  if (failure === undefined) return code
  out.note(`razroom-panel: The output could not be written: ${failure.message}`)
  return EXIT_CODES.failed
}

async function run(argv: readonly string[], io: CliIo, services: CliServices, out: Output): Promise<number> {
  try {
    return await dispatch(argv, io, services, out)
  } catch (error) {
    const problem = problemOf(error)
    out.problem(
      isUsageProblem(problem)
        ? { ...problem, hint: usageHint(services.commands, argv, problem.hint) }
        : problem,
    )
    if (error instanceof ProblemError && !out.json) for (const note of error.notes) out.note(note)
    const isKnown = error instanceof ProblemError || error instanceof PanelError
    if (!isKnown) out.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return isUsageProblem(problem) ? EXIT_CODES.usage : failedExitCode(services.commands, argv)
  }
}

function failedExitCode(commands: readonly Command[], argv: readonly string[]): number {
  const { name } = splitCommandLine(argv)
  return commands.find((command) => command.name === name)?.failedExitCode ?? EXIT_CODES.failed
}

async function dispatch(
  argv: readonly string[],
  io: CliIo,
  services: CliServices,
  out: Output,
): Promise<number> {
  const { name, rest } = splitCommandLine(argv)
  if (name === undefined) return answerWithoutCommand(rest, services, out)
  if (name === 'help') return help(rest, services, out)
  const command = findCommand(services.commands, name)
  if (asksForHelp(rest)) return show(out, commandText(command), { help: commandText(command) })
  const { options, positionals } = parseArguments(command, rest)
  if (command.needsRoot(positionals) && io.uid !== 0) throw notRootError(command, positionals)
  return withConnection(services, io.env.SUDO_UID, (client, hasDaemon) =>
    command.run({
      io,
      services,
      out,
      options,
      positionals,
      verbose: options.verbose === true,
      client,
      hasDaemon,
    }),
  )
}

function answerWithoutCommand(words: readonly string[], services: CliServices, out: Output): number {
  if (words.includes('--version')) return show(out, `${services.version}\n`, { version: services.version })
  const unknown = words.find((word) => !['--help', '-h', '--json', '--verbose', '-v', '--'].includes(word))
  if (unknown !== undefined) throw usageError(`there is no option ${unknown} before a command`)
  const text = overviewText(services.commands, services.version)
  if (asksForHelp(words)) return show(out, text, { help: text })
  if (!out.json) out.note(text)
  throw usageError('a command is missing')
}

function help(words: readonly string[], services: CliServices, out: Output): number {
  const name = words.find((word) => !word.startsWith('-'))
  const text =
    name === undefined
      ? overviewText(services.commands, services.version)
      : commandText(findCommand(services.commands, name))
  return show(out, text, { help: text })
}

function show(out: Output, text: string, document: object): number {
  if (out.json) out.document(document)
  else out.line(text.trimEnd())
  return EXIT_CODES.done
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

/** Where the help for what was typed is: that of its command when there is one. */
function usageHint(commands: readonly Command[], argv: readonly string[], hint: string): string {
  const { name } = splitCommandLine(argv)
  const isKnown = commands.some((command) => command.name === name)
  return isKnown ? `Run: razroom-panel help ${name}` : hint
}

/** What other programs call it. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['start', 'launch'],
  ['up', 'launch'],
  ['down', 'stop'],
  ['upgrade', 'update'],
  ['history', 'audit'],
  ['rotate', 'token rotate'],
  ['approve', 'devices approve ID'],
  ['reload', 'restart'],
])

function findCommand(commands: readonly Command[], name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const meant = OTHER_NAMES.get(name) ?? nearest(name, ['help', ...commands.map((command) => command.name)])
  const hint = meant === undefined ? '' : `; did you mean: razroom-panel ${meant}?`
  throw usageError(`there is no command ${JSON.stringify(name)}${hint}`)
}

/** Names only the words of the command: its values may be secrets, and its paths are the person's own. */
function notRootError(command: Command, positionals: readonly string[]): AuthError {
  const [first] = positionals
  const isSubcommand = first !== undefined && command.forms.some((form) => form.split(/[ |]/).includes(first))
  const words = isSubcommand ? `${command.name} ${first}` : command.name
  return new AuthError('NOT_ROOT', { detail: `run: sudo razroom-panel ${words}` })
}

async function withConnection(
  services: CliServices,
  sudoUid: string | undefined,
  run: (client: CommandContext['client'], hasDaemon: CommandContext['hasDaemon']) => Promise<number>,
): Promise<number> {
  let connection: Promise<Connection> | undefined
  const connect = (): Promise<Connection> => {
    connection ??= services.connect()
    return connection
  }
  const client = async (): Promise<Client> => {
    const { createClient } = await import('./client.ts')
    return createClient((await connect()).socketPath, sudoUid)
  }
  try {
    return await run(client, async () => (await connect()).isDaemon)
  } finally {
    // One that failed to open has thrown where it was needed; there is nothing to close then.
    const opened = await connection?.catch(() => undefined)
    await opened?.close()
  }
}
