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

function readStream(buffer: Buffer, at: number): 'stdout' | 'stderr' | null {
  const name = buffer.toString('latin1', at, at + 6)
  return name === 'stdout' || name === 'stderr' ? name : null
}
