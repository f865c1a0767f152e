import type { Command, OptionSpec } from './command.ts'
import { COMMON_OPTIONS } from './parse-arguments.ts'

const PROGRAM = 'razroom-panel'

/** The text of `razroom-panel help`. */
export function overviewText(commands: readonly Command[], version: string): string {
  const rows = commands.map((command): [string, string] => [command.name, command.summary])
  return [
    `${PROGRAM} ${version}: sets up, runs and looks after a Razroom gateway in a rootless Podman container`,
    '',
    `Usage: sudo ${PROGRAM} COMMAND [OPTIONS]`,
    '',
    'Commands:',
    ...columns([...rows, ['help [COMMAND]', 'this text, or that of one command']]),
    '',
    'Options of every command:',
    ...columns([...optionPairs(COMMON_OPTIONS), ['--version', 'show the version']]),
    '',
    'Exit codes: 0 done, 1 it failed, 2 the command line is not understood (env check: see its help).',
    '',
  ].join('\n')
}

/** The text of `razroom-panel COMMAND --help`. */
export function commandText(command: Command): string {
  return [
    command.summary,
    '',
    ...command.forms.map(formLine),
    ...command.about.flatMap((paragraph) => ['', paragraph]),
    '',
    'Options:',
    ...optionRows({ ...command.options, ...COMMON_OPTIONS }),
    '',
    'Examples:',
    ...columns(command.examples.map(([line, meaning]): [string, string] => [line, meaning])),
    '',
  ].join('\n')
}

/** A form that begins with a space continues the one above it, below the operands of that one. */
function formLine(form: string, index: number): string {
  const head = `${index === 0 ? 'Usage:' : '      '} ${PROGRAM} `
  return `${form.startsWith(' ') ? ' '.repeat(head.length) : head}${form}`
}

function optionRows(options: Readonly<Record<string, OptionSpec>>): string[] {
  return columns(optionPairs(options))
}

function optionPairs(options: Readonly<Record<string, OptionSpec>>): Array<[string, string]> {
  return Object.entries(options).map(([name, option]): [string, string] => {
    const short = option.short === undefined ? '' : `-${option.short}, `
    return [`${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.about]
  })
}

function columns(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
