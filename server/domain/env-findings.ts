/**
 * What is wrong with `.env`, line by line, and which changes to it are refused. The rules are those of
 * docs/facts/env-dialects.md. No finding tells a value: they go to places where secrets may not. Imports nothing of
 * Node: the page uses it too.
 */

import type { EnvCheck } from '../../contract/env.ts'
import { isEnvKey, MAX_ENV_LINE_BYTES } from '../../contract/rules.ts'
import type { Finding } from '../../contract/schemas.ts'
import { InputError } from '../errors.ts'
import { checkAssignment, type LineFinding } from './env-assignment-checks.ts'
import { findDangers } from './env-danger.ts'
import { type EnvFile, type EnvLine, isUtf8, lineText, readEnv } from './env-file.ts'
import { bareKey } from './env-view.ts'

const LF = 0x0a
/** With these podman exits with 125. */
const FATAL_IDS: ReadonlySet<string> = new Set(['env.no-key', 'env.line-too-long'])

/** Everything worth saying about the file, in the order of its lines. */
export function checkEnv(file: EnvFile): Finding[] {
  const lastLine = new Map<string, number>()
  for (const line of file.lines) if (line.key !== undefined) lastLine.set(line.key, line.number)
  return file.lines.flatMap((line) =>
    checkLine(line, lastLine).map((finding) => ({ ...finding, line: line.number })),
  )
}

/** `fatal`: the container would not start; `findings`: something is at warning or above; else `clean`. */
export function envVerdict(findings: readonly Finding[]): EnvCheck['verdict'] {
  if (findings.some((finding) => FATAL_IDS.has(finding.id))) return 'fatal'
  return findings.some((finding) => finding.severity !== 'info') ? 'findings' : 'clean'
}

function checkLine(line: EnvLine, lastLine: ReadonlyMap<string, number>): LineFinding[] {
  const { key, value } = line
  const bytes = checkBytes(line)
  if (line.kind === 'blank') return bytes
  if (line.kind === 'comment') return [...bytes, ...checkDanger(line)]
  if (key === undefined || value === undefined) return [...bytes, ...checkOther(line), ...checkDanger(line)]
  return [
    ...bytes,
    ...checkDanger(line),
    ...checkAssignment(key, bareKey(key), value),
    ...checkTwice(line, key, lastLine),
  ]
}

function checkBytes(line: EnvLine): LineFinding[] {
  const drafts: LineFinding[] = []
  const length = line.raw.length - (line.raw.at(-1) === LF ? 1 : 0)
  if (length > MAX_ENV_LINE_BYTES) {
    drafts.push({
      id: 'env.line-too-long',
      severity: 'error',
      title: 'The line is too long',
      evidence: `${length} bytes; podman reads at most ${MAX_ENV_LINE_BYTES} and ends with exit code 125`,
      hint: 'Shorten it, or put the value into a file in the config directory.',
    })
  }
  if (line.raw.includes(0)) {
    drafts.push({
      id: 'env.nul',
      severity: 'warning',
      title: 'There is a NUL byte in the line',
      evidence: 'the container sees only what stands before it',
      hint: 'Remove it.',
    })
  }
  if (!isUtf8(line.raw)) {
    drafts.push({
      id: 'env.not-utf8',
      severity: 'warning',
      title: 'The line is not UTF-8',
      evidence: 'podman replaces the bytes it does not understand',
      hint: 'Write the line again.',
    })
  }
  if (lineText(line).includes('\r')) {
    drafts.push({
      id: 'env.carriage-return',
      severity: 'warning',
      title: 'There is a carriage return inside the line',
      evidence: 'podman keeps it in the value; the gateway’s own reader takes it for the end of the line',
      hint: 'Remove it, or make two lines of it.',
    })
  }
  return drafts
}

