/**
 * Frames of log rows, as they travel from the log file to whoever shows it: the bytes of the file, cut at row ends, with
 * a head that gives each row its cursor. Nothing between reader and viewer takes the rows apart (docs/adr/0011-logs.md).
 *
 * Layout, little endian: kind (1 byte), name of the file (12 bytes of hex), offset of the first row in the file
 * (8 bytes, float64); then, in a frame of listed rows, their number (uint32) and the offset behind each (float64); then
 * the rows. A row is `TIME STREAM TAG TEXT LF`, the tag F, or T for a text that was cut. Rows that are none of these were
 * written by something else, and are text.
 *
 * Imports nothing of Node: the page uses it too.
 */

import type { LogLine } from './logs.ts'

/** As they lie in the file: each row ends where the next begins. */
export const RAW_ROWS = 1
/** Joined from several rows, or cut: where each ended in the file is listed. */
export const LISTED_ROWS = 2

export const FILE_NAME_LENGTH = 12
const OFFSET_AT = 1 + FILE_NAME_LENGTH
export const RAW_HEAD_BYTES = OFFSET_AT + 8
const LISTED_HEAD_BYTES = RAW_HEAD_BYTES + 4
const OFFSET_BYTES = 8
const LF = 10

/** A frame, with its rows found. */
export interface LogRows {
  readonly file: string
  readonly count: number
  /** Where each row begins in `bytes`, and behind the last one where that ends. */
  readonly starts: Uint32Array
  readonly bytes: Uint8Array
  /** Offset in the file behind row `index`. */
  endOf(index: number): number
}

/** Puts the head before rows as they lie in the file. @param offset of the first row in the file, in bytes */
export function writeRawHead(target: Uint8Array, file: string, offset: number): void {
  writeHead(target, RAW_ROWS, file, offset)
}

/**
 * @param rows bytes of all rows, each with its LF
 * @param ends offset in the file behind each row
 */
export function listRows(file: string, rows: Uint8Array, ends: readonly number[]): Uint8Array {
  const rowsAt = LISTED_HEAD_BYTES + ends.length * OFFSET_BYTES
  const frame = new Uint8Array(rowsAt + rows.length)
  writeHead(frame, LISTED_ROWS, file, 0)
  const view = new DataView(frame.buffer)
  view.setUint32(RAW_HEAD_BYTES, ends.length, true)
  ends.forEach((end, index) => {
    view.setFloat64(LISTED_HEAD_BYTES + index * OFFSET_BYTES, end, true)
  })
  frame.set(rows, rowsAt)
  return frame
}

function writeHead(target: Uint8Array, kind: number, file: string, offset: number): void {
  target[0] = kind
  for (let at = 0; at < FILE_NAME_LENGTH; at += 1) target[1 + at] = file.charCodeAt(at)
  new DataView(target.buffer, target.byteOffset).setFloat64(OFFSET_AT, offset, true)
}

/** @returns null for bytes that are no frame of rows */
export function readRows(frame: Uint8Array): LogRows | null {
  if (frame.length < RAW_HEAD_BYTES) return null
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const kind = view.getUint8(0)
  const file = String.fromCharCode(...frame.subarray(1, OFFSET_AT))
  if (!/^[0-9a-f]{12}$/.test(file)) return null
  if (kind === RAW_ROWS) {
    const bytes = frame.subarray(RAW_HEAD_BYTES)
    const first = view.getFloat64(OFFSET_AT, true)
    const starts = findRows(bytes)
    if (starts === null || !Number.isSafeInteger(first)) return null
    return {
      file,
      count: starts.length - 1,
      starts,
      bytes,
      endOf: (index) => first + (starts[index + 1] ?? 0),
    }
  }
  if (kind !== LISTED_ROWS || frame.length < LISTED_HEAD_BYTES) return null
  const count = view.getUint32(RAW_HEAD_BYTES, true)
  const rowsAt = LISTED_HEAD_BYTES + count * OFFSET_BYTES
  if (rowsAt > frame.length) return null
  const bytes = frame.subarray(rowsAt)
  const starts = findRows(bytes)
  if (starts === null || starts.length - 1 !== count) return null
  const endOf = (index: number) => view.getFloat64(LISTED_HEAD_BYTES + index * OFFSET_BYTES, true)
  return { file, count, starts, bytes, endOf }
}

