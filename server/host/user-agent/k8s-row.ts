/**
 * Rows of the k8s-file log driver as conmon writes them: `TIME STREAM P|F TEXT`, where P marks a part of a line that
 * goes on in the next row of the same stream, and F its last part (docs/facts/podman-and-systemd.md).
 */
import { textStartOf, timeEndOf } from '../../../contract/log-rows.ts'

/** Before the text of a row: an ISO time with nanoseconds and zone (35), a stream name (6), a tag, three spaces. */
export const MAX_PREFIX_BYTES = 64

const SPACE = 0x20
const [P, F] = [0x50, 0x46]

export interface RowPrefix {
  /** Index of the first byte after the time. */
  readonly timeEnd: number
  readonly stream: 'stdout' | 'stderr'
  readonly isPartial: boolean
  /** Index of the first byte of the text. */
  readonly textStart: number
}

/** Reads the prefix of the row in `buffer` from `from` up to (not including) `to`; null when it is no such row. */
export function readPrefix(buffer: Buffer, from: number, to: number): RowPrefix | null {
  const timeEnd = timeEndOf(buffer, from, to)
  if (timeEnd === -1) return null
  const tagStart = timeEnd + 8
  if (tagStart >= to || buffer[tagStart - 1] !== SPACE) return null
  const stream = readStream(buffer, timeEnd + 1)
  const tag = buffer[tagStart]
  if (stream === null || (tag !== P && tag !== F)) return null
  const textStart = textStartOf(buffer, tagStart, to)
  return textStart === null ? null : { timeEnd, stream, isPartial: tag === P, textStart }
}

/**
 * Whether ` stdout P` or ` stderr P` stands anywhere in the bytes: where it does not, no row is a part of a line. Text may
 * have the same. One native search for a letter that is rare costs a twentieth of one for the words.
 */
export function mayHaveParts(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(P, 8); at !== -1; at = bytes.indexOf(P, at + 1)) {
    if (bytes[at - 1] === SPACE && bytes[at - 8] === SPACE && readStream(bytes, at - 7) !== null) return true
  }
  return false
}

const [STD, OUT, ERR] = [0x737464, 0x6f7574, 0x657272]

function readStream(buffer: Buffer, at: number): 'stdout' | 'stderr' | null {
  if (at + 6 > buffer.length || threeAt(buffer, at) !== STD) return null
  const which = threeAt(buffer, at + 3)
  return which === OUT ? 'stdout' : which === ERR ? 'stderr' : null
}

function threeAt(buffer: Buffer, at: number): number {
  return ((buffer[at] ?? 0) << 16) | ((buffer[at + 1] ?? 0) << 8) | (buffer[at + 2] ?? 0)
}
