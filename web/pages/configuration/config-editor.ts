/** The editor's memory. It outlives visits to other pages, status events, reconnects and the end of a session. */
import { batch, computed, signal } from '@preact/signals'
import type { ConfigDocument } from '../../../contract/config.ts'
import type { Finding, Problem } from '../../../contract/schemas.ts'
import type { FileVersion } from '../../../contract/versions.ts'
import { loadConfig, revealConfig, saveConfig } from '../../api/config.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import { goBack } from '../../api/versions.ts'
import { type MergedText, mergeOnto } from './merge-onto.ts'

/** The text with its secrets, while somebody edits it. */
export interface TextDraft {
  readonly etag: string
  /** As it was read. */
  readonly before: string
  readonly text: string
}

/** The version that the edits are made on, secrets masked. */
export const base = signal<ConfigDocument | null>(null)
/** Another version that was read while there were edits: the person says what becomes of them. */
export const theirs = signal<ConfigDocument | null>(null)
export const draft = signal<TextDraft | null>(null)
/** Counts the texts that came from elsewhere than the keyboard. */
export const revision = signal(0)
/** Edits that made room for the version of the others; they can be brought back. */
export const setAside = signal<TextDraft | null>(null)
/** How the edits went onto the version of the others. */
export const merged = signal<MergedText | null>(null)
export const loadProblem = signal<Problem | null>(null)
export const saveProblem = signal<Problem | null>(null)
/** Why the gateway would not start with what was to be saved: to be saved all the same, or not. */
export const refusal = signal<Problem | null>(null)
/** The last save of this page, and the file as it was then; null once something is typed again. */
export const saved = signal<{ readonly etag: string; readonly isChanged: boolean } | null>(null)
export const isSaving = signal(false)

export const isDirty = computed(() => draft.value !== null && draft.value.text !== draft.value.before)
/** Something typed would be lost with the page. */
export const hasUnsaved = computed(() => isDirty.value || setAside.value !== null)

/** Reads the file. Without edits the page shows it at once; with edits it waits beside them. */
export async function load(): Promise<void> {
  try {
    const document = await loadConfig()
    batch(() => {
      loadProblem.value = null
      place(document)
    })
  } catch (error) {
    loadProblem.value = toProblem(error)
  }
}

function place(document: ConfigDocument): void {
  const isOther = draft.value !== null && draft.value.etag !== document.etag
  if (isOther && isDirty.value) {
    theirs.value = document
    return
  }
  base.value = document
  theirs.value = null
  if (isOther) draft.value = null
}

/** Opens the text for editing; the panel may ask for a confirmation first. */
export async function open(): Promise<void> {
  await attempt(async () => {
    const { text, etag } = await revealConfig()
    startDraft({ etag, before: text, text })
    loadProblem.value = null
  })
}

function startDraft(next: TextDraft): void {
  batch(() => {
    draft.value = next
    revision.value += 1
    saveProblem.value = null
  })
}

/** What the person typed. */
export function edit(text: string): void {
  if (!draft.value) return
  batch(() => {
    // What was said of the save is about the text that was sent.
    if (draft.value?.text !== text) saveProblem.value = null
    if (draft.value) draft.value = { ...draft.value, text }
    saved.value = null
  })
}

/** Saves what is on the page. On a conflict the file of the others is read, and nothing typed is lost. */
export async function save(options: { readonly anyway?: true } = {}): Promise<void> {
  const mine = draft.value
  if (!mine || !isDirty.value || theirs.value) return
  await write(async () => {
    const { etag, changed } = await saveConfig({ text: mine.text, ...options }, mine.etag)
    batch(() => {
      // What was typed while it was on its way stays an edit, now of the version that was saved.
      if (draft.value) draft.value = { ...draft.value, etag, before: mine.text }
      merged.value = null
      saved.value = { etag, isChanged: changed }
    })
  })
}

/** Lets the panel mend what a finding says. There must be no edits: it mends the file as it is. */
export async function mend({ id }: Finding): Promise<void> {
  const document = base.value
  if (!document || isDirty.value) return
  const wasOpen = draft.value !== null
  const isDone = await write(async () => {
    const { etag, changed } = await saveConfig({ mend: id }, document.etag)
    saved.value = { etag, isChanged: changed }
  })
  if (isDone && wasOpen) await open()
}

/** Makes the file what it was in a version. */
export async function goBackTo(version: FileVersion): Promise<void> {
  const document = base.value
  if (!document || isDirty.value) return
  saved.value = null
  await goBack('config', version, document.etag)
  await load()
}

/** Writes, and reads the file again whatever came of it. @returns whether it was written */
async function write(send: () => Promise<void>): Promise<boolean> {
  if (isSaving.value) return false
  batch(() => {
    isSaving.value = true
    saveProblem.value = null
    refusal.value = null
  })
  try {
    await send()
    await load()
    return true
  } catch (error) {
    if (hasCode(error, 'CONFIG_WOULD_NOT_START')) {
      refusal.value = toProblem(error)
      return false
    }
    saveProblem.value = toProblem(error)
    if (hasCode(error, 'CONFIG_CHANGED') || hasCode(error, 'ENV_FINDING_GONE')) {
      await load()
      // The note about the other version says it, and what to do.
      if (theirs.value) saveProblem.value = null
    }
    return false
  } finally {
    isSaving.value = false
  }
}

/** Puts the edits onto the version of the others, line by line. */
export async function keepMine(): Promise<void> {
  if (draft.value) await ontoTheFile(draft.value)
}

/** Shows the version of the others; the edits make room for it and can be brought back. */
export function takeTheirs(): void {
  batch(() => {
    setAside.value = draft.value
    draft.value = null
    merged.value = null
    saveProblem.value = null
    if (theirs.value) place(theirs.value)
  })
}

/** Puts the edits that made room onto the file as it is now. */
export async function bringBack(): Promise<void> {
  if (!setAside.value || isDirty.value) return
  if (await ontoTheFile(setAside.value)) setAside.value = null
}

/** Forgets the edits that made room. */
export function dropAside(): void {
  setAside.value = null
}

async function ontoTheFile(mine: TextDraft): Promise<boolean> {
  return attempt(async () => {
    const document = await loadConfig()
    const current = document.exists ? await revealConfig() : { text: '', etag: document.etag }
    // Where the file is gone there is nothing to merge with: what was typed is a whole file.
    const result: MergedText = document.exists
      ? mergeOnto(mine.before, mine.text, current.text)
      : { text: mine.text, conflicts: 0 }
    batch(() => {
      startDraft({ etag: current.etag, before: current.text, text: result.text })
      merged.value = result
      theirs.value = null
      place(document)
    })
  })
}

/** @returns whether it went well; declining the confirmation is an answer, not a failure */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!hasCode(error, 'STEP_UP_REQUIRED')) loadProblem.value = toProblem(error)
    return false
  }
}

/** Forgets the edits, and the text with its secrets. */
export function discard(): void {
  batch(() => {
    draft.value = null
    merged.value = null
    saveProblem.value = null
    refusal.value = null
    if (theirs.value) place(theirs.value)
  })
}

/** The text is not kept when nobody edits it: it holds every secret. */
export function close(): void {
  if (!isDirty.value) draft.value = null
}
