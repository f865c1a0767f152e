/** Where a text occurs: marks in the rows, and the way from one line that has it to the next. */
import { hasMarks, type LogFilters, matchTest } from './log-filters.ts'
import type { LogIndex } from './log-index.ts'
import type { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import type { Segment } from './sgr.ts'

/** A run of one look that may be part of a match. */
export interface MarkedSegment extends Segment {
  readonly isMarked: boolean
}

/** A line of matches without end is shown all the same. */
const MAX_MARKS = 200

/** What finds the text of the filters in a line; null where nothing is marked. */
export function markerOf(filters: LogFilters): RegExp | null {
  if (!hasMarks(filters)) return null
  const literal = filters.text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
  return new RegExp(literal, filters.isCaseExact ? 'g' : 'gi')
}

/**
 * Cuts the runs of a line where a match begins or ends, whatever colours lie over it.
 * @param marker with the flag g
 */
export function markSegments(segments: readonly Segment[], marker: RegExp | null): MarkedSegment[] {
  if (marker === null) return segments.map((segment) => ({ ...segment, isMarked: false }))
  const edges = edgesOf(segments.map(({ text }) => text).join(''), marker)
  const result: MarkedSegment[] = []
  let at = 0
  let edge = 0
  for (const { text, className } of segments) {
    for (let from = 0; from < text.length; ) {
      const next = (edges[edge] ?? Infinity) - at
      const to = Math.min(text.length, next)
      if (to > from) result.push({ text: text.slice(from, to), className, isMarked: edge % 2 === 1 })
      if (next <= text.length) edge += 1
      from = to
      if (next > text.length) break
    }
    at += text.length
  }
  return result
}

/** Where matches begin and end, one after the other. */
function edgesOf(text: string, marker: RegExp): number[] {
  const edges: number[] = []
  for (const match of text.matchAll(marker)) {
    if (match[0] === '') continue
    edges.push(match.index, match.index + match[0].length)
    if (edges.length >= 2 * MAX_MARKS) break
  }
  return edges
}

/** The lines with the text, and which of them the reader is at. */
export class LogMarks {
  readonly #index: LogIndex
  readonly #own: LogView
  #shown: LogView
  #matches: LogView
  #key = ''
  #current: number | null = null
  /** The lines in sight: the way begins there. */
  sight: { readonly first: number; readonly last: number } = { first: 0, last: 0 }

  constructor(ring: LogRing, index: LogIndex) {
    this.#index = index
    this.#own = new LogView(ring, index)
    this.#shown = this.#own
    this.#matches = this.#own
  }

  /** @param shown the list, which holds all matches where it shows nothing else */
  configure(filters: LogFilters, shown: LogView): void {
    const test = matchTest(filters, this.#index)
    const key = `${test?.key}`
    if (key !== this.#key) this.#current = null
    this.#key = key
    this.#shown = shown
    this.#matches = filters.isMarkOnly ? this.#own : shown
    if (filters.isMarkOnly) this.#own.configure({ filter: test, columns: null })
  }

  /** Looks through lines where the list does not do so itself. @returns whether all have been looked at */
  sync(budgetMs: number): boolean {
    return this.#matches === this.#own ? this.#own.sync(budgetMs).isDone : true
  }

  get count(): number {
    return this.#matches.count
  }

  /** Number of the line that the reader is at. */
  get current(): number | null {
    return this.#current
  }

  /** Which of the matches that is, from 1 on; 0 for none. */
  get position(): number {
    if (this.#current === null) return 0
    const place = this.#matches.placeOf(this.#current)
    return this.#matches.numberAt(place) === this.#current ? place + 1 : 0
  }

  /** The line that the reader is at, while it is in sight, or the first one in sight. */
  placeInSight(): number {
    const { first, last } = this.sight
    const isCurrent = this.#current !== null && this.#current >= first && this.#current <= last
    return isCurrent && this.#current !== null ? this.#current : first
  }

  /** Marks a line as the one that the reader is at. */
  goTo(number: number | null): number | null {
    this.#current = number
    return number
  }

  /**
   * To the next or the previous match, round at the ends. The first step goes to the nearest one, never round: from the
   * end of a log it leads to the newest line with the text, not to the oldest. @returns its number; null when there is none
   */
  step(direction: 1 | -1): number | null {
    const { count } = this.#matches
    if (count === 0) return null
    const place = this.#placeBeside(this.#matches, direction)
    const next = this.#current === null ? Math.min(count - 1, Math.max(0, place)) : (place + count) % count
    return this.goTo(this.#matches.numberAt(next))
  }

  /** To the next or the previous error among the lines shown, in the same way; stacks count as their error. */
  stepError(direction: 1 | -1): number | null {
    const place = this.#placeBeside(this.#shown, direction)
    const found =
      this.#current === null
        ? (this.#findError(place, direction, false) ?? this.#findError(place - direction, -direction, false))
        : this.#findError(place, direction, true)
    return found === null ? null : this.goTo(found)
  }

  /** The place behind the reader, or before; one outside of the list where there is none. */
  #placeBeside(view: LogView, direction: 1 | -1): number {
    const from = this.#current ?? (direction === 1 ? this.sight.first - 1 : this.sight.last + 1)
    return view.count - view.countFrom(direction === 1 ? from + 1 : from) - (direction === 1 ? 0 : 1)
  }

  /** Number of the first error from a place on, that place included; null for none. */
  #findError(place: number, direction: number, goesRound: boolean): number | null {
    const { count } = this.#shown
    for (let step = 0; step < count; step += 1) {
      const at = place + direction * step
      if (!goesRound && (at < 0 || at >= count)) return null
      const number = this.#shown.numberAt((at + 2 * count) % count)
      const level = this.#index.levelAt(number)
      if ((level === 'error' || level === 'fatal') && !this.#index.isStackAt(number)) return number
    }
    return null
  }
}
