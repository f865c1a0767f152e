/** Rows of a k8s-file log, in chunks of any size, to lines: parts joined, UTF-8 decoded, long lines cut. */
import { MAX_PREFIX_BYTES, type RowPrefix, readPrefix } from './k8s-row.ts'

/** Longer lines are cut. In bytes of text; no more of a line is ever held. */
export const MAX_TEXT_BYTES = 8_192
/** A row of a line that is not cut. */
export const MAX_ROW_BYTES = MAX_TEXT_BYTES + MAX_PREFIX_BYTES
const LF = 10

export interface AssembledLine {
  /** Offset of the line's first byte in the file. */
  readonly start: number
  /** Offset of the first byte after it. */
  readonly end: number
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** Decoded, otherwise as the program printed it: whoever shows it must take control characters out. */
  readonly text: string
  readonly truncated: boolean
}

interface Pending {
  readonly start: number
  readonly time: string
  /** With room for more. */
  held: Buffer
  bytes: number
  truncated: boolean
}

/** Of each stream the parts of a line that has not ended. */
export interface LineParts {
  stdout: Pending | null
  stderr: Pending | null
}

export interface LineAssembler {
  /** The next bytes of the file. */
  push(chunk: Buffer): void
  /** Nothing is held back: all that was pushed has become lines. */
  isIdle(): boolean
  /** What the next file of the log goes on with: conmon begins one in the middle of a line. */
  readonly parts: LineParts
}

/**
 * @param offset where in the file the first chunk lies, in bytes; a row starts there
 * @param onLine called for each finished line, in the order of their last rows
 * @param maxTextBytes longer lines are cut
 * @param parts of the file before this one
 */
export function createLineAssembler(
  offset: number,
  onLine: (line: AssembledLine) => void,
  maxTextBytes: number = MAX_TEXT_BYTES,
  parts: LineParts = { stdout: null, stderr: null },
): LineAssembler {
  const maxRowBytes = maxTextBytes + MAX_PREFIX_BYTES
  const pending: LineParts = { ...parts }
  let rowStart = offset
  let heldRow: Buffer = Buffer.alloc(0)
  /** Bytes of the unfinished row that were left out because it is too long. */
  let skipped = 0
  let lastTime = ''

  const finishRow = (buffer: Buffer, from: number, to: number, end: number): void => {
    const prefix = readPrefix(buffer, from, to)
    if (prefix === null) {
      // Something else wrote into the file: shown as it is, never dropped, also where it is nothing but line ends.
      const cut = cutText(buffer, from, to, maxTextBytes)
      onLine({ start: rowStart, end, time: lastTime, stream: 'stdout', ...cut })
      return
    }
    lastTime = buffer.toString('latin1', from, prefix.timeEnd)
    const held = pending[prefix.stream]
    if (prefix.isPartial || held !== null) {
      addPart(buffer, prefix, to, end, held)
      return
    }
    const { text, truncated } = cutText(buffer, prefix.textStart, to, maxTextBytes)
    const isCut = truncated || skipped > 0
    onLine({ start: rowStart, end, time: lastTime, stream: prefix.stream, text, truncated: isCut })
  }

  const addPart = (
    buffer: Buffer,
    prefix: RowPrefix,
    to: number,
    end: number,
    held: Pending | null,
  ): void => {
    const line = held ?? {
      start: rowStart,
      time: lastTime,
      held: Buffer.alloc(0),
      bytes: 0,
      truncated: false,
    }
    const room = maxTextBytes - line.bytes
    const wanted = to - prefix.textStart
    if (wanted > room || skipped > 0) line.truncated = true
    const taken = Math.min(room, wanted)
    if (taken > 0) line.held = withRoom(line.held, line.bytes, taken)
    // Copied: the chunk's memory is used again.
    buffer.copy(line.held, line.bytes, prefix.textStart, prefix.textStart + taken)
    line.bytes += taken
    pending[prefix.stream] = prefix.isPartial ? line : null
    if (prefix.isPartial) return
    const whole = line.held.subarray(0, line.bytes)
    const stop = line.truncated ? characterEnd(whole, 0, whole.length) : whole.length
    const { start, time, truncated } = line
    onLine({ start, end, time, stream: prefix.stream, text: whole.toString('utf8', 0, stop), truncated })
  }

  const hold = (part: Buffer): void => {
    const room = Math.max(0, maxRowBytes - heldRow.length)
    heldRow = Buffer.concat([heldRow, part.subarray(0, room)])
    skipped += part.length - Math.min(room, part.length)
  }

  return {
    push(chunk) {
      let from = 0
      for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, from)) {
        if (heldRow.length > 0) {
          hold(chunk.subarray(from, lf))
          const end = rowStart + heldRow.length + skipped + 1
          finishRow(heldRow, 0, heldRow.length, end)
          rowStart = end
          heldRow = Buffer.alloc(0)
          skipped = 0
        } else {
          const end = rowStart + (lf - from) + 1
          finishRow(chunk, from, lf, end)
          rowStart = end
        }
        from = lf + 1
      }
      if (from < chunk.length) hold(chunk.subarray(from))
    },
    parts: pending,
    isIdle: () => heldRow.length === 0 && skipped === 0 && pending.stdout === null && pending.stderr === null,
  }
}

/** The same bytes with room for so many more behind them. Not one buffer for each part: there may be millions. */
function withRoom(held: Buffer, bytes: number, more: number): Buffer {
  if (bytes + more <= held.length) return held
  const larger = Buffer.allocUnsafe(Math.max(2 * held.length, bytes + more))
  held.copy(larger, 0, 0, bytes)
  return larger
}

function cutText(
  buffer: Buffer,
  from: number,
  to: number,
  maxBytes: number,
): { text: string; truncated: boolean } {
  if (to - from <= maxBytes) return { text: buffer.toString('utf8', from, to), truncated: false }
  return {
    text: buffer.toString('utf8', from, characterEnd(buffer, from, from + maxBytes)),
    truncated: true,
  }
}

/** `to`, or the start of the UTF-8 character that a cut there would split (RFC 3629, section 3). */
function characterEnd(buffer: Buffer, from: number, to: number): number {
  for (let at = to - 1; at >= Math.max(from, to - 4); at--) {
    const byte = buffer[at] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return at + length > to ? at : to
  }
  return to
}
