/** What lines with which gateways end mean: fetched a moment after the page, which is there without. */
import { signal } from '@preact/signals'
import type { explainLine } from '../../../server/domain/fatal-lines.ts'

export type ExplainLine = typeof explainLine

/** null until it has come. */
export const explainer = signal<ExplainLine | null>(null)

/** Fetches it, once. */
export async function fetchExplainer(): Promise<void> {
  if (explainer.value) return
  try {
    explainer.value = (await import('../../../server/domain/fatal-lines.ts')).explainLine
  } catch {
    // Lines without their meaning are lines all the same; a part of the page that failed as well says so.
  }
}
