import type { JsonLine } from './log-json.ts'
import type { Segment } from './sgr.ts'

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\b(?:true|false|null)\b/g

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
