/** Leaves out what a follower of the log cannot catch up with. */
import { type LogFile, logSize } from './log-file.ts'

/** So much may always wait: some hundred thousand lines are read in a second. In bytes. */
const MAX_UNREAD_BYTES = 2_097_152
/** What is read next may be so old, in ms, as long as no more than that waits. */
const MAX_AGE_MS = 500
/** So much before the end of the file is kept. In bytes. */
const KEPT_BYTES = 65_536
const BLOCK_BYTES = 16_384
const LF = 10

export interface Skip {
  /** Where a row starts. */
  readonly position: number
  /** What lies before it and was not read. */
  readonly bytes: number
}

/**
 * Looks whether the log grows faster than it is taken: a program that prints without end must not keep everybody from
 * what it prints now. What is left out is not counted by lines, since reading it is what there is no time for.
 * @param position where reading would go on
 * @param lastTime of the line that was read last, as conmon wrote it
 * @returns null while the follower keeps up
 */
export async function findSkip(log: LogFile, position: number, lastTime: string): Promise<Skip | null> {
  const size = await logSize(log)
  if (size - position <= MAX_UNREAD_BYTES) return null
  // Text of somebody else has no time: then the size alone counts.
  if (Date.now() - Date.parse(lastTime) <= MAX_AGE_MS) return null
  const start = await nextRow(log, size - KEPT_BYTES)
  return { position: start, bytes: start - position }
}

/** Start of the first row behind this place; the end of what is there when none starts. */
async function nextRow(log: LogFile, from: number): Promise<number> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  for (let position = from; ; ) {
    const { bytesRead } = await log.handle.read(block, 0, BLOCK_BYTES, position)
    const lf = block.subarray(0, bytesRead).indexOf(LF)
    if (lf !== -1) return position + lf + 1
    if (bytesRead === 0) return position
    position += bytesRead
  }
}
