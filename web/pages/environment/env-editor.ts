/** The editor's memory. It outlives visits to other pages, status events, reconnects and the end of a session. */
import { batch, computed, signal } from '@preact/signals'
import type { EnvDocument, EnvSaved } from '../../../contract/env.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { loadEnv, revealText, saveEnv } from '../../api/env.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import { status } from '../../state/status.ts'
import { EMPTY_DRAFT, type EnvDraft, isDirty, toEdits } from './env-draft.ts'
import { EMPTY_HISTORY, type History, recordStep, redoStep, undoStep } from './env-history.ts'

export interface TextDraft {
  readonly etag: string
  /** As it was read. */
  readonly before: string
  readonly text: string
}

/** A save that went through. */
export interface Saved {
  readonly result: EnvSaved
  /** ETag of the version before it, to go back to. */
  readonly before: string
  /** The start of the gateway that had not seen it. */
  readonly since: string | undefined
  /** It went back to the version before an earlier save. */
  readonly isUndone: boolean
}

/** What undo brings back. */
interface Step {
  readonly draft: EnvDraft
  readonly text: TextDraft | null
}

/** The version that the edits are made on. */
export const base = signal<EnvDocument | null>(null)
/** Another version that was read while there were edits; they go onto it when the person says so. */
export const theirs = signal<EnvDocument | null>(null)
export const draft = signal<EnvDraft>(EMPTY_DRAFT)
export const textDraft = signal<TextDraft | null>(null)
export const mode = signal<'table' | 'text'>('table')
export const loadProblem = signal<Problem | null>(null)
export const saveProblem = signal<Problem | null>(null)
export const saved = signal<Saved | null>(null)
export const isSaving = signal(false)
/** What to know after edits were moved to another version. */
export const notes = signal<readonly string[]>([])
const history = signal<History<Step>>(EMPTY_HISTORY)

export const isTableDirty = computed(() => isDirty(draft.value))
export const isTextDirty = computed(
  () => textDraft.value !== null && textDraft.value.text !== textDraft.value.before,
)
export const hasUnsaved = computed(() => isTableDirty.value || isTextDirty.value)
export const canUndo = computed(() => history.value.past.length > 0)
export const canRedo = computed(() => history.value.future.length > 0)

/** Reads the file. Without edits the page shows it at once; with edits it waits beside them. */
export async function load(): Promise<void> {
  try {
    const document = await loadEnv()
    batch(() => {
      loadProblem.value = null
      if (!hasUnsaved.value) adopt(document)
      else if (document.etag !== base.value?.etag) theirs.value = document
      else theirs.value = null
    })
  } catch (error) {
    loadProblem.value = toProblem(error)
  }
}

/** Shows the text for editing; the panel may ask for a confirmation first. */
export async function openText(): Promise<void> {
  try {
    const { text, etag } = await revealText()
    batch(() => {
      textDraft.value = { etag, before: text, text }
      loadProblem.value = null
    })
  } catch (error) {
    // Declining the confirmation is an answer, not a failure: the button to ask again stays.
    if (!hasCode(error, 'STEP_UP_REQUIRED')) loadProblem.value = toProblem(error)
  }
}

/** Saves what is on the page. On a conflict the file of the others is read, and nothing typed is lost. */
export async function save(): Promise<void> {
  const document = base.value
  if (!document || isSaving.value) return
  isSaving.value = true
  saveProblem.value = null
  try {
    const text = isTextDirty.value ? textDraft.value : null
    const before = text ? text.etag : document.etag
    const result = text
      ? await saveEnv({ text: text.text }, before)
      : await saveEnv({ edits: toEdits(draft.value, document) }, before)
    reset()
    saved.value = { result, before, since: status.value?.gateway.since, isUndone: false }
    await load()
  } catch (error) {
    saveProblem.value = toProblem(error)
    if (hasCode(error, 'ENV_CHANGED')) {
      await load()
      // The note about the other version says it, and what to do.
      if (theirs.value) saveProblem.value = null
    }
  } finally {
    isSaving.value = false
  }
}

/** Forgets the edits; they can be brought back for as long as the file is the one they were made on. */
export function discard(): void {
  batch(() => {
    if (theirs.value || textDraft.value) {
      reset()
      return
    }
    edit(EMPTY_DRAFT)
    saveProblem.value = null
    notes.value = []
  })
}

/** Forgets the edits, the way back to them, and the text with its secrets. */
export function reset(): void {
  batch(() => {
    draft.value = EMPTY_DRAFT
    textDraft.value = null
    saveProblem.value = null
    notes.value = []
    history.value = EMPTY_HISTORY
    if (theirs.value) adopt(theirs.value)
  })
}

/** The text is not kept when nobody edits it: it holds every secret. */
export function closeText(): void {
  if (!textDraft.value || isTextDirty.value) return
  batch(() => {
    textDraft.value = null
    history.value = EMPTY_HISTORY
  })
}

/** A change of the table by the person. @param field typed into, see {@link recordStep} */
export function edit(next: EnvDraft, field?: string): void {
  if (next === draft.value) return
  batch(() => {
    record(field)
    draft.value = next
    saved.value = null
    saveProblem.value = null
  })
}

/** A change of the text by the person. @param field typed into, see {@link recordStep} */
export function editText(text: string, field?: string): void {
  const before = textDraft.value
  if (!before || before.text === text) return
  batch(() => {
    record(field)
    textDraft.value = { ...before, text }
    saved.value = null
    saveProblem.value = null
  })
}

/** Takes the last change back. */
export function undo(): void {
  go(undoStep(history.value, now()))
}

/** Makes the change that was taken back last once more. */
export function redo(): void {
  go(redoStep(history.value, now()))
}

/** Puts edits onto another version. The steps before were made on the old one, so there is no way back to them. */
export function moveTo(document: EnvDocument, part: Partial<Step>, said: readonly string[]): void {
  batch(() => {
    base.value = document
    theirs.value = null
    if (part.draft) draft.value = part.draft
    if (part.text !== undefined) textDraft.value = part.text
    notes.value = said
    saveProblem.value = null
    history.value = EMPTY_HISTORY
  })
}

function now(): Step {
  return { draft: draft.value, text: textDraft.value }
}

function record(field: string | undefined): void {
  history.value = recordStep(history.value, now(), field ?? null)
}

function go(found: { history: History<Step>; next: Step } | undefined): void {
  if (!found) return
  batch(() => {
    history.value = found.history
    draft.value = found.next.draft
    textDraft.value = found.next.text
    saveProblem.value = null
  })
}

function adopt(document: EnvDocument): void {
  if (document.etag !== base.value?.etag) history.value = EMPTY_HISTORY
  base.value = document
  theirs.value = null
  if (textDraft.value && textDraft.value.etag !== document.etag) textDraft.value = null
}
