/**
 * What is known of the lines held, as small numbers beside them: level, stream, subsystem, time. Each line is read once;
 * filters, counts and the strip over time look here. Some 11 bytes a line.
 */
import { type LogLevel, readLogFacts } from '../../../server/domain/log-facts.ts'
import { isErrorDetail, isStackLine } from './log-blocks.ts'
import type { LogRing, RingLine } from './log-ring.ts'
import { withoutColours } from './sgr.ts'

/** Gravest first. */
export const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'unknown']
export type LogStream = 'stdout' | 'stderr'

/** Lines looked at between two looks at the clock. */
const SLICE_LINES = 200
/** A gap is no line: it has no level, and is not counted. */
const NO_LEVEL = 7
const LEVEL_BITS = 0x07
const STDERR_BIT = 0x08
const STACK_BIT = 0x10
/** What anybody may write into a log must not make a list without end: names beyond that many are one. */
const MAX_SUBSYSTEMS = 200
const OTHERS_ID = MAX_SUBSYSTEMS + 1
export const OTHER_SUBSYSTEMS = 'others'

export class LogIndex {
  readonly #ring: LogRing
  readonly #facts: Uint8Array
  readonly #parts: Uint8Array
  readonly #times: Float64Array
  /** '' first: no subsystem. */
  readonly #names: string[] = ['']
  readonly #ids = new Map<string, number>([['', 0]])
  readonly #levelCounts = new Uint32Array(NO_LEVEL + 1)
  readonly #partCounts = new Uint32Array(OTHERS_ID + 1)
  #stderrCount = 0
  #from: number
  #to: number
  #changes = 0

  constructor(ring: LogRing) {
    this.#ring = ring
    this.#facts = new Uint8Array(ring.capacity)
    this.#parts = new Uint8Array(ring.capacity)
    this.#times = new Float64Array(ring.capacity)
    this.#from = ring.first
    this.#to = ring.first
  }

  /** Number of the first line that is known; those up to `to` are. */
  get from(): number {
    return this.#from
  }

  get to(): number {
    return this.#to
  }

  /** Rises whenever a count may be another. */
  get changes(): number {
    return this.#changes
  }

  /** How many of the lines known have this level. */
  levelCount(level: LogLevel): number {
    return this.#levelCounts[LEVELS.indexOf(level)] ?? 0
  }

  streamCount(stream: LogStream): number {
    const lines = this.#to - this.#from - (this.#levelCounts[NO_LEVEL] ?? 0)
    return stream === 'stderr' ? this.#stderrCount : lines - this.#stderrCount
  }

