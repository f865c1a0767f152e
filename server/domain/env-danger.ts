/** Dangerous variables as any reader of `.env` would see them. Imports nothing of Node. */
import { isEnvKey } from '../../contract/rules.ts'
import { type EnvFile, type EnvLine, lineText, renderEnvFile } from './env-file.ts'
import { readAsDotenv } from './env-readers/read-as-dotenv.ts'
import { bareKey } from './env-view.ts'
import { findDanger, findDangerByPrefix } from './variable-rules.ts'

export interface Danger {
  readonly key: string
  readonly reason: string
  /** The piece of the line that says so, to tell a new one from one that was there. */
  readonly piece: string
}

/**
 * Dangerous variables in a line, for each of its readers: the gateway reads the file too (dotenv), takes `A: x` for an
 * assignment, and a carriage return or a Unicode line end for the end of a line, even in a comment.
 */
export function findDangers(line: EnvLine): Danger[] {
  return findDangersInText(lineText(line))
}

/** The same for a line as text, without its ending. */
export function findDangersInText(text: string): Danger[] {
  return text.split(/[\r\u2028\u2029]/).flatMap((part) => {
    const piece = part.replaceAll('\0', '').trim()
    if (piece.startsWith('#')) return []
    const end = piece.search(/[=:]/)
    const key = bareKey(end === -1 ? piece : piece.slice(0, end))
    const found = end === -1 ? findImported(key) : findDanger(key)
    return found ? [{ key: isEnvKey(key) ? key : found.name, reason: found.reason, piece }] : []
  })
}

/** A bare name takes the host's variable, `NAME*` all that begin so. */
function findImported(text: string): ReturnType<typeof findDanger> {
  if (!/^\w*\*?$/.test(text)) return undefined
  return text.endsWith('*') ? findDangerByPrefix(text.slice(0, -1)) : findDanger(text)
}

/**
 * Dangerous variables that dotenv, inside the gateway, makes of the file as a whole and that no line shows by itself: a
 * name and its `=` may stand on two lines.
 * @returns names with their values and lines, for a comparison with the file before
 */
export function findWholeFileDangers(
  file: EnvFile,
): { key: string; value: string; reason: string; line: number }[] {
  const { variables, lines } = readAsDotenv(renderEnvFile(file))
  return [...variables].flatMap(([key, value]) => {
    const found = findDanger(key)
    return found ? [{ key, value, reason: found.reason, line: lines.get(key) ?? 1 }] : []
  })
}
