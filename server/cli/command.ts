import type { CliIo, CliServices } from './cli-io.ts'
import type { Client } from './client.ts'
import type { Output } from './output.ts'

export interface OptionSpec {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** Placeholder of the value in the usage text, for example DIR. */
  readonly value?: string
  /** It may be given more than once. */
  readonly multiple?: true
  readonly about: string
}

/** Values as the command line gave them; an option that is not there is undefined. */
export interface OptionValues {
  readonly [name: string]: string | boolean | readonly string[] | undefined
}

export interface CommandContext {
  readonly io: CliIo
  readonly services: CliServices
  readonly out: Output
  readonly options: OptionValues
  readonly positionals: readonly string[]
  readonly verbose: boolean
  /** Connects at the first call; a command that needs no panel never does. */
  readonly client: () => Promise<Client>
  /** False when the panel runs inside this process; known after `client()`. */
  readonly hasDaemon: () => Promise<boolean>
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The forms of the command line, without the program's name. */
  readonly forms: readonly string[]
  /** Paragraphs for `--help`. */
  readonly about: readonly string[]
  readonly options: Readonly<Record<string, OptionSpec>>
  /** Command line and what it does. */
  readonly examples: ReadonlyArray<readonly [command: string, meaning: string]>
  readonly needsRoot: (positionals: readonly string[]) => boolean
  /** Exit code when it throws; 1 unless said. A command line that is not understood is always 2. */
  readonly failedExitCode?: number
  /** Resolves with the exit code. */
  readonly run: (context: CommandContext) => Promise<number>
}

/** For commands that always talk to the panel. */
export const alwaysRoot = (): boolean => true

/** The value of a string option, or undefined. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** The values of an option that may be given more than once. */
export function listOption(options: OptionValues, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value : []
}
