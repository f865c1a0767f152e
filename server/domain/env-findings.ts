/**
 * What is wrong with `.env`, line by line, and which changes to it are refused. The rules are those of
 * docs/facts/env-dialects.md. No finding tells a value: they go to places where secrets may not. Imports nothing of
 * Node: the page uses it too.
 */

import type { EnvCheck } from '../../contract/env.ts'
import { isEnvKey } from '../../contract/rules.ts'
import type { Finding } from '../../contract/schemas.ts'
import { InputError } from '../errors.ts'
import { checkKey, checkValue } from './env-assignment-checks.ts'
import { type EnvContext, readContext } from './env-context.ts'
import { findDangers, findWholeFileDangers } from './env-danger.ts'
import { type EnvFile, type EnvLine, lineText, readEnv } from './env-file.ts'
import { findFix } from './env-fix.ts'
import { checkKnown } from './env-known-checks.ts'
import { checkBytes, checkOther, isFatal, type LineFinding } from './env-line-checks.ts'
import { bareKey, isNamelessLine, NAMELESS } from './env-view.ts'

/** Everything worth saying about the file, in the order of its lines. */
export function checkEnv(file: EnvFile): Finding[] {
  const context = readContext(file)
  return file.lines.flatMap((line) => checkLine(line, context))
}

/** `fatal`: the container would not start; `findings`: something is at warning or above; else `clean`. */
export function envVerdict(findings: readonly Finding[]): EnvCheck['verdict'] {
  if (findings.some(isFatal)) return 'fatal'
  return findings.some((finding) => finding.severity !== 'info') ? 'findings' : 'clean'
}

/**
 * What is wrong with one line, and what the panel can mend of it. What makes other findings pointless comes first, so
 * that mends can be applied in this order.
 */
export function checkLine(line: EnvLine, context: EnvContext): Finding[] {
  // Alone, a line of a longer value is not what its writer sees: only what does harm is mended in it.
  const isPart = context.startOfValue(line.number) !== undefined
  return findProblems(line, context).map((problem) => {
    const fix = isPart && problem.severity !== 'error' ? undefined : findFix(line, problem.id, context)
    return { ...problem, line: line.number, ...(fix === undefined ? {} : { fix }) }
  })
}

function findProblems(line: EnvLine, context: EnvContext): LineFinding[] {
  const { key, value } = line
  const bytes = checkBytes(line)
  if (line.kind === 'blank') return bytes
  if (line.kind === 'comment') return [...bytes, ...checkDanger(line)]
  if (key === undefined || value === undefined)
    return [...bytes, ...checkDanger(line), ...checkOther(line, context)]
  const known = bareKey(key)
  const isNameless = isNamelessLine(line, context)
  const name = isNameless ? NAMELESS : isEnvKey(known) ? known : 'this variable'
  const isEffective = context.lastLineOf(key) === line.number
  return [
    ...(isEffective ? [] : [setAgain(name, context.lastLineOf(key))]),
    ...checkDanger(line),
    ...(isNameless ? [] : checkKnown(known, value, isEffective, context)),
    ...bytes,
    ...checkKey(key, known, isNameless ? NAMELESS : known),
    ...checkValue(name, value, context.endOfValue(line.number)),
  ]
}

function setAgain(name: string, last: number | undefined): LineFinding {
  return {
    id: 'env.twice',
    severity: 'info',
    title: 'Set again further down',
    evidence: `${name} is set again on line ${last}, which counts`,
    hint: 'Remove one of the two.',
  }
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
      .map(({ key, reason }) => asField(line.number, key, reason)),
  )
  if (dangerous.length === 0) dangerous.push(...findNewWholeFileDangers(before, after))
  if (dangerous.length > 0) {
    const detail = dangerous.map(({ path, message }) => `${path}: ${message}`).join('; ')
    throw new InputError('ENV_VARIABLE_REFUSED', { detail, fields: dangerous })
  }
  refuseFatal(before, after)
}

function findNewWholeFileDangers(before: EnvFile, after: EnvFile): ReturnType<typeof asField>[] {
  const known = new Map(findWholeFileDangers(before).map(({ key, value }) => [key, value]))
  return findWholeFileDangers(after)
    .filter(({ key, value }) => known.get(key) !== value)
    .map(({ key, reason, line }) => asField(line, key, reason))
}

function asField(line: number, key: string, reason: string): { path: string; message: string } {
  return { path: `lines.${line}`, message: `${key} is refused: ${reason}` }
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
  const context = readContext(file)
  return file.lines.flatMap((line) =>
    [...checkBytes(line), ...(line.kind === 'other' ? checkOther(line, context) : [])]
      .filter(isFatal)
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