function checkOther(line: EnvLine): LineFinding[] {
  const text = lineText(line).trim()
  if (text.startsWith('=')) {
    return [
      {
        id: 'env.no-key',
        severity: 'error',
        title: 'There is no name before the =',
        evidence: 'podman refuses the whole file and ends with exit code 125',
        hint: 'Write a name in front, or remove the line.',
      },
    ]
  }
  if (/^\w+\*$/.test(text) || text === '*') {
    return [
      {
        id: 'env.imports-many',
        severity: 'warning',
        title: 'The line takes variables from the host',
        evidence: 'every variable of the host whose name begins so comes into the container',
        hint: 'Write NAME=value for those that are wanted.',
      },
    ]
  }
  if (isEnvKey(text)) {
    return [
      {
        id: 'env.imports-host',
        severity: 'warning',
        title: 'A name without a value',
        evidence:
          'podman takes the value from the host’s environment, if it is set there; other readers ignore the line',
        hint: 'Write NAME=value, or remove the line.',
      },
    ]
  }
  return [
    {
      id: 'env.not-an-assignment',
      severity: 'warning',
      title: 'The line sets nothing',
      evidence: 'podman ignores it; a value can’t go on over two lines',
      hint: 'Write NAME=value on one line, or put # in front of a comment.',
    },
  ]
}

function checkTwice(line: EnvLine, key: string, lastLine: ReadonlyMap<string, number>): LineFinding[] {
  const last = lastLine.get(key) ?? line.number
  if (last === line.number) return []
  return [
    {
      id: 'env.twice',
      severity: 'info',
      title: 'Set again further down',
      evidence: `${bareKey(key)} is set again on line ${last}, which counts`,
      hint: 'Remove one of the two.',
    },
  ]
}

function checkDanger(line: EnvLine): LineFinding[] {
  return findDangers(line).map(({ key, reason }) => ({
    id: 'env.dangerous',
    severity: 'error',
    title: 'This variable does not belong here',
    evidence: `${key}: ${reason}`,
    hint: 'Remove the line.',
  }))
}

/**
 * Refuses a change that brings in what may not come in. What was in the file before, and stays as it is, is no hindrance:
 * otherwise nobody could mend anything else.
 *
 * @throws {InputError} ENV_VARIABLE_REFUSED it sets or changes a dangerous variable; a field for each line of `after`
 * @throws {InputError} ENV_INVALID it adds a line with which the container would not start; likewise
 */
export function refuseDangerousEnv(before: EnvFile, after: EnvFile): void {
  const known = countPieces(before.lines.flatMap(findDangers).map((danger) => danger.piece))
  const [wasSet, isSet] = [readEnv(before), readEnv(after)]
  const dangerous = after.lines.flatMap((line) =>
    findDangers(line)
      .filter(({ piece, key }) => !take(known, piece) || isSet.get(key) !== wasSet.get(key))
      .map(({ key, reason }) => ({ path: `lines.${line.number}`, message: `${key} is refused: ${reason}` })),
  )
  if (dangerous.length > 0) {
    const detail = dangerous.map(({ path, message }) => `${path}: ${message}`).join('; ')
    throw new InputError('ENV_VARIABLE_REFUSED', { detail, fields: dangerous })
  }
  refuseFatal(before, after)
}

function refuseFatal(before: EnvFile, after: EnvFile): void {
  const known = countPieces(fatalLines(before).map(({ line }) => lineText(line)))
  const fields = fatalLines(after)
    .filter(({ line }) => !take(known, lineText(line)))
    .map(({ line, title, evidence }) => ({ path: `lines.${line.number}`, message: `${title}: ${evidence}` }))
  if (fields.length === 0) return
  const detail = fields.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new InputError('ENV_INVALID', { detail, fields })
}

function fatalLines(file: EnvFile): { line: EnvLine; title: string; evidence: string }[] {
  return file.lines.flatMap((line) =>
    [...checkBytes(line), ...(line.kind === 'other' ? checkOther(line) : [])]
      .filter((draft) => FATAL_IDS.has(draft.id))
      .map(({ title, evidence }) => ({ line, title, evidence })),
  )
}

function countPieces(pieces: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  return counts
}

/** Uses up one of the pieces; false when none is left. */
function take(counts: Map<string, number>, piece: string): boolean {
  const count = counts.get(piece) ?? 0
  if (count === 0) return false
  counts.set(piece, count - 1)
  return true
}
