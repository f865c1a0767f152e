/** What is shown of a hit: its text around the match, and which part of that is the match. */
import type { LogQuery } from '../../../contract/logs.ts'
import { NO_FILTERS } from './log-filters.ts'
import { markerOf } from './log-marks.ts'

export interface Piece {
  readonly text: string
  readonly isMatch: boolean
}

export type Matched = Pick<LogQuery, 'text' | 'kind' | 'ignoresCase' | 'isInverse'>

/** So much of a long line is shown, in characters, and so much of that before the match. */
const EXCERPT_CHARACTERS = 400
const BEFORE_CHARACTERS = 100
/** A pattern that takes longer on one line is not tried on the others: the host has found them, only marks are missing. */
const SLOW_MS = 20

/** Finds what a search has matched in its hits. */
export class HitMarker {
  readonly #query: Matched
  readonly #pattern: RegExp | null
  /** The text that is searched for, as the list marks it. */
  readonly #literal: RegExp | null
  #isSlow = false

  /** @param query with a pattern that is one */
  constructor(query: Matched) {
    this.#query = query
    this.#pattern = query.kind === 'regex' ? new RegExp(query.text, query.ignoresCase ? 'iu' : 'u') : null
    this.#literal = markerOf({ ...NO_FILTERS, text: query.text, isCaseExact: query.ignoresCase !== true })
  }

  /** The line in pieces, without what is far from the match. @param text plain */
  cut(text: string): Piece[] {
    const ranges = this.#query.isInverse ? [] : this.#find(text)
    return piecesOf(text, ranges)
  }

  #find(text: string): [number, number][] {
    if (this.#pattern) return this.#findPattern(this.#pattern, text)
    if (!this.#literal) return []
    return Array.from(text.matchAll(this.#literal), ({ 0: { length }, index }) => [index, index + length])
  }

  /** The first match alone: so far the host has come too, and no further. */
  #findPattern(pattern: RegExp, text: string): [number, number][] {
    if (this.#isSlow) return []
    const begin = performance.now()
    const match = pattern.exec(text)
    this.#isSlow = performance.now() - begin > SLOW_MS
    return match?.[0] ? [[match.index, match.index + match[0].length]] : []
  }
}

/** A line that is no hit itself: its beginning. */
export function cutContext(text: string): string {
  return text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}…` : text
}

function piecesOf(text: string, ranges: readonly [number, number][]): Piece[] {
  const isLong = text.length > EXCERPT_CHARACTERS
  const from = isLong ? Math.max(0, (ranges[0]?.[0] ?? 0) - BEFORE_CHARACTERS) : 0
  const to = isLong ? Math.min(text.length, from + EXCERPT_CHARACTERS) : text.length
  const pieces: Piece[] = []
  const add = (piece: string, isMatch: boolean): void => {
    if (piece !== '') pieces.push({ text: piece, isMatch })
  }
  let at = from
  add(from > 0 ? '…' : '', false)
  for (const [begin, end] of ranges) {
    if (begin >= to) break
    add(text.slice(at, begin), false)
    add(text.slice(begin, Math.min(end, to)), true)
    at = Math.min(end, to)
  }
  add(text.slice(at, to), false)
  add(to < text.length ? '…' : '', false)
  return pieces
}
