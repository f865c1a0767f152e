/** Pieces of a log: what lies before or behind a place, by cursor or by time, and a single line as a whole. */
import { parseCursor } from '../../../contract/log-rows.ts'
import { sanitizeLogText } from '../../domain/log-line.ts'
import { readPrefix } from './k8s-row.ts'
import { type AssembledLine, createLineAssembler, type LineParts, MAX_TEXT_BYTES } from './line-assembler.ts'
import { type LogFile, logName, logSize } from './log-file.ts'
import { partsBefore } from './log-parts.ts'
import { findLineStart, findRowAfter } from './log-seek.ts'
import { closeAll, openSegments } from './log-segments.ts'
import type { LogAfterParams, LogBatch, LogPageParams, LogPageValue } from './protocol.ts'

/** A page has fewer lines than asked for rather than more text than this, in characters. */
const MAX_PAGE_CHARACTERS = 2_097_152
/** Of a single line that is asked for as a whole. */
export const MAX_WHOLE_LINE_BYTES = 4_194_304
const CHUNK_BYTES = 65_536

/**
 * Up to `limit` lines before a cursor, or before the end, oldest first. Nothing for the cursor of a file that is not
 * kept any more: what came before it is gone too.
 */
export async function readLogPage({ path, before, limit }: LogPageParams): Promise<LogPageValue> {
  const files = await openSegments(path)
  try {
    const place = before === null ? await endOf(files) : await placeOf(files, before)
    if (place === null) return { batches: [], hasMore: false }
    const batches: LogBatch[] = []
    let [missing, room] = [limit, MAX_PAGE_CHARACTERS]
    for (let { index, end } = place; index >= 0; index -= 1) {
      const log = files[index]
      if (!log) break
      if (index !== place.index) end = await logSize(log)
      // The line of the cursor itself ends there: it is read too, and left out.
      const isOfCursor = before !== null && index === place.index
      const { offset } = await findLineStart(log.handle, end, isOfCursor ? missing + 1 : missing)
      const parts = offset === 0 ? await partsBefore(files, index) : undefined
      const lines = await readLines(log, offset, end, room, { parts })
      const page = (isOfCursor ? lines.filter((line) => line.end < end) : lines).slice(-missing)
      batches.unshift(await toBatch(log, page))
      missing -= page.length
      for (const { text } of page) room -= text.length
      const first = page[0]?.start ?? offset
      // Without a line there is none to go on before: no line ends in so many bytes that more are not looked at.
      const hasMore = missing < limit && (first > 0 || index > 0)
      if (missing <= 0 || room <= 0 || first > 0) return { batches, hasMore }
    }
    return { batches, hasMore: false }
  } finally {
    await closeAll(files)
  }
}

/** Up to `limit` lines behind a cursor, or from a time on, oldest first; `hasMore` when newer ones follow. */
export async function readLogAfter(params: LogAfterParams): Promise<LogPageValue> {
  const { limit } = params
  const files = await openSegments(params.path)
  try {
    const place =
      params.after !== undefined ? await placeOf(files, params.after) : await placeAt(files, params.time ?? 0)
    if (place === null) return { batches: [], hasMore: false }
    const batches: LogBatch[] = []
    let [missing, room] = [limit, MAX_PAGE_CHARACTERS]
    for (let { index, end: from } = place; index < files.length; index += 1, from = 0) {
      const log = files[index]
      if (!log) break
      const parts = from === 0 ? await partsBefore(files, index) : undefined
      const { lines, isWhole } = await readLinesFrom(log, from, missing, room, parts)
      batches.push(await toBatch(log, lines))
      missing -= lines.length
      for (const { text } of lines) room -= text.length
      if (!isWhole) return { batches, hasMore: true }
      if (missing <= 0 || room <= 0) return { batches, hasMore: index < files.length - 1 }
    }
    return { batches, hasMore: false }
  } finally {
    await closeAll(files)
  }
}

/** The text of one line, also of one that is cut elsewhere; null when it is not kept any more. */
export async function readWholeLine(
  path: string,
  cursor: string,
): Promise<{ text: string; truncated: boolean } | null> {
  const files = await openSegments(path)
  try {
    const place = await placeOf(files, cursor)
    const log = place === null ? undefined : files[place.index]
    if (place === null || !log) return null
    const { offset } = await findLineStart(log.handle, place.end, 1)
    const maxTextBytes = MAX_WHOLE_LINE_BYTES
    const parts = offset === 0 ? await partsBefore(files, place.index, maxTextBytes) : undefined
    const lines = await readLines(log, offset, place.end, MAX_WHOLE_LINE_BYTES, { maxTextBytes, parts })
    const line = lines.find(({ end }) => end === place.end)
    // What is not shown is not sent: as JSON each control character is six.
    return line ? { text: sanitizeLogText(line.text), truncated: line.truncated } : null
  } finally {
    await closeAll(files)
  }
}

