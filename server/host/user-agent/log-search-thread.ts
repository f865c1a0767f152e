/** The search itself: block by block from the end of the newest file to the beginning of the oldest. */

import { once } from 'node:events'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { formatCursor, parseCursor } from '../../../contract/log-rows.ts'
import { readPrefix } from './k8s-row.ts'
import { type AssembledLine, createLineAssembler } from './line-assembler.ts'
import { type LogFile, logName, logSize } from './log-file.ts'
import { createLogMatcher, type LogMatcher } from './log-matcher.ts'
import { type Block, readBlock } from './log-search-blocks.ts'
import { findLineStart, findRowAfter } from './log-seek.ts'
import { closeAll, openSegments } from './log-segments.ts'
import type { LogSearchItem, LogSearchParams, SearchHit, SearchLine } from './protocol.ts'

/** Behind the beginning of a block, for the context of its last lines. */
const MAX_CONTEXT_BYTES = 262_144
/** Of that, looked at first: a line is short. */
const FIRST_CONTEXT_BYTES = 4_096
/** What is found goes on its way in pieces of this size, */
const MAX_ITEM_CHARACTERS = 262_144
/** and not much later than that: who waits takes silence for a pattern that hangs. */
const MAX_ITEM_MS = 250
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
    const file = logName(log)
    let within: number | null | undefined
    for (let high = index === start.index ? start.end : (sizes[index] ?? 0); high > 0; ) {
      const block: Block = await readBlock(log, high, within)
      within = block.within
      const lines = findLines(block, matcher, params, since, missing)
      let [hits, characters, begun]: [SearchHit[], number, number] = [[], 0, performance.now()]
      for (const line of lines.toReversed()) {
        const hit = await withContext(log, file, line, params.context, sizes[index] ?? 0)
        hits.push(hit)
        missing -= 1
        for (const { text } of [hit.line, ...hit.before, ...hit.after]) characters += text.length
        if (characters < MAX_ITEM_CHARACTERS && performance.now() - begun < MAX_ITEM_MS) continue
        yield { type: 'hits', hits, searchedBytes, totalBytes }
        ;[hits, characters, begun] = [[], 0, performance.now()]
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
    // Nothing older is looked at where the time ends it.
    if (index > 0 && log.loss !== undefined)
      yield { type: 'hits', hits: [], gap: log.loss, searchedBytes, totalBytes }
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
    if (cursor && logName(log) === cursor.file) {
      // The line of the cursor itself was found already: it begins somewhere before its end.
      return { index, end: await lineStart(log, Math.min(cursor.end, sizes[index] ?? 0)) }
    }
  }
  return { index: files.length - 1, end: cursor ? 0 : (sizes.at(-1) ?? 0) }
}

/** Not where the line began: lines of the other stream may have ended since. */
async function lineStart(log: LogFile, end: number): Promise<number> {
  return (await findLineStart(log.handle, end, 1)).offset
}

/** The newest lines of a block that are hits, oldest first, at most `limit` of them. */
function findLines(
  { start, bytes, rowEnd }: Block,
  matcher: LogMatcher,
  { stream }: LogSearchParams,
  since: number | null,
  limit: number,
): AssembledLine[] {
  const found: AssembledLine[] = []
  const take = (line: AssembledLine): void => {
    if ((stream !== undefined && line.stream !== stream) || isBefore(line.time, since)) return
    if (!matcher.matches(line.text)) return
    found.push(rowEnd === undefined ? line : { ...line, end: rowEnd })
    // A block may have half a million lines.
    if (found.length >= 2 * limit + 1_000) found.splice(0, found.length - limit)
  }
  if (matcher.candidates === null || bytes.includes(' P ', 0, 'latin1')) {
    createLineAssembler(start, take).push(bytes)
    return found.slice(-limit)
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
  return found.slice(-limit)
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
  const before = await enoughLines(count, (bytes) =>
    linesBetween(log, Math.max(0, line.start - bytes), line.start),
  )
  const after = await enoughLines(count, (bytes) =>
    linesBetween(log, line.end, Math.min(size, line.end + bytes)),
  )
  return {
    line: toLine(line),
    before: before.slice(-count).map(toLine),
    after: after.slice(0, count).map(toLine),
  }
}

/** So many lines and one more, for the first may be the end of one; fewer when they are long or there are no more. */
async function enoughLines(
  count: number,
  read: (bytes: number) => Promise<AssembledLine[]>,
): Promise<AssembledLine[]> {
  for (let bytes = FIRST_CONTEXT_BYTES; ; bytes *= 4) {
    const lines = await read(bytes)
    if (lines.length > count || bytes >= MAX_CONTEXT_BYTES) return lines
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
