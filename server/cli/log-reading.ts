import type { LogLine } from '../../contract/logs.ts'
import type { Client } from './client.ts'
import type { CommandContext } from './command.ts'
import { formatMoment } from './format-time.ts'
import type { Output } from './output.ts'
import { printable, printableJson, safeText } from './terminal-text.ts'

/** A page stays well below the largest answer: 1000 lines of at most 8 KiB. */
const PAGE_LINES = 1000

/** Of 2026-11-23 11:40:08.850. */
const MOMENT_LENGTH = 23

/** The most hits of one search (LogQuery in contract/logs.ts). */
const SEARCH_HITS = 10_000

/** Which lines of the log a command shows. */
export interface LogSelection {
  /** How many lines of what is kept, 0 to 100 000, after filtering. */
  readonly limit: number
  /** How many lines a stream has to send for that, 0 to 100 000. */
  readonly backlog: number
  /** Only lines at or after this moment, ms since 1970. */
  readonly since?: number
  /** Only lines before this moment. */
  readonly until?: number
  readonly stream?: LogLine['stream']
  readonly grep?: RegExp
  /** Each line says when it was written. */
  readonly hasTimes: boolean
}

/** `logs`: what is kept, then the end; read backwards until there is enough. Resolves with the exit code. */
export async function readLogs(context: CommandContext, selection: LogSelection): Promise<number> {
  const { out } = context
  const client = await context.client()
  const end = selection.until === undefined ? undefined : await cursorAt(client, selection.until)
  const lines =
    selection.grep === undefined
      ? await collectLines(client, selection, end)
      : await searchLines(client, selection, { grep: selection.grep, end }, out)
  if (out.json) out.document(lines)
  else for (const line of lines) await out.write(`${lineText(line, selection, out)}\n`)
  // In a pipe nothing is the answer; a person wonders.
  if (lines.length === 0 && selection.limit > 0 && out.isTty && !out.json)
    out.note(out.style('dim', isPicked(selection) ? '-- no such line is kept --' : '-- the log is empty --'))
  return 0
}

/** Lines are left out. */
function isPicked({ since, until, stream, grep }: LogSelection): boolean {
  return [since, until, stream, grep].some((one) => one !== undefined)
}

/** Cursor of the first line at a moment or later; undefined when there is none. */
async function cursorAt(client: Client, moment: number): Promise<string | undefined> {
  const query = { at: new Date(moment).toISOString(), limit: 1 }
  return (await client.call('GET /api/logs', { query })).lines[0]?.cursor
}

/** @param end cursor of the line before which they lie */
async function collectLines(
  client: Client,
  selection: LogSelection,
  end: string | undefined,
): Promise<LogLine[]> {
  const pages: LogLine[][] = []
  let missing = selection.limit
  let before = end
  const isThinned = selection.since !== undefined || selection.stream !== undefined
  while (missing > 0) {
    const limit = isThinned ? PAGE_LINES : Math.min(missing, PAGE_LINES)
    const query = before === undefined ? { limit } : { limit, before }
    const { lines, hasMore } = await client.call('GET /api/logs', { query })
    const selected = lines.filter((line) => isSelected(line, selection)).slice(-missing)
    pages.unshift(selected)
    missing -= selected.length
    const oldest = lines[0]
    if (!hasMore || oldest === undefined || isBefore(oldest, selection.since)) break
    before = oldest.cursor
  }
  return pages.flat()
}

/** The last lines that match, of all that is kept: the panel looks for them where they lie. */
async function searchLines(
  client: Client,
  { limit, since, stream }: LogSelection,
  { grep, end }: { readonly grep: RegExp; readonly end: string | undefined },
  out: Output,
): Promise<LogLine[]> {
  const found: LogLine[] = []
  const signal = out.closed
  let hasMore = limit > 0
  while (hasMore && found.length < limit) {
    const before = found.at(-1)?.cursor ?? end
    const query = {
      text: grep.source,
      kind: 'regex' as const,
      ignoresCase: grep.ignoreCase,
      limit: Math.min(limit - found.length, SEARCH_HITS),
      context: 0,
      ...(before === undefined ? {} : { before }),
      ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
      ...(stream === undefined ? {} : { stream }),
    }
    await client.searchLogs({ query, signal }, (frame) => {
      if (frame.type === 'hits') found.push(...frame.hits.map(({ line }) => line))
      else {
        hasMore = frame.reason === 'limit'
        if (frame.reason === 'slow')
          noteGap(out, 'this pattern takes too long, older lines were not looked at')
      }
    })
    if (signal.aborted) break
  }
  return found.reverse()
}

/** `logs -f`: what is kept, then what comes, until Ctrl-C or until nobody reads any more. */
export async function followLogs(context: CommandContext, selection: LogSelection): Promise<number> {
  const { out } = context
  const interrupted = new AbortController()
  const release = context.io.onInterrupt(() => interrupted.abort())
  const kept = createTail(selection.limit)
  let isLive = false
  // A stream has the rows as they were printed; other answers were cleaned on their way.
  const asJson = (line: LogLine): string => printableJson({ ...line, text: safeText(line.text) })
  const show = (line: LogLine): Promise<void> =>
    out.write(`${out.json ? asJson(line) : lineText(line, selection, out)}\n`)
  try {
    const client = await context.client()
    const signal = AbortSignal.any([interrupted.signal, out.closed])
    await client.streamLogs({ backlog: selection.backlog, signal }, async (frame) => {
      if (frame.type === 'gap') {
        if (out.json) await out.write(`${printableJson({ gap: frame.reason })}\n`)
        else noteGap(out, frame.reason)
      } else if (frame.type === 'live') {
        if (!isLive) for (const line of kept.lines()) await show(line)
        isLive = true
      } else
        for (const line of frame.lines) {
          if (!isSelected(line, selection)) continue
          if (isLive) await show(line)
          else kept.add(line)
        }
    })
  } finally {
    release()
  }
  return 0
}

function noteGap(out: Output, reason: string): void {
  out.note(out.style('dim', `-- lines are missing here: ${printable(reason)} --`))
}

/** Keeps the last lines added, at a cost that does not grow with their number. */
function createTail(limit: number): { add(line: LogLine): void; lines(): readonly LogLine[] } {
  let lines: LogLine[] = []
  return {
    add(line) {
      if (limit === 0) return
      lines.push(line)
      if (lines.length > limit * 2 + 1000) lines = lines.slice(-limit)
    },
    lines: () => lines.slice(-limit),
  }
}

function isSelected(line: LogLine, { since, stream, grep }: LogSelection): boolean {
  if (isBefore(line, since) || (stream !== undefined && line.stream !== stream)) return false
  return grep === undefined || grep.test(printable(line.text))
}

function isBefore(line: LogLine, since: number | undefined): boolean {
  return since !== undefined && Date.parse(line.time) < since
}

function lineText(line: LogLine, { hasTimes }: LogSelection, out: Output): string {
  const time = hasTimes ? `${out.style('dim', formatMoment(line.time).padEnd(MOMENT_LENGTH))} ` : ''
  return `${time}${printable(line.text, out.hasColours)}${line.truncated === true ? ' … (cut)' : ''}`
}
