import { once } from 'node:events'
import { styleText } from 'node:util'
import type { Problem } from '../../contract/schemas.ts'
import type { CliIo } from './cli-io.ts'
import { printable, printableJson } from './terminal-text.ts'
import { withoutSudo } from './without-sudo.ts'

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

/**
 * Where a command writes: its result on stdout, everything a person should merely know on stderr. On a machine without
 * sudo what is for people names commands without it; documents are the same everywhere.
 */
export interface Output {
  /** True for `--json`: stdout carries one document and nothing else. */
  readonly json: boolean
  /** Standard output is a terminal; NO_COLOR (no-color.org) does not change that. */
  readonly isTty: boolean
  readonly hasColours: boolean
  /** Aborted when the reader of stdout has gone away (`| head`). */
  readonly closed: AbortSignal
  /** Why stdout takes no more, when that is not a reader who has gone: a full disk (write(2)). */
  readonly failure: () => Error | undefined
  style(style: Style, text: string): string
  /** A line of the result, for people. Text of others must have passed `printable`. */
  line(text?: string): void
  /** A line of the result that is not ours: a value, a line of a file. Must have passed `printable`, too. */
  verbatim(text: string): void
  /** Raw text on stdout; resolves when the pipe can take more. */
  write(text: string): Promise<void>
  /** The result as the one JSON document. */
  document(value: unknown): void
  /** A line on stderr. */
  note(text: string): void
  /** With `--json` the document on stdout, else one line and its hint on stderr. */
  problem(problem: Problem): void
}

/** Output of one run of the CLI; `json` as the command line says. */
export function createOutput(io: CliIo, json: boolean): Output {
  const hasColours = io.isTty && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb'
  const closed = new AbortController()
  let failure: Error | undefined
  io.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error
    closed.abort()
  })
  const style = (name: Style, text: string): string =>
    hasColours ? styleText(name, text, { validateStream: false }) : text
  const typed = (text: string): string => (io.hasSudo ? text : withoutSudo(text))
  const note = (text: string): void => {
    io.stderr.write(`${typed(text)}\n`)
  }
  return {
    json,
    isTty: io.isTty,
    hasColours,
    closed: closed.signal,
    failure: () => failure,
    style,
    note,
    line: (text = '') => {
      io.stdout.write(`${typed(text)}\n`)
    },
    verbatim: (text) => {
      io.stdout.write(`${text}\n`)
    },
    async write(text) {
      if (closed.signal.aborted || io.stdout.write(text)) return
      // A reader that has gone never drains: its error aborts the wait instead.
      await once(io.stdout, 'drain', { signal: closed.signal }).catch((error: unknown) => {
        if (!closed.signal.aborted) throw error
      })
    },
    document: (value) => {
      io.stdout.write(`${printableJson(value, 2)}\n`)
    },
    problem(problem) {
      if (json) io.stdout.write(`${printableJson(problem, 2)}\n`)
      else for (const line of problemLines(problem)) note(line)
    },
  }
}

/** A problem for people: what, then where, then what mends it. */
export function problemLines(problem: Problem): string[] {
  const [detail = '', ...further] = (problem.detail ?? '').split('\n')
  // Most details already say what the fields say.
  const fields = (problem.fields ?? []).filter(({ message }) => problem.detail?.includes(message) !== true)
  return [
    printable(`razroom-panel: ${problem.title}${detail === '' ? '' : `: ${detail}`}`),
    ...further.map((line) => printable(`    ${line}`)),
    ...fields.map(({ path, message }) => printable(`  ${path}: ${message}`)),
    ...(problem.command === undefined ? [] : [printable(`  Command: ${problem.command}`)]),
    printable(`  ${problem.hint}`),
    // Only a defect has to be looked up in the panel's own log.
    ...(problem.code === 'INTERNAL' && problem.instance !== undefined
      ? [printable(`  Request: ${problem.instance}`)]
      : []),
  ]
}