interface Place {
  readonly index: number
  readonly end: number
}

async function endOf(files: readonly LogFile[]): Promise<Place | null> {
  const log = files.at(-1)
  return log ? { index: files.length - 1, end: await logSize(log) } : null
}

async function placeOf(files: readonly LogFile[], text: string): Promise<Place | null> {
  const cursor = parseCursor(text)
  if (cursor === null) return null
  for (const [index, log] of files.entries()) {
    if (logName(log) === cursor.file) return { index, end: Math.min(cursor.end, await logSize(log)) }
  }
  return null
}

/** Where the first line lies that is not older than the time (ms since 1970): rows are in the order of their times. */
async function placeAt(files: readonly LogFile[], time: number): Promise<Place | null> {
  for (const [index, log] of files.entries()) {
    let [low, high] = [0, await logSize(log)]
    const size = high
    while (high - low > CHUNK_BYTES) {
      const middle = Math.floor((low + high) / 2)
      const row = await rowAfter(log, middle)
      if (row === null || row.time >= time) high = middle
      else low = row.start
    }
    const lines = await readLines(log, low, size, Number.MAX_SAFE_INTEGER, { maxBytes: CHUNK_BYTES * 2 })
    const line = lines.find((one) => Date.parse(one.time) >= time)
    if (line) return { index, end: line.start }
  }
  return endOf(files)
}

async function rowAfter(log: LogFile, offset: number): Promise<{ start: number; time: number } | null> {
  const row = await findRowAfter(log.handle, offset)
  if (row === null) return null
  const prefix = readPrefix(row.bytes, 0, row.bytes.length)
  return prefix && { start: row.start, time: Date.parse(row.bytes.toString('latin1', 0, prefix.timeEnd)) }
}

/** The lines between two places, the newest when they have more characters than there is room for. */
async function readLines(
  log: LogFile,
  start: number,
  end: number,
  room: number,
  options: { maxTextBytes?: number; maxBytes?: number; parts?: LineParts | undefined } = {},
): Promise<AssembledLine[]> {
  const { maxTextBytes = MAX_TEXT_BYTES, maxBytes = Number.MAX_SAFE_INTEGER, parts } = options
  const lines: AssembledLine[] = []
  let characters = 0
  const collect = (line: AssembledLine): void => {
    lines.push(line)
    characters += line.text.length
    while (characters > room && lines.length > 1) characters -= lines.shift()?.text.length ?? characters
  }
  const assembler = createLineAssembler(start, collect, maxTextBytes, parts)
  await readChunks(log, start, Math.min(end, start + maxBytes), (chunk) => {
    assembler.push(chunk)
    return true
  })
  return lines
}

/** The lines from a place on. `isWhole`: the file has no more. */
async function readLinesFrom(
  log: LogFile,
  start: number,
  limit: number,
  room: number,
  parts: LineParts | undefined,
): Promise<{ lines: AssembledLine[]; isWhole: boolean }> {
  const lines: AssembledLine[] = []
  let characters = 0
  let isWhole = true
  const take = (line: AssembledLine): void => {
    characters += line.text.length
    if (lines.length < limit && (characters <= room || lines.length === 0)) lines.push(line)
    else isWhole = false
  }
  const assembler = createLineAssembler(start, take, MAX_TEXT_BYTES, parts)
  await readChunks(log, start, await logSize(log), (chunk) => {
    assembler.push(chunk)
    return isWhole
  })
  return { lines, isWhole }
}

async function readChunks(
  log: LogFile,
  start: number,
  end: number,
  take: (chunk: Buffer) => boolean,
): Promise<void> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = start; position < end; ) {
    const { bytesRead } = await log.handle.read(chunk, 0, Math.min(chunk.length, end - position), position)
    if (bytesRead === 0 || !take(chunk.subarray(0, bytesRead))) return
    position += bytesRead
  }
}

async function toBatch(log: LogFile, lines: readonly AssembledLine[]): Promise<LogBatch> {
  return {
    file: logName(log),
    ...(log.loss !== undefined && lines[0]?.start === 0 ? { gap: log.loss } : {}),
    ends: lines.map((line) => line.end),
    times: lines.map((line) => line.time).join('\n'),
    texts: lines.map((line) => line.text).join('\n'),
    flags: lines.map(flagOf).join(''),
  }
}

function flagOf(line: AssembledLine): string {
  const letter = line.stream === 'stdout' ? 'o' : 'e'
  return line.truncated ? letter.toUpperCase() : letter
}
