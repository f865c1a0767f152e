/** Lines that are JSON, or end in it: found here; laid out by json-layout.ts once somebody unfolds one. */
import { signal } from '@preact/signals'
import type { jsonSegments } from './json-layout.ts'

export interface JsonLine {
  /** What stands before it: a time, a subsystem. */
  readonly prefix: string
  readonly value: object
}

/** Before JSON there is at most a time, a subsystem and a few words. */
const MAX_PREFIX = 200
/** Each level indents all rows in it: thousands of them, which anybody may log, would be megabytes of blanks. */
const MAX_DEPTH = 64

/** @param text of a line, without colours @returns null for a line without an object or a list at its end */
export function findJson(text: string): JsonLine | null {
  const last = text.trimEnd().at(-1)
  if (last !== '}' && last !== ']') return null
  const open = last === '}' ? '{' : '['
  const at = text.indexOf(open)
  if (at === -1 || at > MAX_PREFIX) return null
  // `[gateway] {...}` ends in an object; `[gateway] [1, 2]` in the second of its lists.
  return parsed(text, at) ?? parsed(text, text.indexOf(open, at + 1))
}

function parsed(text: string, at: number): JsonLine | null {
  if (at === -1 || at > MAX_PREFIX) return null
  try {
    const value: unknown = JSON.parse(text.slice(at))
    const isLarge = typeof value === 'object' && value !== null && Object.keys(value).length > 0
    return isLarge && depthOf(text, at) <= MAX_DEPTH ? { prefix: text.slice(0, at), value } : null
  } catch {
    // Text that only begins and ends like JSON.
    return null
  }
}

/** How deep brackets are nested; those in texts count as well. */
function depthOf(text: string, at: number): number {
  let [depth, deepest] = [0, 0]
  for (const [bracket] of text.slice(at).matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

/** null until the first line is unfolded. */
export const jsonLayout = signal<typeof jsonSegments | null>(null)

/** Fetches what lays lines out, once. */
export async function fetchJsonLayout(): Promise<void> {
  if (jsonLayout.value) return
  try {
    jsonLayout.value = (await import('./json-layout.ts')).jsonSegments
  } catch {
    // The line stays as it is written; a part of the page that could not be fetched either says why.
  }
}