/** Where each row begins, and the end; null when the last row has no end. */
function findRows(bytes: Uint8Array): Uint32Array | null {
  if (bytes.length === 0) return new Uint32Array(1)
  if (bytes[bytes.length - 1] !== LF) return null
  let starts = new Uint32Array(Math.max(16, bytes.length >> 6))
  let count = 1
  for (let lf = bytes.indexOf(LF); lf !== -1; lf = bytes.indexOf(LF, lf + 1)) {
    if (count === starts.length) {
      const more = new Uint32Array(count * 2)
      more.set(starts)
      starts = more
    }
    starts[count] = lf + 1
    count += 1
  }
  return starts.slice(0, count)
}

/** A row taken apart. */
export interface LogRow {
  /** As the file has it, RFC 3339 with nanoseconds; '' for a row of something else. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** Not sanitised: see server/domain/log-line.ts. */
  readonly text: string
  readonly truncated: boolean
}

const SPACE = 0x20
const [LETTER_T, LETTER_F, COLON, LETTER_E] = [0x54, 0x46, 0x3a, 0x65]
const [ZERO, NINE] = [0x30, 0x39]
const MAX_TIME_LENGTH = 40
const TIME_LETTERS = new Uint8Array(256)
for (const letter of '0123456789-:.+TZ') TIME_LETTERS[letter.charCodeAt(0)] = 1
const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The row `index` of a frame. Bytes that are not UTF-8 become U+FFFD. */
export function rowAt(rows: Pick<LogRows, 'starts' | 'bytes'>, index: number): LogRow {
  return parseRow(rows.bytes, rows.starts[index] ?? 0, (rows.starts[index + 1] ?? 1) - 1)
}

/** @param from first byte of the row @param to its LF */
export function parseRow(bytes: Uint8Array, from: number, to: number): LogRow {
  const timeEnd = timeEndOf(bytes, from, to)
  const tagAt = timeEnd + 8
  const tag = bytes[tagAt]
  const textAt = tagAt < to ? textStartOf(bytes, tagAt, to) : null
  const isRow =
    timeEnd > from &&
    textAt !== null &&
    bytes[tagAt - 1] === SPACE &&
    (tag === LETTER_F || tag === LETTER_T) &&
    isStream(bytes, timeEnd + 1)
  if (!isRow)
    return { time: '', stream: 'stdout', text: decoder.decode(bytes.subarray(from, to)), truncated: false }
  return {
    time: asciiOf(bytes, from, timeEnd),
    stream: bytes[timeEnd + 4] === LETTER_E ? 'stderr' : 'stdout',
    text: textAt < to ? decoder.decode(bytes.subarray(textAt, to)) : '',
    truncated: tag === LETTER_T,
  }
}

/**
 * Where the time ends with which a row begins, or -1. Looks no further than a time can be: a search for the next blank
 * goes over all the rows that have none, and once more for each of them. And a time has digits, signs, T and Z alone, so
 * that it can be printed as it is.
 * @param from first byte of the row @param to its LF
 */
export function timeEndOf(bytes: Uint8Array, from: number, to: number): number {
  const end = Math.min(to, from + MAX_TIME_LENGTH + 1)
  // Looked up in a table: this runs for each row.
  let at = from
  while (at < end && TIME_LETTERS[bytes[at] ?? 0] === 1) at += 1
  const first = bytes[from] ?? 0
  return at < end && at > from && bytes[at] === SPACE && first >= ZERO && first <= NINE ? at : -1
}

