/** One variable of `.env`, wherever its readers look for it. Imports nothing of Node: the page uses it too. */
import { applyEnvEdits } from './env-edits.ts'
import {
  contentLength,
  type EnvFile,
  type EnvLine,
  lineText,
  parseEnvFile,
  renderEnvFile,
} from './env-file.ts'

/**
 * Sets a variable in the last line that any reader takes for it, `export KEY=x` and `KEY = x` too: so the readers agree,
 * and the rest of the file stays as it is. Where there is none, a line is added.
 * @throws {InputError} REQUEST_INVALID no name of a variable, or a value that no line can hold
 */
export function setVariable(file: EnvFile, key: string, value: string): EnvFile {
  const last = file.lines.findLast((line) => isMeantFor(line, key))
  if (last === undefined || last.key === key) {
    const line = last === undefined ? {} : { line: last.number }
    return applyEnvEdits(file, [{ op: 'set', key, value, ...line }])
  }
  const assignment = new TextEncoder().encode(`${key}=${value}`)
  const ending = last.raw.subarray(contentLength(last.raw))
  const raw = new Uint8Array(assignment.length + ending.length)
  raw.set(assignment)
  raw.set(ending, assignment.length)
  return parseEnvFile(
    renderEnvFile({ lines: file.lines.map((line) => (line === last ? { ...line, raw } : line)) }),
  )
}

/** Also of a bare `KEY`, for which podman takes what the machine has under that name. */
function isMeantFor(line: EnvLine, key: string): boolean {
  if (line.key === key) return true
  const text = lineText(line)
    .replace(/^\ufeff/, '')
    .trim()
  if (text === key) return true
  return /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=/.exec(text)?.[1] === key
}
