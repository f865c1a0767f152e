/**
 * Edits of the table on another version of the file: base, theirs and mine side by side, variable by variable, and
 * the same edits on theirs. A variable finds itself again by its key, and among several of one key by its place, counted from the last.
 */

import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import { entryText, maskLine, mendedText } from './difference.ts'
import {
  type AddedVariable,
  addVariable,
  dropAdded,
  EMPTY_DRAFT,
  type EnvDraft,
  mendLine,
  removeLine,
  setValue,
} from './env-draft.ts'

export type Side = 'mine' | 'theirs'

/** One variable, or comment, that differs between the version edited and the other two. Secrets are masked. */
export interface MergeRow {
  /** Names the row among the others, for a choice. */
  readonly place: string
  readonly name: string
  /** The line in the version that was edited; null when it was not there, and likewise below. */
  readonly base: string | null
  readonly theirs: string | null
  readonly mine: string | null
  /** `conflict`: both changed it, and not to the same. */
  readonly outcome: Side | 'both' | 'conflict'
  /** Mine changes a secret of which only the length is known: theirs may be another than it was. */
  readonly isUnsure: boolean
}

/** Everything that either side changed, in the order of the file. */
export function mergeRows(draft: EnvDraft, before: EnvDocument, after: EnvDocument): MergeRow[] {
  const old = byPlace(before)
  const theirs = byPlace(after)
  const rows: MergeRow[] = []
  for (const [place, entry] of old) {
    const row = rowOf(place, entry, theirs.get(place), editedText(draft, entry))
    if (row) rows.push(row)
  }
  for (const [place, entry] of theirs) {
    if (old.has(place) || entry.kind === 'blank') continue
    const text = entryText(entry)
    const mine = draft.added.find(({ key }) => key !== '' && key === entry.key)
    rows.push({
      place,
      name: nameOf(entry),
      base: null,
      theirs: text,
      mine: mine ? addedText(mine) : null,
      outcome: mine === undefined ? 'theirs' : isSame(mine, entry) ? 'both' : 'conflict',
      isUnsure: false,
    })
  }
  const known = new Set(rows.map(({ name }) => name))
  const added = draft.added.filter(({ key }) => key !== '' && !known.has(key))
  return [...rows, ...added.map(addedRow)]
}

export interface Rebased {
  readonly draft: EnvDraft
  /** What the person should know about it. */
  readonly notes: readonly string[]
}

/**
 * The same edits on another version. Nothing typed is lost: a value whose line has gone becomes a new variable.
 *
 * @param choices by place of a {@link MergeRow}; where both changed something and nothing is chosen, mine stays
 */
export function rebaseDraft(
  draft: EnvDraft,
  before: EnvDocument,
  after: EnvDocument,
  choices: ReadonlyMap<string, Side> = new Map(),
): Rebased {
  const theirs = byPlace(after)
  let next: EnvDraft = { ...EMPTY_DRAFT, added: draft.added }
  const notes: string[] = []
  for (const [place, entry] of byPlace(before)) {
    if (choices.get(place) === 'theirs') continue
    const moved = moveEdit(next, draft, entry, theirs.get(place), after)
    next = moved.draft
    if (moved.note !== undefined) notes.push(moved.note)
  }
  return { draft: moveAdded(next, after, choices), notes }
}

function moveEdit(
  next: EnvDraft,
  draft: EnvDraft,
  entry: EnvEntry,
  theirs: EnvEntry | undefined,
  after: EnvDocument,
): { draft: EnvDraft; note?: string } {
  const name = nameOf(entry)
  const value = draft.values.get(entry.line)
  if (draft.removed.has(entry.line)) return { draft: theirs ? removeLine(next, theirs.line) : next }
  if (value !== undefined) {
    if (theirs) return { draft: setValue(next, theirs, value) }
    return {
      draft: addVariable(next, entry.key, value),
      note: `${name} was removed by the others: saving adds it again.`,
    }
  }
  const mends = draft.mends.get(entry.line) ?? []
  if (mends.length === 0 || !theirs) return { draft: next }
  const found = after.findings.filter(({ line }) => line === theirs.line)
  const kept = mends.filter(({ finding }) => found.some(({ id }) => id === finding))
  const moved = kept.reduce((mended, mend) => {
    const fix = found.find(({ id }) => id === mend.finding)?.fix
    return mendLine(mended, theirs.line, { ...mend, preview: fix?.preview })
  }, next)
  if (kept.length === mends.length) return { draft: moved }
  return { draft: moved, note: `${name} was changed by the others: what was to be mended in it is gone.` }
}

/** A variable that both added is one variable: mine becomes a new value of their line. */
function moveAdded(draft: EnvDraft, after: EnvDocument, choices: ReadonlyMap<string, Side>): EnvDraft {
  const theirs = [...byPlace(after)]
  return draft.added.reduce((next, { id, key, value }) => {
    const found = theirs.findLast(([, entry]) => entry.key === key && !draft.removed.has(entry.line))
    if (key === '' || found === undefined) return next
    const [place, entry] = found
    const dropped = dropAdded(next, id)
    return choices.get(place) === 'theirs' ? dropped : setValue(dropped, entry, value)
  }, draft)
}

function rowOf(
  place: string,
  entry: EnvEntry,
  theirEntry: EnvEntry | undefined,
  mine: { text: string | null; entry?: EnvEntry } | undefined,
): MergeRow | undefined {
  if (entry.kind === 'blank') return undefined
  const base = entryText(entry)
  const theirs = theirEntry ? entryText(theirEntry) : null
  const isTheirs = theirs !== base
  if (!isTheirs && mine === undefined) return undefined
  const outcome = !isTheirs
    ? 'mine'
    : mine === undefined
      ? 'theirs'
      : mine.text === theirs && !theirEntry?.masked
        ? 'both'
        : 'conflict'
  const isUnsure = mine !== undefined && !isTheirs && entry.masked
  return { place, name: nameOf(entry), base, theirs, mine: mine ? mine.text : base, outcome, isUnsure }
}

/** What an edit makes of a line; undefined when there is none. */
function editedText(draft: EnvDraft, entry: EnvEntry): { text: string | null } | undefined {
  if (draft.removed.has(entry.line)) return { text: null }
  const value = draft.values.get(entry.line)
  if (value !== undefined) return { text: maskLine(`${entry.key ?? ''}=${value}`) }
  const mends = draft.mends.get(entry.line)
  return mends && { text: mendedText(entry, mends) }
}

function addedRow(variable: AddedVariable): MergeRow {
  const { id, key } = variable
  const mine = addedText(variable)
  return { place: `new${id}`, name: key, base: null, theirs: null, mine, outcome: 'mine', isUnsure: false }
}

function addedText({ key, value }: AddedVariable): string {
  return maskLine(`${key}=${value}`)
}

function isSame({ value }: AddedVariable, entry: EnvEntry): boolean {
  return !entry.masked && entry.value === value
}

/**
 * The lines, each by its key and its number among those of the same key, counted from the end: the last one counts
 * for every reader, so that is the one to find again. A comment goes by its text.
 */
function byPlace(document: EnvDocument): ReadonlyMap<string, EnvEntry> {
  const counts = new Map<string, number>()
  const places = document.entries.toReversed().map((entry): [string, EnvEntry] => {
    const name = entry.key ?? `${entry.kind} ${entry.text ?? ''}`
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return [`${name} ${count}`, entry]
  })
  return new Map(places.toReversed())
}

function nameOf(entry: EnvEntry): string {
  return entry.key ?? `line ${entry.line}`
}