/**
 * Where the text begins behind a tag, or null when it is no tag. A row may carry further tags, set off by colons (the CRI
 * log format).
 * @param tagAt its letter @param to the row's LF, or how far is known of it
 */
export function textStartOf(bytes: Uint8Array, tagAt: number, to: number): number | null {
  const after = bytes[tagAt + 1]
  if (tagAt + 1 >= to) return to
  if (after === SPACE) return tagAt + 2
  if (after !== COLON) return null
  const blank = bytes.subarray(tagAt, to).indexOf(SPACE)
  return blank === -1 ? null : tagAt + blank + 1
}

const STREAMS = ['stdout', 'stderr'].map((name) => Uint8Array.from(name, (letter) => letter.charCodeAt(0)))

function isStream(bytes: Uint8Array, at: number): boolean {
  return STREAMS.some((name) => name.every((letter, index) => bytes[at + index] === letter))
}

function asciiOf(bytes: Uint8Array, from: number, to: number): string {
  // Several times as fast as String.fromCharCode, and a viewer asks for each line.
  return decoder.decode(bytes.subarray(from, to))
}

/** The cursor of a row: opaque to everybody but the reader, and the same for every reader of the file. */
export function formatCursor(file: string, end: number): string {
  return `${file}.${end.toString(36)}`
}

/** Null for text that no cursor has. */
export function parseCursor(cursor: string): { file: string; end: number } | null {
  const match = /^([0-9a-f]{12})\.([0-9a-z]{1,11})$/.exec(cursor)
  if (!match?.[1] || !match[2]) return null
  const end = Number.parseInt(match[2], 36)
  return Number.isSafeInteger(end) ? { file: match[1], end } : null
}

/** The cursor of the last row of a frame, without looking at the others; undefined for a frame without rows. */
export function lastCursor(frame: Uint8Array): string | undefined {
  if (frame.length <= RAW_HEAD_BYTES) return undefined
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const file = asciiOf(frame, 1, OFFSET_AT)
  if (view.getUint8(0) === RAW_ROWS)
    return formatCursor(file, view.getFloat64(OFFSET_AT, true) + frame.length - RAW_HEAD_BYTES)
  const count = view.getUint32(RAW_HEAD_BYTES, true)
  const last = LISTED_HEAD_BYTES + (count - 1) * OFFSET_BYTES
  if (count === 0 || last + OFFSET_BYTES > frame.length) return undefined
  return formatCursor(file, view.getFloat64(last, true))
}

/** All rows of a frame as lines; null for bytes that are no frame. Texts are not sanitised. */
export function readLines(frame: Uint8Array): LogLine[] | null {
  const rows = readRows(frame)
  if (rows === null) return null
  return Array.from({ length: rows.count }, (_, index): LogLine => {
    const { truncated, ...row } = rowAt(rows, index)
    return { cursor: formatCursor(rows.file, rows.endOf(index)), ...row, ...(truncated ? { truncated } : {}) }
  })
}

/** The other way: frames of these lines, one for each run of lines of the same file. Lines without a cursor are left out. */
export function listLines(lines: readonly LogLine[]): Uint8Array[] {
  const runs: { file: string; ends: number[]; rows: string[] }[] = []
  for (const line of lines) {
    const place = parseCursor(line.cursor)
    if (!place) continue
    let run = runs.at(-1)
    if (run?.file !== place.file) {
      run = { file: place.file, ends: [], rows: [] }
      runs.push(run)
    }
    run.ends.push(place.end)
    run.rows.push(`${rowText(line)}\n`)
  }
  return runs.map(({ file, ends, rows }) => listRows(file, encoder.encode(rows.join('')), ends))
}

/** A line as a row; what something else wrote has no time, and stays as it is. */
function rowText({ time, stream, text, truncated }: LogLine): string {
  return time === '' ? text : `${time} ${stream} ${truncated ? 'T' : 'F'} ${text}`
}
