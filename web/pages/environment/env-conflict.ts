/** Bringing edits together with what somebody else made of the file meanwhile. */
import { computed, effect, signal } from '@preact/signals'
import type { EnvDocument } from '../../../contract/env.ts'
import { loadEnv, revealText } from '../../api/env.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import {
  type ChunkChoice,
  hasConflicts,
  mergedText,
  mergeText,
  type TextChunk,
} from '../../state/merge-text.ts'
import { countOf } from '../../ui/format.ts'
import * as editor from './env-editor.ts'
import { type MergeRow, mergeRows, rebaseDraft, type Side } from './merge-table.ts'

/** Texts that both changed in the same lines: what to take is for the person to say. */
export interface TextMerge {
  readonly chunks: readonly TextChunk[]
  /** The others' text, and its version. */
  readonly theirs: string
  readonly etag: string
  readonly document: EnvDocument
}

export const textMerge = signal<TextMerge | null>(null)
/** What to take of a variable that both changed, by its place; mine unless said otherwise. */
export const rowChoices = signal<ReadonlyMap<string, Side>>(new Map())

/** What either side changed in the table, while another version waits. */
export const rows = computed<readonly MergeRow[]>(() => {
  const [before, after] = [editor.base.value, editor.theirs.value]
  return before && after && !editor.isTextDirty.value ? mergeRows(editor.draft.value, before, after) : []
})

// What was chosen belongs to one conflict, and goes when that does.
effect(() => {
  if (!editor.theirs.value) rowChoices.value = new Map()
})
effect(() => {
  if (!editor.isTextDirty.value) textMerge.value = null
})

export function chooseRow(place: string, side: Side): void {
  rowChoices.value = new Map(rowChoices.value).set(place, side)
}

/**
 * Takes the version of the others and puts the edits on it. A text whose lines both changed waits for the person's
 * choices; everything else is merged at once, to be looked at and saved.
 */
export async function loadTheirsKeepEdits(): Promise<void> {
  editor.saveProblem.value = null
  try {
    if (editor.isTextDirty.value) await mergeTexts()
    else await mergeTables()
  } catch (error) {
    if (!hasCode(error, 'STEP_UP_REQUIRED')) editor.saveProblem.value = toProblem(error)
  }
}

async function mergeTables(): Promise<void> {
  const document = await loadEnv()
  const before = editor.base.value ?? document
  const { draft, notes } = rebaseDraft(editor.draft.value, before, document, rowChoices.value)
  editor.moveTo(document, { draft }, notes)
}

async function mergeTexts(): Promise<void> {
  const document = await loadEnv()
  const { text: theirs, etag } = await revealText()
  // Read now and not before: somebody may have typed on while the panel answered.
  const mine = editor.textDraft.value
  if (!mine) return
  const merge = { chunks: mergeText(mine.before, mine.text, theirs), theirs, etag, document }
  if (hasConflicts(merge.chunks)) textMerge.value = merge
  else takeText(merge, new Map())
}

/** Ends a merge of texts. @param choices by the place of the chunk; where none is made mine stays */
export function finishTextMerge(choices: ReadonlyMap<number, ChunkChoice>): void {
  if (textMerge.value) takeText(textMerge.value, choices)
}

function takeText(merge: TextMerge, choices: ReadonlyMap<number, ChunkChoice>): void {
  const { chunks, etag, theirs, document } = merge
  const text = mergedText(chunks, choices)
  const count = chunks.filter(({ kind }) => kind === 'theirs').length
  const said = count === 0 ? [] : [`${countOf(count, 'change')} of the others came in beside yours.`]
  textMerge.value = null
  editor.moveTo(document, { text: { etag, before: theirs, text } }, said)
}
