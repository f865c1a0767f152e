/**
 * A `.env` from elsewhere, read line by line for the import: as the programs it was written for read it (quotes,
 * `export` and comments behind values are not a part of them; docs/facts/env-dialects.md), or as podman does.
 */

import { isEnvKey, MAX_ENV_FILE_BYTES } from '../../../contract/rules.ts'
import { lineText, parseEnvFile } from '../../../server/domain/env-file.ts'
import { maskLine } from './difference.ts'

/** `dotenv`: what other programs mean by the lines; `podman`: what the container would get. */
export type ImportReading = 'dotenv' | 'podman'

export interface ImportedVariable {
  /** From 1, in the imported text. */
  readonly line: number
  readonly key: string
  readonly value: string
  /** What was left out of the line, in words. */
  readonly changes: readonly string[]
}

export interface IgnoredLine {
  readonly line: number
  /** Secrets masked. */
  readonly text: string
  readonly reason: string
}

export interface ImportedText {
  readonly variables: readonly ImportedVariable[]
  readonly ignored: readonly IgnoredLine[]
}

/** Lines that are read at most. */
export const MAX_IMPORT_LINES = 5_000
/** Edits that one save takes (contract/env.ts). */
export const MAX_IMPORT_VARIABLES = 1_000

const encoder = new TextEncoder()

/** Why the text is not read at all; undefined when it is. */
export function importRefusal(text: string): string | undefined {
  if (text.includes('\0') || text.includes('\ufffd')) return 'This is not a text file in UTF-8.'
  if (encoder.encode(text).length > MAX_ENV_FILE_BYTES) {
    return `The file may have ${MAX_ENV_FILE_BYTES.toLocaleString('en')} bytes at most.`
  }
  const lines = text.split('\n').length
  return lines > MAX_IMPORT_LINES
    ? `The file has ${lines.toLocaleString('en')} lines; ${MAX_IMPORT_LINES.toLocaleString('en')} are read at most.`
    : undefined
}

/** The variables of the text; of a name that is set twice the last, as every reader has it. */
export function readImport(text: string, reading: ImportReading): ImportedText {
  const read = reading === 'podman' ? readAsPodman(text) : readAsDotenv(text)
  const last = new Map(read.variables.map(({ key, line }) => [key, line]))
  const again = read.variables.filter(({ key, line }) => last.get(key) !== line)
  return {
    variables: read.variables.filter((variable) => !again.includes(variable)),
    ignored: [
      ...read.ignored,
      ...again.map(({ key, value, line }) => ({
        line,
        text: maskLine(`${key}=${value}`),
        reason: `set again in line ${last.get(key)}`,
      })),
    ].toSorted((left, right) => left.line - right.line),
  }
}

function readAsPodman(text: string): ImportedText {
  const variables: ImportedVariable[] = []
  const ignored: IgnoredLine[] = []
  for (const line of parseEnvFile(encoder.encode(text)).lines) {
    const { number, kind, key, value } = line
    if (key !== undefined && value !== undefined) variables.push({ line: number, key, value, changes: [] })
    else if (kind !== 'blank') ignored.push(ignoredLine(number, lineText(line)))
  }
  return { variables, ignored }
}

function readAsDotenv(text: string): ImportedText {
  const variables: ImportedVariable[] = []
  const ignored: IgnoredLine[] = []
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  for (let index = 0; index < lines.length; index += 1) {
    const text = lines[index] ?? ''
    if (text.trim() === '') continue
    const found = /^\s*(export\s+)?([^\s=#][^\s=]*)\s*=\s*(.*)$/.exec(text)
    const [, exported, key = '', rest = ''] = found ?? []
    if (!found) ignored.push(ignoredLine(index + 1, text))
    else if (!isEnvKey(key)) {
      ignored.push({ line: index + 1, text: maskLine(text), reason: 'not a name that every reader takes' })
    } else if (endOfValue(lines, index, rest) > index) {
      const reason = 'a value over several lines, which podman can’t read'
      ignored.push({ line: index + 1, text: maskLine(`${key}=${rest}`), reason })
      index = endOfValue(lines, index, rest)
    } else {
      const { value, changes } = readValue(rest)
      const all = exported === undefined ? changes : ['export', ...changes]
      if (/[\n\r]/.test(value)) {
        const reason = 'its value has a line break (\\n), which podman can’t read'
        ignored.push({ line: index + 1, text: maskLine(`${key}=${rest}`), reason })
      } else variables.push({ line: index + 1, key, value, changes: all })
    }
  }
  return { variables, ignored }
}

/** Where a value in quotes ends: the line itself, or one below. A quote that is never closed is just a character. */
function endOfValue(lines: readonly string[], index: number, rest: string): number {
  const quote = rest[0] ?? ''
  if (!/["'`]/.test(quote) || rest.indexOf(quote, 1) !== -1) return index
  const end = lines.findIndex((line, at) => at > index && line.includes(quote))
  return end === -1 ? index : end
}

function readValue(rest: string): { value: string; changes: string[] } {
  const quoted =
    /^"((?:\\.|[^"\\])*)"\s*(#.*)?$/.exec(rest) ??
    /^'([^']*)'\s*(#.*)?$/.exec(rest) ??
    /^`([^`]*)`\s*(#.*)?$/.exec(rest)
  if (quoted) {
    const [, inner = '', comment] = quoted
    const value = rest.startsWith('"') ? unescapeQuoted(inner) : inner
    return { value, changes: ['quotes', ...(comment === undefined ? [] : ['a comment'])] }
  }
  const comment = /\s+#.*$/.exec(rest)
  const kept = comment ? rest.slice(0, comment.index) : rest
  return { value: kept.trimEnd(), changes: comment ? ['a comment'] : [] }
}

/** Between double quotes dotenv takes \n and \r for line breaks, and \" for a quote. */
function unescapeQuoted(text: string): string {
  return text.replace(/\\([nr"\\])/g, (_match, mark: string) => ESCAPED[mark] ?? mark)
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r' }

function ignoredLine(line: number, text: string): IgnoredLine {
  return { line, text: maskLine(text), reason: text.trim().startsWith('#') ? 'a comment' : 'it sets nothing' }
}
