/** For programs that run inside a host: rows of a binary frame of the log (contract/log-rows.ts). Imports nothing. */

const LISTED_ROWS = 2
const RAW_HEAD_BYTES = 21
const OFFSET_BYTES = 8
const LF = 10
/** `TIME STREAM TAG `, as conmon writes it. */
const PREFIX_BYTES = 45

export interface FrameRows {
  /** All rows, each with its LF; a character a byte. */
  readonly text: string
  readonly count: number
  /** Of the text of a row. */
  readonly longestBytes: number
}

/** @throws for a frame whose last row has no end */
export function readFrameRows(frame: Buffer): FrameRows {
  const isListed = frame[0] === LISTED_ROWS
  const from = isListed
    ? RAW_HEAD_BYTES + 4 + frame.readUInt32LE(RAW_HEAD_BYTES) * OFFSET_BYTES
    : RAW_HEAD_BYTES
  if (frame.at(-1) !== LF) throw new Error('a row without an end')
  let [count, longest] = [0, 0]
  for (let at = from; at < frame.length; count += 1) {
    const end = frame.indexOf(LF, at)
    longest = Math.max(longest, end - at)
    at = end + 1
  }
  return { text: frame.toString('latin1', from), count, longestBytes: Math.max(0, longest - PREFIX_BYTES) }
}
