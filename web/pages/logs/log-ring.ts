/**
 * The lines that the page holds: the newest 200,000, as the bytes they came as, since a string for each would take
 * several times the room. A line has a number that stays its own: later lines have larger ones, earlier lines that are
 * loaded afterwards smaller ones, below zero too.
 */
import { formatCursor, type LogRows, parseCursor, rowAt } from '../../../contract/log-rows.ts'
import { sanitizeLogText } from '../../../server/domain/log-line.ts'

export interface RingLine {
  readonly kind: 'stdout' | 'stderr' | 'gap'
  /** Milliseconds since the epoch; NaN for a gap. */
  readonly time: number
  readonly text: string
  readonly isTruncated: boolean
}

export const RING_CAPACITY = 200_000
/** Held at most, in bytes: as many lines of 8 KiB, which anybody may have the gateway log, would end the page. */
export const RING_BYTES = 134_217_728

/** Frames below that size, in bytes, are gathered: a chunk for each line would cost more than the line. */
const GATHERED_BYTES = 65_536

/** Lines that lie together. */
interface Chunk {
  /** Number of its first line. */
  first: number
  count: number
  readonly rows: LogRows | null
  /** What a row that is no line says; null for lines. */
  readonly gap: string | null
}

export class LogRing {
  readonly capacity: number
  readonly #maxBytes: number
  readonly #chunks: Chunk[] = []
  #bytes = 0
  /** The last chunk, while there is room in it. */
  #open: Gathering | null = null
  #first = 0
  #end = 0

