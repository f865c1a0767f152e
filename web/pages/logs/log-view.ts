/**
 * Which lines of the ring are shown, and where each lies: positions are counted in rows of text, so that a list of
 * 200,000 lines needs no element but those in sight. Without a filter and without wrapping it keeps nothing at all.
 */
import { type LineTest, textTest } from './log-filters.ts'
import type { LogIndex } from './log-index.ts'
import type { LogRing } from './log-ring.ts'
import { withoutColours } from './sgr.ts'
import { wrappedRows } from './wrapped-rows.ts'

export interface ViewOptions {
  /** Only lines that pass, or those with this text, in any case; null or empty for all. */
  readonly filter: string | LineTest | null
  /** Characters in a row where lines wrap; Infinity where they do not, but may be higher than one row; else null. */
  readonly columns: number | null
}

/** Lines looked at between two looks at the clock. */
const SLICE_LINES = 500

export class LogView {
  readonly #ring: LogRing
  readonly #index: LogIndex | null
  #test: LineTest | null = null
  #columns: number | null = null
  /** Numbers of the lines shown, from `#skip` on; null when all are. */
  #shown: number[] | null = null
  /** Row behind each line shown, counted from the beginning of the list; null when each takes one row. */
  #ends: number[] | null = null
  #skip = 0
  /** The part of the ring that has been looked at. */
  #from = 0
  #to = 0

  /** @param index where tests look up what is known of a line */
  constructor(ring: LogRing, index: LogIndex | null = null) {
    this.#ring = ring
    this.#index = index
    this.#reset()
  }

  /** How many lines are shown. */
  get count(): number {
    return this.#shown ? this.#shown.length - this.#skip : this.#to - this.#from
  }

  /** Height of all of them, in rows. */
  get rows(): number {
    return this.#ends ? (this.#ends.at(-1) ?? 0) - this.#base() : this.count
  }

