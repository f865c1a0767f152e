import type { JsonLine } from './log-json.ts'
import type { Segment } from './sgr.ts'

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\b(?:true|false|null)\b/g

/** The line over several rows, names, texts and numbers told apart. */
export function jsonSegments({ prefix, value }: JsonLine): Segment[] {
  const text = JSON.stringify(value, null, 2)
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
