/** Lines that are JSON, or end in it: found, and laid out over several rows. */
import type { Segment } from './sgr.ts'

export interface JsonLine {
  /** What stands before it: a time, a subsystem. */
  readonly prefix: string
  readonly value: object
}

/** Before JSON there is at most a time, a subsystem and a few words. */
const MAX_PREFIX = 200
/** Each level indents all rows in it: thousands of them, which anybody may log, would be megabytes of blanks. */
const MAX_DEPTH = 64
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\b(?:true|false|null)\b/g

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

/**
 * JSON of a value that was read from a line. What the line had escaped has become letters by that, which the line itself
 * may not hold (server/domain/log-line.ts): marks that turn the reading direction, line separators, C1. They are escaped
 * again; JSON does so with C0 alone.
 */
export function shownJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, null, indent) ?? '').replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The line over several rows, names, texts and numbers told apart. */
export function jsonSegments({ prefix, value }: JsonLine): Segment[] {
  const text = shownJson(value, 2)
  const segments: Segment[] = prefix === '' ? [] : [{ text: prefix, className: '' }]
  let from = 0
  const add = (to: number, className: string): void => {
    if (to > from) segments.push({ text: text.slice(from, to), className })
    from = to
  }
  for (const match of text.matchAll(TOKEN)) {
    add(match.index, '')
    const [, quoted, colon] = match
    if (quoted === undefined) add(match.index + match[0].length, 'sgr-5')
    else add(match.index + quoted.length, colon === undefined ? 'sgr-2' : 'sgr-4')
  }
  add(text.length, '')
  return segments
}
