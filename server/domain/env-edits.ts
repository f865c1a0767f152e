/** Changes to `.env` that touch the lines they name and nothing else. Imports nothing of Node: the page uses it too. */
import type { EnvEdit } from '../../contract/env.ts'
import { isEnvKey } from '../../contract/rules.ts'
import { InputError } from '../errors.ts'
import { contentLength, type EnvFile, type EnvLine, LF, parseEnvFile, renderEnvFile } from './env-file.ts'

const encoder = new TextEncoder()

/**
 * Applies the edits in order; line numbers are those of the document before all of them. A line that is set keeps
 * its ending; an appended one ends in LF, and so does then the line before it. `set` without a line changes the last
 * assignment of that key, `unset` removes them all (none is no error).
 *
 * @throws {InputError} REQUEST_INVALID with a field for each edit that can't be: no such line, another key in that
 *   line, two edits of one line, not a variable name, or a value with a line break or NUL
 */
export function applyEnvEdits(file: EnvFile, edits: readonly EnvEdit[]): EnvFile {
  const draft = new Draft(file)
  const problems = edits.flatMap((edit, index) => {
    const problem = checkEdit(edit) ?? draft.apply(edit)
    return problem === undefined
      ? []
      : [{ path: `edits.${index}.${problem.field}`, message: problem.message }]
  })
  if (problems.length > 0) {
    const detail = problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
    throw new InputError('REQUEST_INVALID', { detail, fields: problems })
  }
  return draft.finish()
}

interface EditProblem {
  readonly field: 'key' | 'value' | 'line'
  readonly message: string
}

function checkEdit(edit: EnvEdit): EditProblem | undefined {
  if (edit.op === 'remove') return undefined
  if (edit.op === 'unset') {
    // A file may hold odd keys, and they must be removable.
    return edit.key === '' ? { field: 'key', message: 'is empty' } : undefined
  }
  if (!isEnvKey(edit.key)) {
    return { field: 'key', message: 'is not a variable name (letters, digits, underscore; no digit first)' }
  }
  if (/[\n\r\0]/.test(edit.value)) {
    return { field: 'value', message: 'has a line break or NUL, which no line of .env can hold' }
  }
  return undefined
}

/** The lines under edit: their places stay those of the original until the end. */
class Draft {
  readonly #lines: (Uint8Array | null)[]
  readonly #original: EnvFile
  /** Key of each original line that is still an assignment, and of the appended ones. */
  readonly #keys: (string | undefined)[]
  readonly #edited = new Set<number>()

  constructor(file: EnvFile) {
    this.#original = file
    this.#lines = file.lines.map((line) => line.raw)
    this.#keys = file.lines.map((line) => line.key)
  }

  apply(edit: EnvEdit): EditProblem | undefined {
    if (edit.op === 'unset') {
      for (const [index, key] of this.#keys.entries()) if (key === edit.key) this.#drop(index)
      return undefined
    }
    if (edit.line !== undefined) {
      const problem = this.#claim(edit.line)
      if (problem) return problem
    }
    if (edit.op === 'remove') {
      this.#drop(edit.line - 1)
      return undefined
    }
    return this.#set(edit)
  }

  finish(): EnvFile {
    return parseEnvFile(renderEnvFile({ lines: this.#lines.flatMap(asLine) }))
  }

  #claim(number: number): EditProblem | undefined {
    const count = this.#original.lines.length
    if (!Number.isInteger(number) || number < 1 || number > count) {
      return { field: 'line', message: `there is no line ${number}: the file has ${count}` }
    }
    if (this.#edited.has(number)) return { field: 'line', message: `line ${number} is edited twice` }
    this.#edited.add(number)
    return undefined
  }

  #set(edit: Extract<EnvEdit, { op: 'set' }>): EditProblem | undefined {
    const index = edit.line === undefined ? this.#keys.lastIndexOf(edit.key) : edit.line - 1
    if (index === -1) {
      this.#append(edit)
      return undefined
    }
    if (this.#keys[index] !== edit.key) {
      return { field: 'line', message: `line ${index + 1} does not set ${edit.key}` }
    }
    const raw = this.#lines[index] ?? new Uint8Array()
    this.#lines[index] = encode(`${edit.key}=${edit.value}`, raw.slice(contentLength(raw)))
    return undefined
  }

  #append(edit: { key: string; value: string }): void {
    const last = this.#lines.findLastIndex((raw) => raw !== null)
    const raw = this.#lines[last]
    if (raw && raw.at(-1) !== LF) this.#lines[last] = concat(raw, Uint8Array.of(LF))
    this.#lines.push(encode(`${edit.key}=${edit.value}`, Uint8Array.of(LF)))
    this.#keys.push(edit.key)
  }

  #drop(index: number): void {
    this.#lines[index] = null
    this.#keys[index] = undefined
  }
}

function asLine(raw: Uint8Array | null): EnvLine[] {
  return raw === null ? [] : [{ number: 0, raw, kind: 'other' }]
}

function encode(text: string, ending: Uint8Array): Uint8Array {
  return concat(encoder.encode(text), ending)
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
