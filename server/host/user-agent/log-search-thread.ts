/** The search itself: block by block from the end of the newest file to the beginning of the oldest. */

import { once } from 'node:events'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { formatCursor, parseCursor } from '../../../contract/log-rows.ts'
import { readPrefix } from './k8s-row.ts'
import { type AssembledLine, createLineAssembler } from './line-assembler.ts'
import { type LogFile, logName, logSize } from './log-file.ts'
import { createLogMatcher, type LogMatcher } from './log-matcher.ts'
import { findRowAfter } from './log-seek.ts'
import { closeAll, openSegments } from './log-segments.ts'
import type { LogSearchItem, LogSearchParams, SearchHit, SearchLine } from './protocol.ts'

const BLOCK_BYTES = 1_048_576
/** Behind the beginning of a block, for the context of its last lines. */
const MAX_CONTEXT_BYTES = 262_144
/** What is found goes on its way in pieces of this size. */
const MAX_ITEM_CHARACTERS = 262_144
const LF = 10

/** Runs in a thread: each `more` of its parent is answered by one item. */
export async function searchInThread(params: LogSearchParams): Promise<void> {
  const port = parentPort
  if (!port) return
  for await (const item of search(params)) {
    await asked(port)
    port.postMessage(item)
    if (item.type === 'end') return
  }
}

async function asked(port: MessagePort): Promise<void> {
  await once(port, 'message')
}

/** Hits of each block, the newest first, then why it ended. */
export async function* search(params: LogSearchParams): AsyncGenerator<LogSearchItem> {
  const files = await openSegments(params.path)
  try {
    yield* searchFiles(files, params)
  } finally {
    await closeAll(files)
  }
}

async function* searchFiles(
  files: readonly LogFile[],
  params: LogSearchParams,
): AsyncGenerator<LogSearchItem> {
  const matcher = createLogMatcher(params)
  const since = params.since === undefined ? null : Date.parse(params.since)
  const sizes = await Promise.all(files.map(logSize))
  const start = await startOf(files, sizes, params.before)
  const totalBytes = sizes.slice(0, start.index).reduce((sum, size) => sum + size, start.end)
  let [missing, searchedBytes] = [params.limit, 0]
  for (let index = start.index; index >= 0; index -= 1) {
    const log = files[index]
    if (!log) break
    const file = await logName(log)
    for (let high = index === start.index ? start.end : (sizes[index] ?? 0); high > 0; ) {
      const block = await readBlock(log, high)
      const lines = findLines(block, matcher, params).filter(({ time }) => !isBefore(time, since))
      let [hits, characters]: [SearchHit[], number] = [[], 0]
      for (const line of lines.toReversed().slice(0, missing)) {
        const hit = await withContext(log, file, line, params.context, sizes[index] ?? 0)
        hits.push(hit)
        missing -= 1
        for (const { text } of [hit.line, ...hit.before, ...hit.after]) characters += text.length
        if (characters < MAX_ITEM_CHARACTERS) continue
        yield { type: 'hits', hits, searchedBytes, totalBytes }
        ;[hits, characters] = [[], 0]
      }
      searchedBytes += high - block.start
      high = block.start
      yield { type: 'hits', hits, searchedBytes, totalBytes }
      const first = readPrefix(block.bytes, 0, block.bytes.length)
      // What lies before it is older still.
      if (first && isBefore(block.bytes.toString('latin1', 0, first.timeEnd), since)) high = index = 0
      if (missing <= 0) {
        yield { type: 'end', reason: 'limit' }
        return
      }
    }
  }
  yield { type: 'end', reason: 'whole' }
}

/** What something else wrote has no time, and is of any. */
const isBefore = (time: string, since: number | null): boolean => since !== null && Date.parse(time) < since

