import { type AssembledLine, createLineAssembler } from './line-assembler.ts'
import { type LogFile, logName, logSize, openLog, parseCursor } from './log-file.ts'
import { findLineStart } from './log-seek.ts'
import type { LogBatch } from './protocol.ts'

/** A page has fewer lines than asked for rather than more text than this, in characters. */
const MAX_PAGE_CHARACTERS = 2_097_152
const CHUNK_BYTES = 65_536

export interface LogPageValue {
  readonly batch: LogBatch
  readonly hasMore: boolean
}

/**
 * Up to `limit` lines before a cursor, or before the end, oldest first. Nothing for the cursor of another file: what
 * came before it is gone.
 */
export async function readLogPage(path: string, before: string | null, limit: number): Promise<LogPageValue> {
  const log = await openLog(path)
  if (log === null) return { batch: toBatch('', [], { live: false }), hasMore: false }
  try {
    const name = await logName(log)
    const size = await logSize(log)
    const cursor = before === null ? null : parseCursor(before)
    if (before !== null && (cursor === null || cursor.name !== name)) {
      return { batch: toBatch(name, [], { live: false }), hasMore: false }
    }
    const end = Math.min(cursor?.end ?? size, size)
    // The line of the cursor itself ends there: it is read too, and left out.
    const start = await findLineStart(log.handle, end, cursor ? limit + 1 : limit)
    const lines = await readLines(log, start, end, (line) => cursor === null || line.end < cursor.end)
    const page = newest(lines, limit)
    return { batch: toBatch(name, page, { live: false }), hasMore: (page[0]?.start ?? start) > 0 }
  } finally {
    await log.handle.close()
  }
}

async function readLines(
  log: LogFile,
  start: number,
  end: number,
  isWanted: (line: AssembledLine) => boolean,
): Promise<AssembledLine[]> {
  const lines: AssembledLine[] = []
  let characters = 0
  const assembler = createLineAssembler(start, (line) => {
    if (!isWanted(line)) return
    lines.push(line)
    characters += line.text.length
    while (characters > MAX_PAGE_CHARACTERS) characters -= lines.shift()?.text.length ?? characters
  })
  let position = start
  while (position < end) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position))
    const { bytesRead } = await log.handle.read(chunk, 0, chunk.length, position)
    if (bytesRead === 0) break
    assembler.push(chunk.subarray(0, bytesRead))
    position += bytesRead
  }
  return lines
}

function newest(lines: AssembledLine[], limit: number): AssembledLine[] {
  return lines.length > limit ? lines.slice(lines.length - limit) : lines
}

export function toBatch(
  file: string,
  lines: readonly AssembledLine[],
  rest: { readonly live: boolean; readonly gap?: string | undefined },
): LogBatch {
  return {
    file,
    ends: lines.map((line) => line.end),
    times: lines.map((line) => line.time).join('\n'),
    texts: lines.map((line) => line.text).join('\n'),
    flags: lines.map(flagOf).join(''),
    live: rest.live,
    ...(rest.gap === undefined ? {} : { gap: rest.gap }),
  }
}

function flagOf(line: AssembledLine): string {
  const letter = line.stream === 'stdout' ? 'o' : 'e'
  return line.truncated ? letter.toUpperCase() : letter
}
