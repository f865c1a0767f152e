/**
 * Edits of `.env` that are not saved yet, apart from the document they were made on, so that neither news from the
 * machine nor a lost connection takes what was typed.
 */

import type { EnvDocument, EnvEdit, EnvEntry } from '../../../contract/env.ts'
import { isEnvKey, MAX_ENV_LINE_BYTES } from '../../../contract/rules.ts'
import type { Finding } from '../../../contract/schemas.ts'

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
  /** Findings to be mended in lines whose value stays the panel's secret, by line, in the order they were asked for. */
  readonly mends: ReadonlyMap<number, readonly Mend[]>
}

/** A mend of the panel: the id of its finding, and what it promised. */
export interface Mend {
  readonly finding: string
  readonly label: string
  /** The line as it will be, secrets masked; empty when it goes. Missing when the panel did not say. */
  readonly preview?: string | undefined
}

export const EMPTY_DRAFT: EnvDraft = {
  values: new Map(),
  removed: new Set(),
  added: [],
  mends: new Map(),
}

/** True when there is something to save, or something typed that would be lost. */
export function isDirty({ values, removed, added, mends }: EnvDraft): boolean {
  const isTouched = values.size > 0 || removed.size > 0 || mends.size > 0
  return isTouched || added.some((variable) => !isEmpty(variable))
}

/** Has the panel mend a line at the next save. A mend that removes the line leaves nothing for others to do. */
export function mendLine(draft: EnvDraft, line: number, mend: Mend): EnvDraft {
  const before = draft.mends.get(line) ?? []
  const isMoot = before.some(({ finding, preview }) => finding === mend.finding || preview === '')
  if (isMoot) return draft
  const mends = mend.preview === '' ? [mend] : [...before, mend]
  const without = undoLine(draft, line)
  return { ...without, mends: new Map(without.mends).set(line, mends) }
}

/** All mends that the findings offer: of several for one line the panel does one after the other. */
export function mendAll(draft: EnvDraft, findings: readonly Finding[]): EnvDraft {
  return findings.reduce((next, { id, line, fix }) => {
    const isFree = line !== undefined && !next.values.has(line) && !next.removed.has(line)
    return fix && isFree ? mendLine(next, line, { finding: id, ...fix }) : next
  }, draft)
}

/** A new value for a line. The value it has already is no edit. */
export function setValue(draft: EnvDraft, entry: EnvEntry, value: string): EnvDraft {
  if (!entry.masked && value === entry.value) return undoLine(draft, entry.line)
  const without = undoLine(draft, entry.line)
  return { ...without, values: new Map(without.values).set(entry.line, value) }
}

export function removeLine(draft: EnvDraft, line: number): EnvDraft {
  const without = undoLine(draft, line)
  return { ...without, removed: new Set(without.removed).add(line) }
}

/** The line as it is in the file. */
export function undoLine(draft: EnvDraft, line: number): EnvDraft {
  const values = new Map(draft.values)
  const removed = new Set(draft.removed)
  const mends = new Map(draft.mends)
  values.delete(line)
  removed.delete(line)
  mends.delete(line)
  return { ...draft, values, removed, mends }
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
    const mends = draft.mends.get(entry.line) ?? []
    if (mends.length > 0) return mends.map(({ finding }) => ({ op: 'mend', line: entry.line, finding }))
    const value = draft.values.get(entry.line)
    if (value === undefined || entry.key === undefined) return []
    return [{ op: 'set', key: entry.key, value, line: entry.line }]
  })
  const added = draft.added.filter((variable) => !isEmpty(variable))
  return [...lines, ...added.map(({ key, value }): EnvEdit => ({ op: 'set', key, value }))]
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