async function startOf(
  files: readonly LogFile[],
  sizes: readonly number[],
  before: string | undefined,
): Promise<{ index: number; end: number }> {
  const cursor = before === undefined ? null : parseCursor(before)
  for (const [index, log] of files.entries()) {
    if (cursor && (await logName(log)) === cursor.file) {
      // The line of the cursor itself was found already: it begins somewhere before its end.
      return { index, end: await lineStart(log, Math.min(cursor.end, sizes[index] ?? 0)) }
    }
  }
  return { index: files.length - 1, end: cursor ? 0 : (sizes.at(-1) ?? 0) }
}

async function lineStart(log: LogFile, end: number): Promise<number> {
  const lines = await linesBetween(log, Math.max(0, end - MAX_CONTEXT_BYTES), end)
  return lines.at(-1)?.start ?? end
}

interface Block {
  /** Offset of the first row. */
  readonly start: number
  readonly bytes: Buffer
}

/** The rows that end at or before `high`, at least some of them. */
async function readBlock(log: LogFile, high: number): Promise<Block> {
  for (let size = BLOCK_BYTES; ; size *= 2) {
    const low = Math.max(0, high - size)
    const row = low === 0 ? { start: 0 } : await findRowAfter(log.handle, low)
    const start = row?.start ?? high
    if (start >= high && low > 0 && size < BLOCK_BYTES * 64) continue
    const from = start >= high ? low : start
    const bytes = Buffer.allocUnsafe(high - from)
    const { bytesRead } = await log.handle.read(bytes, 0, bytes.length, from)
    return { start: from, bytes: bytes.subarray(0, bytesRead) }
  }
}

/** The lines of a block that are hits, oldest first. */
function findLines(
  { start, bytes }: Block,
  matcher: LogMatcher,
  { stream }: LogSearchParams,
): AssembledLine[] {
  const found: AssembledLine[] = []
  const take = (line: AssembledLine): void => {
    if ((stream === undefined || line.stream === stream) && matcher.matches(line.text)) found.push(line)
  }
  if (matcher.candidates === null || bytes.includes(' P ', 0, 'latin1')) {
    createLineAssembler(start, take).push(bytes)
    return found
  }
  const text = bytes.toString('latin1')
  const { candidates } = matcher
  candidates.lastIndex = 0
  for (let match = candidates.exec(text); match !== null; match = candidates.exec(text)) {
    const from = match.index === 0 ? 0 : bytes.lastIndexOf(LF, match.index - 1) + 1
    const lf = bytes.indexOf(LF, match.index)
    if (lf === -1) break
    createLineAssembler(start + from, take).push(bytes.subarray(from, lf + 1))
    candidates.lastIndex = lf + 1
  }
  return found
}

async function withContext(
  log: LogFile,
  file: string,
  line: AssembledLine,
  count: number,
  size: number,
): Promise<SearchHit> {
  const toLine = (one: AssembledLine): SearchLine => ({
    cursor: formatCursor(file, one.end),
    time: one.time,
    stream: one.stream,
    text: one.text,
    ...(one.truncated ? { truncated: true } : {}),
  })
  if (count === 0) return { line: toLine(line), before: [], after: [] }
  const low = Math.max(0, line.start - MAX_CONTEXT_BYTES)
  const before = await linesBetween(log, low, line.start)
  const after = await linesBetween(log, line.end, Math.min(size, line.end + MAX_CONTEXT_BYTES))
  return {
    line: toLine(line),
    before: before.slice(-count).map(toLine),
    after: after.slice(0, count).map(toLine),
  }
}

/** Whole lines between two places; the first place need not be the start of a row. */
async function linesBetween(log: LogFile, low: number, end: number): Promise<AssembledLine[]> {
  const row = low === 0 ? { start: 0 } : await findRowAfter(log.handle, low)
  if (row === null || row.start >= end) return []
  const bytes = Buffer.allocUnsafe(end - row.start)
  const { bytesRead } = await log.handle.read(bytes, 0, bytes.length, row.start)
  const lines: AssembledLine[] = []
  createLineAssembler(row.start, (line) => lines.push(line)).push(bytes.subarray(0, bytesRead))
  return lines
}
