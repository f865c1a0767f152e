/**
 * The lines that the page holds: the newest 200,000, in columns, since an object for each would double their size.
 * A line has a number that stays its own: later lines have larger ones, earlier lines that are loaded afterwards
 * smaller ones, below zero too.
 */
import type { LogTuple } from '../../../contract/events.ts'
import type { LogLine } from '../../../contract/logs.ts'

export interface RingLine {
  readonly kind: 'stdout' | 'stderr' | 'gap'
  /** Milliseconds since the epoch; NaN for a gap. */
  readonly time: number
  readonly text: string
  readonly isTruncated: boolean
}

export const RING_CAPACITY = 200_000

const STDERR = 1
const TRUNCATED = 2
const GAP = 4

export class LogRing {
  readonly capacity: number
  readonly #texts: string[] = []
  readonly #cursors: string[] = []
  readonly #times: Float64Array
  readonly #flags: Uint8Array
  #first = 0
  #end = 0

  constructor(capacity: number = RING_CAPACITY) {
    this.capacity = capacity
    this.#times = new Float64Array(capacity)
    this.#flags = new Uint8Array(capacity)
  }

  /** Number of the oldest line. */
  get first(): number {
    return this.#first
  }

  /** Number behind the newest line. */
  get end(): number {
    return this.#end
  }

  get count(): number {
    return this.#end - this.#first
  }

  /** Cursor of the oldest line that has one: older lines are asked for before it. */
  get oldestCursor(): string | undefined {
    for (let number = this.#first; number < this.#end; number += 1) {
      const slot = this.#slot(number)
      if (((this.#flags[slot] ?? 0) & GAP) === 0) return this.#cursors[slot]
    }
    return undefined
  }

  /** The line with this number; undefined when it has gone, or has not come yet. */
  get(number: number): RingLine | undefined {
    if (number < this.#first || number >= this.#end) return undefined
    const slot = this.#slot(number)
    const flags = this.#flags[slot] ?? 0
    return {
      kind: flags & GAP ? 'gap' : flags & STDERR ? 'stderr' : 'stdout',
      time: this.#times[slot] ?? Number.NaN,
      text: this.#texts[slot] ?? '',
      isTruncated: (flags & TRUNCATED) !== 0,
    }
  }

  /** The text alone, for a search over all lines. */
  textOf(number: number): string {
    return this.#texts[this.#slot(number)] ?? ''
  }

  /** Appends lines; the oldest go when there is no room. */
  append(lines: readonly LogTuple[]): void {
    for (const [cursor, time, stream, text, truncated] of lines) {
      const flags = (stream === 'e' ? STDERR : 0) | (truncated === 1 ? TRUNCATED : 0)
      this.#push(cursor, Date.parse(time), flags, text)
    }
  }

  /** Appends a row that tells of lines which are missing. */
  appendGap(reason: string): void {
    this.#push('', Number.NaN, GAP, reason)
  }

  /**
   * Puts older lines in front of the others, as many as there is room for.
   * @param lines oldest first
   * @returns how many there was room for
   */
  prepend(lines: readonly LogLine[]): number {
    const taken = lines.slice(Math.max(0, lines.length - (this.capacity - this.count)))
    for (const line of taken.toReversed()) {
      this.#first -= 1
      const flags = (line.stream === 'stderr' ? STDERR : 0) | (line.truncated ? TRUNCATED : 0)
      this.#write(this.#first, line.cursor, Date.parse(line.time), flags, line.text)
    }
    return taken.length
  }

  clear(): void {
    this.#first = this.#end
    this.#texts.length = 0
    this.#cursors.length = 0
  }

  #push(cursor: string, time: number, flags: number, text: string): void {
    if (this.count === this.capacity) this.#first += 1
    this.#write(this.#end, cursor, time, flags, text)
    this.#end += 1
  }

  #write(number: number, cursor: string, time: number, flags: number, text: string): void {
    const slot = this.#slot(number)
    this.#texts[slot] = text
    this.#cursors[slot] = cursor
    this.#times[slot] = time
    this.#flags[slot] = flags
  }

  #slot(number: number): number {
    return ((number % this.capacity) + this.capacity) % this.capacity
  }
}
