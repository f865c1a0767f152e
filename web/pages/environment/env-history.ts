/** Undo and redo of edits that are not saved. Typing into one field is one step. */

/** What was there before each step, and what undone steps had made. */
export interface History<T> {
  readonly past: readonly T[]
  readonly future: readonly T[]
  /** The field that the last step typed into; null when it was no typing. */
  readonly field: string | null
}

export const EMPTY_HISTORY: History<never> = { past: [], future: [], field: null }

/** Steps that are kept: each may hold a whole text. */
const MAX_STEPS = 100

/**
 * A step has been made.
 *
 * @param now what was there before it
 * @param field typed into by it: a step that goes on typing there joins the one before
 */
export function recordStep<T>(history: History<T>, now: T, field: string | null = null): History<T> {
  const goesOn = field !== null && field === history.field && history.past.length > 0
  return { past: goesOn ? history.past : [...history.past, now].slice(-MAX_STEPS), future: [], field }
}

/** The step before. @param now what is there @returns undefined when there is nothing to undo */
export function undoStep<T>(history: History<T>, now: T): { history: History<T>; next: T } | undefined {
  if (history.past.length === 0) return undefined
  const [next] = history.past.slice(-1) as [T]
  return { history: { past: history.past.slice(0, -1), future: [...history.future, now], field: null }, next }
}

/** The step that was undone last. @param now what is there @returns undefined when there is nothing to redo */
export function redoStep<T>(history: History<T>, now: T): { history: History<T>; next: T } | undefined {
  if (history.future.length === 0) return undefined
  const [next] = history.future.slice(-1) as [T]
  return { history: { past: [...history.past, now], future: history.future.slice(0, -1), field: null }, next }
}
