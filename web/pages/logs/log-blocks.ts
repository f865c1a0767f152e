/**
 * Lines that belong together: a thrown error with its stack, and the boxes that programs draw of lines. They are shown
 * as one block; their order and text stay as they are.
 */

export type BlockKind = 'stack' | 'box'

/** A line's place in its block. */
export interface BlockPart {
  readonly kind: BlockKind
  readonly isFirst: boolean
  readonly isLast: boolean
}

/** `    at run (file.js:1:2)`, `... 3 more`, `Caused by: x`, `  [cause]: Error: y`: what V8 and Java print below an error. */
const STACK = /^(?:\s+at \S|\s*\.{3} \d+ (?:more|lines)|Caused by: |\s+\[(?:cause|errors)\]: )/
/**
 * Box Drawing and Block Elements (U+2500 to U+259F) as first thing of a line, behind a prefix such as a subsystem, or
 * the head of a box: a geometric shape (to U+25FF), a title, and a line.
 */
const BOX = /^(?:\[[\w:/.-]{1,40}\])?\s*(?:[\u2500-\u259f]|[\u25a0-\u25ff] .*[\u2500-\u257f])/
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ?/

/** True for a line that goes on with the error above it. @param text without colours */
export function isStackLine(text: string): boolean {
  return STACK.test(text)
}

/** `  code: 'ENOENT',` and `}`: the properties of an error, which Node prints below its stack. */
const DETAIL = /^(?:\s{2,}\[?[\w$]+\]?: \S|\s*\}(?:,|$))/

/** True for a line that goes on with the error whose stack stands above it. @param text without colours */
export function isErrorDetail(text: string): boolean {
  return DETAIL.test(text)
}

/** Of which kind of block the line could be. @param text without colours */
function kindOf(text: string): BlockKind | null {
  if (isStackLine(text)) return 'stack'
  return BOX.test(text.replace(TIME, '')) ? 'box' : null
}

/**
 * The block that a line is part of; null for a line of its own. The error above a stack belongs to it.
 * @param text without colours @param before the line above it, null where there is none @param after the line below
 */
export function blockOf(text: string, before: string | null, after: string | null): BlockPart | null {
  const own = kindOf(text)
  const above = before === null ? null : kindOf(before)
  const below = after === null ? null : kindOf(after)
  if (own === null) return below === 'stack' ? { kind: 'stack', isFirst: true, isLast: false } : null
  // The line above a stack is its error, whatever it looks like; so only a stack at the very top has no such line.
  const isFirst = own === 'stack' ? before === null : above !== own
  const isLast = below !== own
  return own === 'box' && isFirst && isLast ? null : { kind: own, isFirst, isLast }
}
