/** Changes to `.env` that touch the lines they name and nothing else. Imports nothing of Node: the page uses it too. */
import type { EnvEdit } from '../../contract/env.ts'
import { isEnvKey } from '../../contract/rules.ts'
import { ConflictError, InputError } from '../errors.ts'
import { type EditProblem, EnvDraft } from './env-draft.ts'
import type { EnvFile } from './env-file.ts'

/**
 * Applies the edits in order; line numbers are those of the document before all of them. A line that is set keeps
 * its ending; an appended one ends in LF, and so does then the line before it. `set` without a line changes the last
 * assignment of that key, `unset` removes them all (none is no error). Several mends may name one line; a mend
 * that an earlier one of these edits has made pointless, or impossible, is left out: what is left is a finding again.
 *
 * @throws {InputError} REQUEST_INVALID with a field for each edit that can't be: no such line, another key in that
 *   line, two edits of one line, not a variable name, or a value with a line break or NUL
 * @throws {ConflictError} ENV_FINDING_GONE likewise for each mend that `file` does not offer
 */
export function applyEnvEdits(file: EnvFile, edits: readonly EnvEdit[]): EnvFile {
  const draft = new EnvDraft(file)
  const problems = edits.flatMap((edit, index) => {
    const problem = checkEdit(edit) ?? draft.apply(edit)
    return problem === undefined ? [] : [{ ...problem, path: `edits.${index}.${problem.field}` }]
  })
  const invalid = problems.filter(({ isGone }) => isGone !== true)
  if (invalid.length > 0) throw new InputError('REQUEST_INVALID', report(invalid))
  if (problems.length > 0) throw new ConflictError('ENV_FINDING_GONE', report(problems))
  return draft.finish()
}

function report(problems: readonly { path: string; message: string }[]) {
  return {
    detail: problems.map(({ path, message }) => `${path}: ${message}`).join('; '),
    fields: problems.map(({ path, message }) => ({ path, message })),
  }
}

function checkEdit(edit: EnvEdit): EditProblem | undefined {
  if (edit.op === 'remove' || edit.op === 'mend') return undefined
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
