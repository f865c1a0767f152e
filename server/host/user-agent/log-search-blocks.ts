/** Blocks of a log file from its end to its beginning, for a search: each with whole lines, and none larger for a long row. */
import { readPrefix } from './k8s-row.ts'
import type { LogFile } from './log-file.ts'

const BLOCK_BYTES = 1_048_576
/** Before the beginning of a block: whether a line goes on in it. */
const LEAD_BYTES = 65_536
/** Of a row that is longer than a block: no more than the beginning of a line is shown, and searched. */
const LONG_ROW_BYTES = 65_536
const LF = 10

export interface Block {
  /** Offset of the first row. */
  readonly start: number
  readonly bytes: Buffer
  /** Where the only row ends in the file, when these are no more than its beginning. */
  readonly rowEnd?: number
  /** No row begins here: it is all of one that ends there, or that has not ended (null). */
  readonly within?: number | null
}

const NOTHING = Buffer.alloc(0)

/**
 * What ends at or before `high`: some rows, or a piece of one. Takes no more memory and time for a longer one.
 * @param within of the block behind this one
 */
export async function readBlock(
  log: LogFile,
  high: number,
  within: number | null | undefined,
): Promise<Block> {
  const low = Math.max(0, high - BLOCK_BYTES)
  const lead = Math.max(0, low - LEAD_BYTES)
  const bytes = await readBytes(log, lead, high)
  // What is left of a file that was cut meanwhile, and a row that has not ended, are no lines.
  const isEnd = bytes.at(-1) === LF && bytes.length === high - lead
  if (within !== undefined || !isEnd) return readLongRow(log, lead, bytes, within ?? null)
  if (low === 0) return { start: 0, bytes }
  const from = blockStart(bytes, lead === 0 ? 0 : bytes.indexOf(LF) + 1, low - lead)
  if (from !== null) return { start: lead + from, bytes: bytes.subarray(from) }
  return { start: low, bytes: NOTHING, within: high }
}

/** @param end of the row in which the bytes end; null when it has none */
async function readLongRow(log: LogFile, low: number, bytes: Buffer, end: number | null): Promise<Block> {
  const lf = bytes.lastIndexOf(LF)
  if (lf === -1 && low > 0) return { start: low, bytes: NOTHING, within: end }
  const start = low + lf + 1
  if (end === null) return { start, bytes: NOTHING }
  const head = await readBytes(log, start, Math.min(end, start + LONG_ROW_BYTES))
  return { start, bytes: Buffer.concat([head, Buffer.of(LF)]), rowEnd: end }
}

async function readBytes(log: LogFile, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(to - from)
  const { bytesRead } = await log.handle.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}

/**
 * The first row at or behind `low` before which no line is unfinished: what is begun in a block ends in it. Null when no
 * row begins there.
 * @param at where a row begins, before `low`
 */
function blockStart(bytes: Buffer, at: number, low: number): number | null {
  const isOpen = { stdout: false, stderr: false }
  let first: number | null = null
  for (let row = at; row < bytes.length; ) {
    if (row >= low) {
      first ??= row
      if (!isOpen.stdout && !isOpen.stderr) return row
    }
    const lf = bytes.indexOf(LF, row)
    if (lf === -1) break
    const prefix = readPrefix(bytes, row, lf)
    if (prefix) isOpen[prefix.stream] = prefix.isPartial
    row = lf + 1
  }
  return first
}