  /** Starts over when the filter or the width has changed; `sync` then looks at the lines. @returns whether it did */
  configure({ filter, columns }: ViewOptions): boolean {
    const test = typeof filter === 'string' ? textTest(filter) : filter
    if (test?.key === this.#test?.key && columns === this.#columns) return false
    this.#test = test
    this.#columns = columns
    this.#reset()
    return true
  }

  /**
   * Takes in what has happened to the ring.
   * @param budgetMs how long it may take
   * @returns whether all lines have been looked at, and how many rows went or came at the top
   */
  sync(budgetMs: number): { isDone: boolean; removedRows: number; addedRows: number } {
    this.#index?.settle()
    const { first, end } = this.#ring
    if (first > this.#to || first >= end) {
      const removedRows = this.rows
      this.#reset()
      return { isDone: this.#scan(budgetMs), removedRows, addedRows: 0 }
    }
    const removedRows = this.#dropBefore(first)
    const addedRows = first < this.#from ? this.#addBefore(first) : 0
    return { isDone: this.#scan(budgetMs), removedRows, addedRows }
  }

  /** Number in the ring of the line at a place in the list. */
  numberAt(index: number): number {
    return this.#shown ? (this.#shown[this.#skip + index] ?? -1) : this.#from + index
  }

  /** Row at which the line at this place begins. */
  topOf(index: number): number {
    if (!this.#ends) return index
    const before = this.#skip + index - 1
    return (before < 0 ? 0 : (this.#ends[before] ?? 0)) - this.#base()
  }

  /** Place in the list of the line at this row. */
  indexAt(row: number): number {
    const last = Math.max(0, this.count - 1)
    if (!this.#ends) return Math.min(last, Math.max(0, Math.floor(row)))
    const wanted = row + this.#base()
    let low = this.#skip
    let high = this.#ends.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ends[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return Math.min(last, Math.max(0, low - this.#skip))
  }

  /**
   * Place in the list of the line with this number, or of the next one that is shown.
   * @returns -1 while that is not known, or when nothing is shown
   */
  placeOf(number: number): number {
    if (this.count === 0 || (number >= this.#to && this.#to < this.#ring.end)) return -1
    return Math.min(this.count - 1, this.count - this.countFrom(number))
  }

  /** How many of the lines shown have this number or a later one. */
  countFrom(number: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.numberAt(middle) >= number) high = middle
      else low = middle + 1
    }
    return this.count - low
  }

  /** Corrects the height of a line that was drawn and turned out otherwise: wide characters, tabs. */
  correct(index: number, rows: number): boolean {
    if (!this.#ends) return false
    const change = rows - (this.topOf(index + 1) - this.topOf(index))
    if (change === 0) return false
    for (let at = this.#skip + index; at < this.#ends.length; at += 1) {
      this.#ends[at] = (this.#ends[at] ?? 0) + change
    }
    return true
  }

  #reset(): void {
    this.#from = this.#ring.first
    this.#to = this.#ring.first
    this.#skip = 0
    this.#shown = this.#test === null ? null : []
    this.#ends = this.#columns === null ? null : []
  }

  /** Row at which the list begins: lines that went keep their place in the sums. */
  #base(): number {
    return this.#skip === 0 ? 0 : (this.#ends?.[this.#skip - 1] ?? 0)
  }

  #scan(budgetMs: number): boolean {
    const { end } = this.#ring
    if (!this.#shown && !this.#ends) {
      this.#to = end
      return true
    }
    const until = performance.now() + budgetMs
    while (this.#to < end) {
      const stop = Math.min(end, this.#to + SLICE_LINES)
      for (; this.#to < stop; this.#to += 1) this.#look(this.#to)
      if (performance.now() > until) break
    }
    return this.#to === end
  }

  #look(number: number): void {
    const text = this.#textOf(number)
    if (this.#shown) {
      if (this.#test?.passes(number, text) === false) return
      this.#shown.push(number)
    }
    this.#ends?.push((this.#ends.at(-1) ?? 0) + this.#rowsOf(text))
  }

  /** Not read where nobody asks for it: '' then. */
  #textOf(number: number): string {
    if (this.#test === null && (this.#columns === null || this.#columns === Infinity)) return ''
    const line = this.#ring.get(number)
    // Taken apart once for both.
    this.#index?.learn(number, line)
    return withoutColours(line?.text ?? '')
  }

  #rowsOf(text: string): number {
    return this.#columns === null ? 1 : wrappedRows(text, this.#columns)
  }

  #dropBefore(first: number): number {
    if (first <= this.#from) return 0
    const before = this.rows
    const beforeSkip = this.#skip
    if (this.#shown) {
      while (this.#skip < this.#shown.length && (this.#shown[this.#skip] ?? 0) < first) this.#skip += 1
    } else if (this.#ends) this.#skip += Math.min(first, this.#to) - this.#from
    this.#from = first
    this.#to = Math.max(this.#to, first)
    const removed = before - this.rows
    if (this.#skip !== beforeSkip) this.#compact()
    return removed
  }

  #addBefore(first: number): number {
    const numbers: number[] = []
    const heights: number[] = []
    for (let number = first; number < this.#from; number += 1) {
      const text = this.#textOf(number)
      if (this.#test?.passes(number, text) === false) continue
      numbers.push(number)
      heights.push(this.#rowsOf(text))
    }
    this.#from = first
    const added = heights.reduce((sum, height) => sum + height, 0)
    if (this.#shown) this.#shown = [...numbers, ...this.#shown.slice(this.#skip)]
    if (this.#ends) {
      const base = this.#base()
      let row = 0
      const ends = heights.map((height) => {
        row += height
        return row
      })
      for (const end of this.#ends.slice(this.#skip)) ends.push(end - base + added)
      this.#ends = ends
    }
    this.#skip = 0
    return added
  }

  /** Lets go of the places of lines that went, now and then. */
  #compact(): void {
    const length = this.#shown?.length ?? this.#ends?.length ?? 0
    if (this.#skip < 20_000 || this.#skip < length / 2) return
    const base = this.#base()
    if (this.#ends) this.#ends = this.#ends.slice(this.#skip).map((end) => end - base)
    if (this.#shown) this.#shown = this.#shown.slice(this.#skip)
    this.#skip = 0
  }
}