  /** The subsystems of the lines known, those with most lines first. */
  subsystems(): { readonly name: string; readonly count: number }[] {
    return this.#names
      .map((name, id) => ({ name, count: this.#partCounts[id] ?? 0 }))
      .filter(({ name, count }) => name !== '' && count > 0)
      .toSorted((one, other) => other.count - one.count || one.name.localeCompare(other.name))
  }

  /** Undefined for a gap, and for a line that is not known. */
  levelAt(number: number): LogLevel | undefined {
    return this.#has(number) ? LEVELS[(this.#facts[this.#slot(number)] ?? 0) & LEVEL_BITS] : undefined
  }

  streamAt(number: number): LogStream | undefined {
    if (this.levelAt(number) === undefined) return undefined
    return ((this.#facts[this.#slot(number)] ?? 0) & STDERR_BIT) === 0 ? 'stdout' : 'stderr'
  }

  /** The line goes on with an error, and takes its level from it. */
  isStackAt(number: number): boolean {
    return this.#has(number) && ((this.#facts[this.#slot(number)] ?? 0) & STACK_BIT) !== 0
  }

  subsystemAt(number: number): string | undefined {
    return this.#has(number) ? this.#names[this.#parts[this.#slot(number)] ?? 0] : undefined
  }

  /** Milliseconds since the epoch; NaN for a line without a time, or one that is not known. */
  timeAt(number: number): number {
    return this.#has(number) ? (this.#times[this.#slot(number)] ?? Number.NaN) : Number.NaN
  }

  /** Goes over all lines that are known; quicker than asking for each. */
  each(visit: (number: number, time: number, level: LogLevel | undefined, isStack: boolean) => void): void {
    let slot = this.#slot(this.#from)
    for (let number = this.#from; number < this.#to; number += 1) {
      const facts = this.#facts[slot] ?? 0
      visit(number, this.#times[slot] ?? Number.NaN, LEVELS[facts & LEVEL_BITS], (facts & STACK_BIT) !== 0)
      slot = slot + 1 === this.#facts.length ? 0 : slot + 1
    }
  }

  /**
   * Takes in what has happened to the ring, and reads lines while there is time.
   * @returns whether all lines are known
   */
  sync(budgetMs: number): boolean {
    this.settle()
    const { end } = this.#ring
    const until = performance.now() + budgetMs
    while (this.#to < end && performance.now() <= until) {
      const stop = Math.min(end, this.#to + SLICE_LINES)
      while (this.#to < stop) this.learn(this.#to)
    }
    return this.#to === end
  }

  /** The part of `sync` that can't wait: forgets lines that have gone, and reads those that came in front. */
  settle(): void {
    const { first } = this.#ring
    if (first > this.#from) this.#forgetBefore(first)
    else if (first < this.#from) this.#learnFront(first)
  }

  /** Reads a line if it is the next one that is not known. @param line when the caller has it at hand */
  learn(number: number, line: RingLine | undefined = this.#ring.get(number)): void {
    if (number !== this.#to || !line) return
    this.#read(number, line, number > this.#from)
    this.#to += 1
    this.#changes += 1
  }

  #learnFront(first: number): void {
    for (let number = first; number < this.#from; number += 1) {
      const line = this.#ring.get(number)
      if (line) this.#read(number, line, number > first)
    }
    this.#from = first
    this.#changes += 1
  }

  #forgetBefore(first: number): void {
    const stop = Math.min(first, this.#to)
    for (let number = this.#from; number < stop; number += 1) this.#count(this.#slot(number), -1)
    this.#from = first
    this.#to = Math.max(this.#to, first)
    this.#changes += 1
  }

  #read(number: number, line: RingLine, hasBefore: boolean): void {
    const slot = this.#slot(number)
    const before = this.#slot(number - 1)
    const stream = line.kind === 'stderr' ? STDERR_BIT : 0
    const beforeFacts = this.#facts[before] ?? 0
    const isSameStream = (beforeFacts & STDERR_BIT) === stream && (beforeFacts & LEVEL_BITS) !== NO_LEVEL
    this.#times[slot] = line.time
    if (line.kind === 'gap') {
      this.#facts[slot] = NO_LEVEL
      this.#parts[slot] = 0
    } else if (hasBefore && isSameStream && goesOn(line.text, (beforeFacts & STACK_BIT) !== 0)) {
      this.#facts[slot] = (beforeFacts & LEVEL_BITS) | stream | STACK_BIT
      this.#parts[slot] = this.#parts[before] ?? 0
    } else {
      const { level, subsystem } = readLogFacts(line.text)
      this.#facts[slot] = LEVELS.indexOf(level) | stream
      this.#parts[slot] = this.#idOf(subsystem)
    }
    this.#count(slot, 1)
  }

  #count(slot: number, change: 1 | -1): void {
    const facts = this.#facts[slot] ?? 0
    const level = facts & LEVEL_BITS
    const part = this.#parts[slot] ?? 0
    this.#levelCounts[level] = (this.#levelCounts[level] ?? 0) + change
    this.#partCounts[part] = (this.#partCounts[part] ?? 0) + change
    if ((facts & STDERR_BIT) !== 0) this.#stderrCount += change
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    if (this.#names.length > MAX_SUBSYSTEMS) {
      this.#names[OTHERS_ID] = OTHER_SUBSYSTEMS
      return OTHERS_ID
    }
    this.#ids.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  #has(number: number): boolean {
    return number >= this.#from && number < this.#to
  }

  /** The ring holds no more lines than there are slots, so two of them never share one. */
  #slot(number: number): number {
    const capacity = this.#ring.capacity
    return ((number % capacity) + capacity) % capacity
  }
}

/** The line belongs to the error above, or to the stack that it ends. */
function goesOn(text: string, isBelowStack: boolean): boolean {
  return isStack(text) || (isBelowStack && isErrorDetail(text))
}

/** The first letter tells for nearly every line that it is none. */
function isStack(text: string): boolean {
  const first = text.charCodeAt(0)
  // Blank, tab, a dot, C and the beginning of a colour.
  if (first !== 0x20 && first !== 0x09 && first !== 0x2e && first !== 0x43 && first !== 0x1b) return false
  return isStackLine(first === 0x1b ? withoutColours(text) : text)
}
