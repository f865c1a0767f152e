/** The editor's memory. It outlives visits to other pages, status events, reconnects and the end of a session. */
import { batch, computed, signal } from '@preact/signals'
import type { EnvDocument, EnvSaved } from '../../../contract/env.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { loadEnv, revealText, saveEnv } from '../../api/env.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import { status } from '../../state/status.ts'
import { EMPTY_DRAFT, type EnvDraft, isDirty, rebaseDraft, toEdits } from './env-draft.ts'

export interface TextDraft {
  readonly etag: string
  /** As it was read. */
  readonly before: string
  readonly text: string
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
/** The last save, and the start of the gateway that had not seen it. */
export const saved = signal<{ readonly result: EnvSaved; readonly since: string | undefined } | null>(null)
export const isSaving = signal(false)
/** What to know after edits were moved to another version. */
export const notes = signal<readonly string[]>([])

export const isTableDirty = computed(() => isDirty(draft.value))
export const isTextDirty = computed(
  () => textDraft.value !== null && textDraft.value.text !== textDraft.value.before,
)
export const hasUnsaved = computed(() => isTableDirty.value || isTextDirty.value)

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

/** Takes the version of the others and puts the edits on it. */
export async function loadTheirsKeepEdits(): Promise<void> {
  try {
    const document = await loadEnv()
    const before = base.value ?? document
    if (isTextDirty.value && textDraft.value) {
      const { text, etag } = await revealText()
      textDraft.value = { ...textDraft.value, before: text, etag }
      notes.value = [
        'The difference below is against the file as it is now: what the others added and you do not have counts as removed.',
      ]
    } else {
      const rebased = rebaseDraft(draft.value, before, document)
      draft.value = rebased.draft
      notes.value = rebased.notes
    }
    batch(() => {
      base.value = document
      theirs.value = null
      saveProblem.value = null
    })
  } catch (error) {
    saveProblem.value = toProblem(error)
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
    const result = text
      ? await saveEnv({ text: text.text }, text.etag)
      : await saveEnv({ edits: toEdits(draft.value, document) }, document.etag)
    discard()
    saved.value = { result, since: status.value?.gateway.since }
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

/** Forgets the edits, and the text with its secrets. */
export function discard(): void {
  batch(() => {
    draft.value = EMPTY_DRAFT
    textDraft.value = null
    saveProblem.value = null
    notes.value = []
    if (theirs.value) adopt(theirs.value)
  })
}

/** The text is not kept when nobody edits it: it holds every secret. */
export function closeText(): void {
  if (!isTextDirty.value) textDraft.value = null
}

/** A change of the draft by the person. */
export function edit(next: EnvDraft): void {
  batch(() => {
    draft.value = next
    saved.value = null
  })
}

function adopt(document: EnvDocument): void {
  base.value = document
  theirs.value = null
  if (textDraft.value && textDraft.value.etag !== document.etag) textDraft.value = null
}
