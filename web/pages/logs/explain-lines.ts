/** What lines with which gateways end mean: fetched when a line comes into sight that could be one. */
import { signal } from '@preact/signals'
import type { explainLine } from '../../../server/domain/fatal-lines.ts'

export type ExplainLine = typeof explainLine

/** null until it has come. */
export const explainer = signal<ExplainLine | null>(null)

/** Every line that has a meaning has one of these, and hardly any other line has. */
const GRAVE =
  /start blocked|missing config|refusing to bind|json5 parse|unrecognized|config invalid|eacces|already running|lookup init|catatonit|cgroups|invalid (?:environment )?variable|too long|no such file|in use|allocated|no space|enospc|out of memory|token mismatch|pairing required/i

/** Whether a line could have a meaning. @param text without colours */
export const mayMeanMore = (text: string): boolean => GRAVE.test(text)

/** Fetches it, once. */
export async function fetchExplainer(): Promise<void> {
  if (explainer.value) return
  try {
    explainer.value = (await import('../../../server/domain/fatal-lines.ts')).explainLine
  } catch {
    // Lines without their meaning are lines all the same; a part of the page that failed as well says so.
  }
}