  constructor(capacity: number = RING_CAPACITY, maxBytes: number = RING_BYTES) {
    this.capacity = capacity
    this.#maxBytes = maxBytes
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
      const cursor = this.cursorOf(number)
      if (cursor !== undefined) return cursor
    }
    return undefined
  }

  /** Cursor of the newest line that has one: newer lines are asked for behind it. */
  get newestCursor(): string | undefined {
    for (let number = this.#end - 1; number >= this.#first; number -= 1) {
      const cursor = this.cursorOf(number)
      if (cursor !== undefined) return cursor
    }
    return undefined
  }

  /** Number of the line with this cursor; undefined when it is not here. */
  numberOf(cursor: string): number | undefined {
    const place = parseCursor(cursor)
    if (place === null) return undefined
    for (const { rows, first, count } of this.#chunks) {
      if (rows?.file !== place.file || count === 0 || rows.endOf(count - 1) < place.end) continue
      let [low, high] = [0, count - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (rows.endOf(middle) >= place.end) high = middle
        else low = middle + 1
      }
      const number = first + low
      return rows.endOf(low) === place.end && number >= this.#first ? number : undefined
    }
    return undefined
  }

  /** undefined for a gap, and for a line that is not here. */
  cursorOf(number: number): string | undefined {
    const chunk = this.#chunkOf(number)
    return chunk?.rows ? formatCursor(chunk.rows.file, chunk.rows.endOf(number - chunk.first)) : undefined
  }

  /** The line with this number; undefined when it has gone, or has not come yet. */
  get(number: number): RingLine | undefined {
    const chunk = this.#chunkOf(number)
    if (!chunk) return undefined
    if (!chunk.rows) return { kind: 'gap', time: Number.NaN, text: chunk.gap ?? '', isTruncated: false }
    const row = rowAt(chunk.rows, number - chunk.first)
    return {
      kind: row.stream,
      time: Date.parse(row.time),
      text: sanitizeLogText(row.text),
      isTruncated: row.truncated,
    }
  }

  /** Appends the lines of a frame; the oldest go when there is no room. */
  append(rows: LogRows): void {
    if (rows.count === 0) return
    if (rows.bytes.length >= GATHERED_BYTES / 2) {
      this.#open = null
      this.#push({ rows, gap: null, count: rows.count })
      return
    }
    if (!this.#open?.hasRoomFor(rows)) {
      this.#open = new Gathering(rows.file)
      this.#push({ rows: this.#open, gap: null, count: 0 })
    }
    this.#open.add(rows)
    const last = this.#chunks.at(-1)
    if (last) last.count = this.#open.count
    this.#grow(rows.count)
  }

  /** Appends a row that tells of lines which are missing. */
  appendGap(reason: string): void {
    this.#open = null
    this.#push({ rows: null, gap: reason, count: 1 })
  }

  /**
   * Puts older lines in front of the others, and what is said of those that are missing between.
   * @param pieces oldest first, no more lines than there is room for
   * @returns false, and nothing is taken, when they have too many bytes
   */
  prepend(pieces: readonly (LogRows | string)[]): boolean {
    const chunks = pieces.map(chunkOf)
    const bytes = chunks.reduce((sum, { rows }) => sum + (rows?.bytes.length ?? 0), 0)
    if (this.#bytes + bytes > this.#maxBytes) return false
    this.#bytes += bytes
    // What is left of the chunk in front must not show again the lines that have gone.
    this.#cutFront()
    for (const chunk of chunks.toReversed()) {
      this.#first -= chunk.count
      chunk.first = this.#first
      this.#chunks.unshift(chunk)
    }
    return true
  }

  clear(): void {
    // Older lines may be put in front later on: they must not get the numbers of lines that were here.
    this.#end += this.capacity
    this.#first = this.#end
    this.#chunks.length = 0
    this.#bytes = 0
    this.#open = null
  }

  #push(chunk: Omit<Chunk, 'first'>): void {
    this.#chunks.push({ first: this.#end, ...chunk })
    this.#bytes += chunk.rows?.bytes.length ?? 0
    this.#grow(chunk.count)
  }

  #grow(count: number): void {
    this.#end += count
    this.#first = Math.max(this.#first, this.#end - this.capacity)
    let gone = 0
    for (const { first, count: lines, rows } of this.#chunks) {
      const isTooMuch = this.#bytes > this.#maxBytes && gone < this.#chunks.length - 1
      if (isTooMuch) this.#first = Math.max(this.#first, first + lines)
      else if (first + lines > this.#first || lines === 0) break
      this.#bytes -= rows?.bytes.length ?? 0
      gone += 1
    }
    if (gone > 0) this.#chunks.splice(0, gone)
  }

  #cutFront(): void {
    const [front] = this.#chunks
    const gone = front ? this.#first - front.first : 0
    if (!front?.rows || gone <= 0) return
    const { rows } = front
    const cut: LogRows = {
      file: rows.file,
      bytes: rows.bytes,
      count: rows.count - gone,
      starts: rows.starts.subarray(gone),
      endOf: (index) => rows.endOf(index + gone),
    }
    this.#chunks[0] = { first: this.#first, count: front.count - gone, rows: cut, gap: null }
    if (rows === this.#open) this.#open = null
  }

  #chunkOf(number: number): Chunk | undefined {
    if (number < this.#first || number >= this.#end) return undefined
    let [low, high] = [0, this.#chunks.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#chunks[middle]?.first ?? 0) <= number) low = middle
      else high = middle - 1
    }
    return this.#chunks[low]
  }
}

/** Small frames of one file, put behind each other. */
class Gathering implements LogRows {
  readonly file: string
  readonly bytes = new Uint8Array(GATHERED_BYTES)
  starts = new Uint32Array(64)
  #ends = new Float64Array(64)
  count = 0

  constructor(file: string) {
    this.file = file
  }

  hasRoomFor(rows: LogRows): boolean {
    return rows.file === this.file && this.#size() + rows.bytes.length <= GATHERED_BYTES
  }

  add(rows: LogRows): void {
    const at = this.#size()
    this.bytes.set(rows.bytes, at)
    const count = this.count + rows.count
    if (count >= this.#ends.length) {
      this.starts = enlarged(this.starts, new Uint32Array(count * 2))
      this.#ends = enlarged(this.#ends, new Float64Array(count * 2))
    }
    for (let index = 0; index < rows.count; index += 1) {
      this.starts[this.count + index + 1] = at + (rows.starts[index + 1] ?? 0)
      this.#ends[this.count + index] = rows.endOf(index)
    }
    this.count = count
  }

  endOf(index: number): number {
    return this.#ends[index] ?? 0
  }

  #size(): number {
    return this.starts[this.count] ?? 0
  }
}

function enlarged<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

function chunkOf(piece: LogRows | string): Chunk {
  return typeof piece === 'string'
    ? { first: 0, count: 1, rows: null, gap: piece }
    : { first: 0, count: piece.count, rows: piece, gap: null }
}
