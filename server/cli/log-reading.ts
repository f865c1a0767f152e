import type { LogLine, LogSearchFrame } from '../../contract/logs.ts'
import type { Client } from './client.ts'
import type { CommandContext } from './command.ts'
import { formatMoment } from './format-time.ts'
import { createEntryPicker, isBefore, type LineSelection, type LogEntry, pickEntries } from './log-entries.ts'
import type { Output } from './output.ts'
import { printable, printableJson, safeText } from './terminal-text.ts'

/** A page stays well below the largest answer: 1000 lines of at most 8 KiB. */
const PAGE_LINES = 1000

/** Of 2026-11-23 11:40:08.850. */
const MOMENT_LENGTH = 23

/** The most hits of one search (LogQuery in contract/logs.ts). */
const SEARCH_HITS = 10_000

/** Which lines of the log a command shows. */
export interface LogSelection extends LineSelection {
  /** How many lines of what is kept, 0 to 100 000, after filtering. */
  readonly limit: number
  /** How many lines a stream has to send for that, 0 to 100 000. */
  readonly backlog: number
  /** Only lines before this moment. */
  readonly until?: number
  /** Each line says when it was written. */
  readonly hasTimes: boolean
}

/** `logs`: what is kept, then the end; read backwards until there is enough. Resolves with the exit code. */
export async function readLogs(context: CommandContext, selection: LogSelection): Promise<number> {
  const { out } = context
  const client = await context.client()
  const end = selection.until === undefined ? undefined : await cursorAt(client, selection.until)
  const { entries, rest } =
    selection.grep === undefined
      ? await collectLines(client, selection, end)
      : await searchLines(client, selection, { grep: selection.grep, end }, out)
  if (out.json) out.document([...entries.flatMap(asJsonItems), ...rest.map(asJsonGap)])
  else {
    for (const entry of entries) await writeEntry(entry, selection, out)
    for (const reason of rest) noteGap(out, reason)
  }
  // In a pipe nothing is the answer; a person wonders.
  if (entries.length === 0 && selection.limit > 0 && out.isTty && !out.json)
    out.note(out.style('dim', isPicked(selection) ? '-- no such line is kept --' : '-- the log is empty --'))
  return 0
}

type LogSearchHits = Extract<LogSearchFrame, { type: 'hits' }>

interface Collected {
  readonly entries: readonly LogEntry[]
  /** Lines are lost behind the last entry. */
  readonly rest: readonly string[]
}

const asJsonGap = (gap: string): { gap: string } => ({ gap })
const asJsonItems = ({ gaps, line }: LogEntry) => [...gaps.map(asJsonGap), line]

async function writeEntry({ gaps, line }: LogEntry, selection: LogSelection, out: Output): Promise<void> {
  for (const reason of gaps) noteGap(out, reason)
  await out.write(`${lineText(line, selection, out)}\n`)
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
): Promise<Collected> {
  const pages: LogEntry[][] = []
  let behind: readonly string[] = []
  let missing = selection.limit
  let before = end
  const isThinned = selection.since !== undefined || selection.stream !== undefined
  while (missing > 0) {
    const limit = isThinned ? PAGE_LINES : Math.min(missing, PAGE_LINES)
    const query = before === undefined ? { limit } : { limit, before }
    const page = await client.call('GET /api/logs', { query })
    const { entries, rest } = pickEntries(page, selection)
    const selected = entries.slice(-missing)
    // What is said behind the last line that is shown of this page stands before the first one of the next.
    const next = pages.find(({ length }) => length > 0)
    if (!next) behind = [...rest, ...behind]
    else if (next[0]) next[0] = { ...next[0], gaps: [...rest, ...next[0].gaps] }
    pages.unshift(selected)
    missing -= selected.length
    const oldest = page.lines[0]
    if (!page.hasMore || oldest === undefined || isBefore(oldest, selection.since)) break
    before = oldest.cursor
  }
  return { entries: pages.flat(), rest: behind }
}

/** The last lines that match, of all that is kept: the panel looks for them where they lie. */
async function searchLines(
  client: Client,
  { limit, since, stream }: LogSelection,
  { grep, end }: { readonly grep: RegExp; readonly end: string | undefined },
  out: Output,
): Promise<Collected> {
  /** Newest first. */
  const found: LogEntry[] = []
  const rest: string[] = []
  const take = ({ hits, gap }: LogSearchHits): void => {
    found.push(...hits.map(({ line }) => ({ gaps: [], line })))
    if (gap === undefined) return
    const last = found.pop()
    if (last) found.push({ ...last, gaps: [gap, ...last.gaps] })
    else rest.unshift(gap)
  }
  const signal = out.closed
  let hasMore = limit > 0
  while (hasMore && found.length < limit) {
    const before = found.at(-1)?.line.cursor ?? end
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
      if (frame.type === 'hits') take(frame)
      else {
        hasMore = frame.reason === 'limit'
        if (frame.reason === 'slow')
          noteGap(out, 'this pattern takes too long, older lines were not looked at')
      }
    })
    if (signal.aborted) break
  }
  return { entries: found.reverse(), rest }
}

/** `logs -f`: what is kept, then what comes, until Ctrl-C or until nobody reads any more. */
export async function followLogs(context: CommandContext, selection: LogSelection): Promise<number> {
  const { out } = context
  const interrupted = new AbortController()
  const release = context.io.onInterrupt(() => interrupted.abort())
  const picker = createEntryPicker(selection)
  const kept = createTail(selection.limit)
  let isLive = false
  // A stream has the rows as they were printed; other answers were cleaned on their way.
  const asJson = (line: LogLine): string => printableJson({ ...line, text: safeText(line.text) })
  const showGap = async (reason: string): Promise<void> => {
    if (out.json) await out.write(`${printableJson(asJsonGap(reason))}\n`)
    else noteGap(out, reason)
  }
  const show = async ({ gaps, line }: LogEntry): Promise<void> => {
    for (const reason of gaps) await showGap(reason)
    await out.write(`${out.json ? asJson(line) : lineText(line, selection, out)}\n`)
  }
  try {
    const client = await context.client()
    const signal = AbortSignal.any([interrupted.signal, out.closed])
    await client.streamLogs({ backlog: selection.backlog, signal }, async (frame) => {
      if (frame.type === 'gap') {
        if (isLive) await showGap(frame.reason)
        else picker.lose(frame.reason)
      } else if (frame.type === 'live') {
        if (isLive) return
        isLive = true
        for (const entry of kept.entries()) await show(entry)
        for (const reason of picker.rest()) await showGap(reason)
      } else
        for (const line of frame.lines) {
          const entry = picker.take(line)
          if (entry === null) continue
          if (isLive) await show(entry)
          else kept.add(entry)
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

/** Keeps the last entries added, at a cost that does not grow with their number. */
function createTail(limit: number): { add(entry: LogEntry): void; entries(): readonly LogEntry[] } {
  let entries: LogEntry[] = []
  return {
    add(entry) {
      if (limit === 0) return
      entries.push(entry)
      if (entries.length > limit * 2 + 1000) entries = entries.slice(-limit)
    },
    entries: () => entries.slice(-limit),
  }
}

function lineText(line: LogLine, { hasTimes }: LogSelection, out: Output): string {
  const time = hasTimes ? `${out.style('dim', formatMoment(line.time).padEnd(MOMENT_LENGTH))} ` : ''
  return `${time}${printable(line.text, out.hasColours)}${line.truncated === true ? ' … (cut)' : ''}`
}
