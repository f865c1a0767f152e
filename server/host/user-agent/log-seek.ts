/** Finds lines in a k8s-file log from its end, without reading what comes before them. */
import type { FileHandle } from 'node:fs/promises'
import { MAX_PREFIX_BYTES, mayHaveParts, readPrefix } from './k8s-row.ts'

const BLOCK_BYTES = 65_536
/** What is not found in the first block is likely to be far. */
const LARGE_BLOCK_BYTES = 1_048_576
/** Older lines than that many bytes before the end are not looked for: an upper bound on work, not a usual case. */
const MAX_SCAN_BYTES = 268_435_456
const LF = 10

/**
 * Where reading must start to get the last `count` lines before `end`. Lines count by their last rows (F), so a line
 * of several rows is never cut at its start.
 *
 * @param end in bytes; what comes after the last row end before it is an unfinished row and not counted
 * @returns an offset at which a row starts, and how many lines there are from it on: fewer than `count` when the file
 * has no more
 */
export async function findLineStart(
  handle: FileHandle,
  end: number,
  count: number,
): Promise<{ offset: number; lines: number }> {
  let block = Buffer.allocUnsafe(BLOCK_BYTES + MAX_PREFIX_BYTES)
  const lowest = Math.max(0, end - MAX_SCAN_BYTES)
  let high = end
  let found = 0
  /** Start of the row after the one being looked at. */
  let nextRow: number | null = null
  while (high > lowest) {
    const low = Math.max(lowest, high - (block.length - MAX_PREFIX_BYTES))
    // Some bytes more than the block itself: the prefix of a row that starts at its end.
    const length = await readFully(handle, block, low, Math.min(end, high + MAX_PREFIX_BYTES) - low)
    // Where no row can be a part of a line, each of them ends one: they need not be looked at.
    const isPlain = !mayHaveParts(block.subarray(0, length))
    for (let lf = lastLineEnd(block, Math.min(high - low, length)); lf !== -1; lf = lastLineEnd(block, lf)) {
      const row = low + lf + 1
      if (nextRow !== null && (isPlain || endsLine(block, lf + 1, Math.min(length, nextRow - low - 1))))
        found += 1
      if (found > count) return { offset: nextRow ?? row, lines: count }
      nextRow = row
      if (count === 0) return { offset: row, lines: 0 }
    }
    high = low
    if (high > lowest && block.length < LARGE_BLOCK_BYTES)
      block = Buffer.allocUnsafe(LARGE_BLOCK_BYTES + MAX_PREFIX_BYTES)
  }
  if (lowest > 0) return { offset: nextRow ?? end, lines: found }
  // The first row of the file has no LF before it.
  const length = await readFully(handle, block, 0, Math.min(end, MAX_PREFIX_BYTES))
  if (nextRow !== null && endsLine(block, 0, Math.min(length, nextRow - 1))) found += 1
  return found > count && nextRow !== null ? { offset: nextRow, lines: count } : { offset: 0, lines: found }
}

/** Index of the last LF before `before`, or -1. */
function lastLineEnd(buffer: Buffer, before: number): number {
  return before > 0 ? buffer.lastIndexOf(LF, before - 1) : -1
}

/** A row that is none of conmon's counts as a line: it is shown as one. */
function endsLine(buffer: Buffer, at: number, to: number): boolean {
  return readPrefix(buffer, at, to)?.isPartial !== true
}

async function readFully(
  handle: FileHandle,
  buffer: Buffer,
  position: number,
  length: number,
): Promise<number> {
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/** The first bytes of the first row that begins at or behind an offset; null when there is none soon. */
export async function findRowAfter(
  handle: FileHandle,
  offset: number,
): Promise<{ start: number; bytes: Buffer } | null> {
  const block = Buffer.alloc(BLOCK_BYTES)
  const from = Math.max(0, offset - 1)
  const length = await readFully(handle, block, from, block.length)
  const at = offset === 0 ? 0 : block.subarray(0, length).indexOf(LF) + 1
  if ((offset > 0 && at === 0) || at >= length) return null
  return { start: from + at, bytes: Buffer.from(block.subarray(at, Math.min(length, at + MAX_PREFIX_BYTES))) }
}
