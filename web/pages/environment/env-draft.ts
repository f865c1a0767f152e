/**
 * Edits of `.env` that are not saved yet, apart from the document they were made on, so that neither news from the
 * machine nor a lost connection takes what was typed.
 */

import type { EnvDocument, EnvEdit, EnvEntry } from '../../../contract/env.ts'
import { isEnvKey, MAX_ENV_LINE_BYTES } from '../../../contract/rules.ts'

export interface AddedVariable {
  readonly id: number
  readonly key: string
  readonly value: string
}

export interface EnvDraft {
  /** New values, by line of the document. */
  readonly values: ReadonlyMap<number, string>
  readonly removed: ReadonlySet<number>
  readonly added: readonly AddedVariable[]
}

export const EMPTY_DRAFT: EnvDraft = { values: new Map(), removed: new Set(), added: [] }

/** True when there is something to save, or something typed that would be lost. */
export function isDirty({ values, removed, added }: EnvDraft): boolean {
  return values.size > 0 || removed.size > 0 || added.some((variable) => !isEmpty(variable))
}

/** A new value for a line. The value it has already is no edit. */
export function setValue(draft: EnvDraft, entry: EnvEntry, value: string): EnvDraft {
  if (!entry.masked && value === entry.value) return undoLine(draft, entry.line)
  return { ...draft, values: new Map(draft.values).set(entry.line, value) }
}

export function removeLine(draft: EnvDraft, line: number): EnvDraft {
  const without = undoLine(draft, line)
  return { ...without, removed: new Set(without.removed).add(line) }
}

/** The line as it is in the file. */
export function undoLine(draft: EnvDraft, line: number): EnvDraft {
  const values = new Map(draft.values)
  const removed = new Set(draft.removed)
  values.delete(line)
  removed.delete(line)
  return { ...draft, values, removed }
}

/** One more variable, to be filled in. */
export function addVariable(draft: EnvDraft, key = '', value = ''): EnvDraft {
  const id = Math.max(0, ...draft.added.map((variable) => variable.id)) + 1
  return { ...draft, added: [...draft.added, { id, key, value }] }
}

export function changeAdded(draft: EnvDraft, id: number, part: Partial<AddedVariable>): EnvDraft {
  const added = draft.added.map((variable) => (variable.id === id ? { ...variable, ...part } : variable))
  return { ...draft, added }
}

export function dropAdded(draft: EnvDraft, id: number): EnvDraft {
  return { ...draft, added: draft.added.filter((variable) => variable.id !== id) }
}

/** What is wrong, by row: the number of a line, or `new` and the id of an added variable. */
export function draftErrors(draft: EnvDraft, document: EnvDocument): ReadonlyMap<string, string> {
  const errors = new Map<string, string>()
  for (const entry of document.entries) {
    const value = draft.values.get(entry.line)
    const error = value === undefined ? undefined : valueError(entry.key ?? '', value)
    if (error !== undefined) errors.set(String(entry.line), error)
  }
  for (const variable of draft.added) {
    if (isEmpty(variable)) continue
    const error = keyError(variable, draft, document) ?? valueError(variable.key, variable.value)
    if (error !== undefined) errors.set(`new${variable.id}`, error)
  }
  return errors
}

/** The edits for the panel. Line numbers are those of the document; what has no line comes last. */
export function toEdits(draft: EnvDraft, document: EnvDocument): EnvEdit[] {
  const lines = document.entries.flatMap((entry): EnvEdit[] => {
    if (draft.removed.has(entry.line)) return [{ op: 'remove', line: entry.line }]
    const value = draft.values.get(entry.line)
    if (value === undefined || entry.key === undefined) return []
    return [{ op: 'set', key: entry.key, value, line: entry.line }]
  })
  const added = draft.added.filter((variable) => !isEmpty(variable))
  return [...lines, ...added.map(({ key, value }): EnvEdit => ({ op: 'set', key, value }))]
}

export interface Rebased {
  readonly draft: EnvDraft
  /** What the person should know: where the others changed the same. */
  readonly notes: readonly string[]
}

/**
 * The same edits on another version of the file: each finds its variable again by key, and among several of one key
 * by its place among those. Nothing typed is lost: a value whose line has gone becomes a new variable.
 */
export function rebaseDraft(draft: EnvDraft, before: EnvDocument, after: EnvDocument): Rebased {
  const places = new Map(after.entries.map((entry) => [placeOf(entry, after), entry]))
  let next: EnvDraft = { ...EMPTY_DRAFT, added: draft.added }
  const notes: string[] = []
  for (const entry of before.entries) {
    const value = draft.values.get(entry.line)
    const isRemoved = draft.removed.has(entry.line)
    if (value === undefined && !isRemoved) continue
    const theirs = places.get(placeOf(entry, before))
    const name = entry.key ?? `line ${entry.line}`
    if (theirs && (theirs.value !== entry.value || theirs.length !== entry.length)) {
      notes.push(`${name} was changed by the others too: saving puts yours in its place.`)
    }
    if (isRemoved) next = theirs ? removeLine(next, theirs.line) : next
    else if (theirs) next = setValue(next, theirs, value ?? '')
    else {
      next = addVariable(next, entry.key, value)
      notes.push(`${name} was removed by the others: saving adds it again.`)
    }
  }
  return { draft: next, notes: [...notes, ...takenKeys(next, after)] }
}

/** Added variables that the others have added too become changes of their lines when saved: the panel sets by key. */
function takenKeys(draft: EnvDraft, after: EnvDocument): string[] {
  return draft.added
    .filter(({ key }) => key !== '' && after.entries.some((entry) => entry.key === key))
    .map(({ key }) => `${key} is set by the others too: remove yours, or change theirs.`)
}

/** Key and number among those of the same key; a comment by its text. */
function placeOf(entry: EnvEntry, document: EnvDocument): string {
  const name = entry.key ?? `${entry.kind} ${entry.text ?? ''}`
  const same = document.entries.filter(
    (other) => (other.key ?? `${other.kind} ${other.text ?? ''}`) === name && other.line < entry.line,
  )
  return `${name} ${same.length}`
}

function isEmpty({ key, value }: AddedVariable): boolean {
  return key === '' && value === ''
}

function keyError(variable: AddedVariable, draft: EnvDraft, document: EnvDocument): string | undefined {
  const { key } = variable
  if (!isEnvKey(key))
    return 'The name takes letters, digits and underscores, and does not begin with a digit.'
  const there = document.entries.findLast((entry) => entry.key === key && !draft.removed.has(entry.line))
  if (there) return `${key} is set in line ${there.line} already: change it there.`
  const isTwice = draft.added.some((other) => other.key === key && other.id < variable.id)
  return isTwice ? `${key} is added twice.` : undefined
}

function valueError(key: string, value: string): string | undefined {
  if (/[\n\r\0]/.test(value)) return 'A value is one line of text.'
  const bytes = new TextEncoder().encode(`${key}=${value}`).length
  return bytes > MAX_ENV_LINE_BYTES
    ? `The line has ${bytes} bytes; podman takes ${MAX_ENV_LINE_BYTES} at most.`
    : undefined
}
