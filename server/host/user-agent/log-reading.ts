/** Reads one file of a log from a place on, as frames of rows: whole chunks of it wherever they can stay as they are. */
import { readSync } from 'node:fs'
import { formatCursor, listLines, RAW_HEAD_BYTES, writeRawHead } from '../../../contract/log-rows.ts'
import type { LogLine } from '../../../contract/logs.ts'
import { mayHaveParts } from './k8s-row.ts'
import {
  type AssembledLine,
  createLineAssembler,
  type LineAssembler,
  type LineParts,
  MAX_ROW_BYTES,
  MAX_TEXT_BYTES,
} from './line-assembler.ts'
import { EMPTY_FILE, type LogFile, logName } from './log-file.ts'

/** A row that has no end after so many bytes is a long one: it is read the slow way. */
const LONG_ROW_BYTES = 65_536
const LF = 10
/** Far from what the panel takes of an item; a single line has some 25 KB at most. */
const MAX_LISTED_BYTES = 524_288
/** Of a row beside its text: what stands before that, and where it ends. */
const LISTED_ROW_BYTES = 72
/** Of a unit of a string. */
const MAX_UTF8_BYTES = 3

export type LineFilter = (line: AssembledLine) => boolean

export interface LogReading {
  readonly log: LogFile
  /** Up to where it has been read, in bytes. */
  readonly position: number
  /** The file had less than was asked for when it was last read, and all of that was handed over. */
  readonly isSpent: boolean
  /** Of lines that have not ended: they go on in the next file. */
  parts(): LineParts | undefined
  /**
   * The next rows, at most a chunk of them. They are good until more are asked for: their memory is used again.
   * @param limit offset up to which to read
   * @param chunkBytes larger ones cost less for each line; more of them wait for a viewer that stalls
   * @returns null when there are none now
   */
  next(limit: number, chunkBytes: number): Uint8Array | 'nothing for the filter' | null
}

/**
 * @param position a row starts there
 * @param parts of the file before, when all of that was read
 */
export function createLogReading(
  log: LogFile,
  position: number,
  filter: LineFilter | null,
  parts?: LineParts,
): LogReading {
  let at = position
  let name = EMPTY_FILE
  let isSpent = false
  /** Of the chunk that was read last: frames that have not been asked for yet. */
  let made: Uint8Array[] = []
  let chunk: Buffer = Buffer.alloc(0)
  let lines: AssembledLine[] = []
  const create = (of?: LineParts): LineAssembler => {
    const take = (line: AssembledLine): void => {
      if (filter === null || filter(line)) lines.push(line)
    }
    return createLineAssembler(at, take, MAX_TEXT_BYTES, of)
  }
  let assembler: LineAssembler | null = parts === undefined ? null : create(parts)

  const assemble = (bytes: Buffer): Uint8Array | 'nothing for the filter' => {
    assembler ??= create()
    assembler.push(bytes)
    at += bytes.length
    if (assembler.isIdle()) assembler = null
    made = listed(name, lines)
    lines = []
    return made.shift() ?? 'nothing for the filter'
  }

  return {
    log,
    get position() {
      return at
    },
    get isSpent() {
      return isSpent && made.length === 0
    },
    parts: () => (assembler?.parts.stdout || assembler?.parts.stderr ? assembler.parts : undefined),
    next(limit, chunkBytes) {
      const next = made.shift()
      if (next !== undefined) return next
      const room = Math.min(chunkBytes, limit - at)
      if (room <= 0) return null
      if (chunk.length !== RAW_HEAD_BYTES + chunkBytes)
        chunk = Buffer.allocUnsafe(RAW_HEAD_BYTES + chunkBytes)
      // Not by a thread: to wake one costs more than to copy what lies in memory, as the end of a log does.
      const bytesRead = readSync(log.handle.fd, chunk, RAW_HEAD_BYTES, room, at)
      isSpent = bytesRead < room
      if (bytesRead === 0) return null
      if (name === EMPTY_FILE) name = logName(log)
      const end = RAW_HEAD_BYTES + bytesRead
      const rowsEnd = chunk.lastIndexOf(LF, end - 1) + 1
      if (assembler !== null) return assemble(chunk.subarray(RAW_HEAD_BYTES, end))
      if (rowsEnd <= RAW_HEAD_BYTES) {
        // An unfinished row, which may yet end; or one that is longer than a chunk.
        return bytesRead < LONG_ROW_BYTES ? null : assemble(chunk.subarray(RAW_HEAD_BYTES, end))
      }
      if (filter !== null || !isPlain(chunk, RAW_HEAD_BYTES, rowsEnd))
        return assemble(chunk.subarray(RAW_HEAD_BYTES, rowsEnd))
      writeRawHead(chunk, name, at)
      at += rowsEnd - RAW_HEAD_BYTES
      return chunk.subarray(0, rowsEnd)
    },
  }
}

/** No row is too long, and none is a part of a line. */
function isPlain(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; to - at > MAX_ROW_BYTES; ) {
    const lf = bytes.lastIndexOf(LF, at + MAX_ROW_BYTES)
    if (lf < at) return false
    at = lf + 1
  }
  // Text that looks like a part is no harm: the chunk is only read the slow way.
  return !mayHaveParts(bytes.subarray(from, to))
}

/**
 * Lines as rows of their own, with where each ended in the file. With what is put before them, lines that something else
 * wrote may be many times the chunk they came in: they are as many frames as it takes.
 */
function listed(file: string, lines: readonly AssembledLine[]): Uint8Array[] {
  const runs: LogLine[][] = []
  let room = 0
  for (const { end, ...line } of lines) {
    room -= LISTED_ROW_BYTES + MAX_UTF8_BYTES * line.text.length
    if (room < 0) {
      runs.push([])
      room = MAX_LISTED_BYTES
    }
    runs.at(-1)?.push({ ...line, cursor: formatCursor(file, end) })
  }
  return runs.flatMap(listLines)
}
