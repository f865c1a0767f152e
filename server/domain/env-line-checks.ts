/**
 * What is wrong with a line of `.env` as such: its bytes, and lines that set nothing. The rules are those of
 * docs/facts/env-dialects.md; no finding tells a value. Imports nothing of Node.
 */
import { isEnvKey, MAX_ENV_LINE_BYTES } from '../../contract/rules.ts'
import type { Finding } from '../../contract/schemas.ts'
import type { EnvContext } from './env-context.ts'
import { type EnvLine, isUtf8, LF, lineText } from './env-file.ts'
import { bareKey, isSecretPiece } from './env-view.ts'

/** A finding that does not know its line yet, nor what mends it. */
export type LineFinding = Omit<Finding, 'line' | 'fix'>

/** With these podman exits with 125. */
const FATAL_IDS: ReadonlySet<string> = new Set(['env.no-key', 'env.line-too-long'])

/** True for findings with which the container would not start. */
export function isFatal({ id }: Pick<Finding, 'id'>): boolean {
  return FATAL_IDS.has(id)
}

/** What is wrong with the bytes of a line, whatever it says. */
export function checkBytes(line: EnvLine): LineFinding[] {
  const text = lineText(line)
  return [
    ...checkLength(line),
    ...(line.raw.includes(0) ? [NUL] : []),
    ...(isUtf8(line.raw) ? [] : [NOT_UTF8]),
    ...(text.includes('\r') ? [CARRIAGE_RETURN] : []),
    ...(/^[ \t]*\ufeff/.test(text) ? [byteOrderMark(line)] : []),
  ]
}

function checkLength(line: EnvLine): LineFinding[] {
  const length = line.raw.length - (line.raw.at(-1) === LF ? 1 : 0)
  if (length <= MAX_ENV_LINE_BYTES) return []
  return [
    {
      id: 'env.line-too-long',
      severity: 'error',
      title: 'The line is too long',
      evidence: `${length} bytes; podman reads at most ${MAX_ENV_LINE_BYTES} and ends with exit code 125`,
      hint: 'Shorten it, or put the value into a file in the config directory.',
    },
  ]
}

const NUL: LineFinding = {
  id: 'env.nul',
  severity: 'warning',
  title: 'There is a NUL byte in the line',
  evidence: 'the container sees only what stands before it',
  hint: 'Remove it.',
}

const NOT_UTF8: LineFinding = {
  id: 'env.not-utf8',
  severity: 'warning',
  title: 'The line is not UTF-8',
  evidence: 'podman replaces the bytes it does not understand',
  hint: 'Write the line again.',
}

const CARRIAGE_RETURN: LineFinding = {
  id: 'env.carriage-return',
  severity: 'warning',
  title: 'There is a carriage return inside the line',
  evidence: 'podman keeps it in the value; the gateway’s own reader takes it for the end of the line',
  hint: 'Remove it, or make two lines of it.',
}

function byteOrderMark({ number, key, value }: EnvLine): LineFinding {
  const name = key === undefined ? undefined : bareKey(key)
  return {
    id: 'env.bom',
    severity: 'warning',
    title:
      number === 1 ? 'The file begins with a byte order mark' : 'There is a byte order mark before the line',
    evidence:
      name !== undefined && isEnvKey(name) && !isSecretPiece(name, value ?? '')
        ? `to podman the mark is a part of the name, so ${name} is not set`
        : 'to podman the mark is a part of the line',
    hint: 'Save the file as UTF-8 without a mark.',
  }
}

/** What is wrong with a line that is neither an assignment nor a comment. */
export function checkOther(line: EnvLine, context: EnvContext): LineFinding[] {
  const text = lineText(line).trim()
  // The mark has its own finding; what else the line is shows without it.
  if (/^[ \t]*\ufeff/.test(lineText(line))) return []
  if (text.startsWith('=')) return [NO_KEY]
  if (/^\w+\*$/.test(text) || text === '*') return [IMPORTS_MANY]
  if (isEnvKey(text)) return [IMPORTS_HOST]
  return [checkColon(text) ?? notAnAssignment(line, context)]
}

const NO_KEY: LineFinding = {
  id: 'env.no-key',
  severity: 'error',
  title: 'There is no name before the =',
  evidence: 'podman refuses the whole file and ends with exit code 125',
  hint: 'Write a name in front, or remove the line.',
}

const IMPORTS_MANY: LineFinding = {
  id: 'env.imports-many',
  severity: 'warning',
  title: 'The line takes variables from the host',
  evidence: 'every variable of the host whose name begins so comes into the container',
  hint: 'Write NAME=value for those that are wanted.',
}

const IMPORTS_HOST: LineFinding = {
  id: 'env.imports-host',
  severity: 'warning',
  title: 'A name without a value',
  evidence:
    'podman takes the value from the host’s environment, if it is set there; other readers ignore the line',
  hint: 'Write NAME=value, or remove the line.',
}

/** Only names in capitals: prose has colons too. */
function checkColon(text: string): LineFinding | undefined {
  const colon = text.indexOf(':')
  const name = bareKey(text.slice(0, Math.max(colon, 0)))
  if (!/^[A-Z_][A-Z0-9_]{0,63}$/.test(name) || !/^[ \t]/.test(text.slice(colon + 1))) return undefined
  return {
    id: 'env.colon',
    severity: 'warning',
    title: 'A colon in place of the =',
    evidence: `podman ignores the line; the gateway’s own reader sets ${name} by it`,
    hint: 'Write NAME=value.',
  }
}

function notAnAssignment({ number }: EnvLine, context: EnvContext): LineFinding {
  const start = context.startOfValue(number)
  return {
    id: 'env.not-an-assignment',
    severity: 'warning',
    title: 'The line sets nothing',
    evidence:
      start === undefined
        ? 'podman ignores it; a value can’t go on over two lines'
        : `podman ignores it; other readers take it for a part of the value that begins on line ${start}`,
    hint: 'Write NAME=value on one line, or put # in front of a comment.',
  }
}
