import { type LogRows, readRows } from '../../contract/log-rows.ts'
import type { LogLine, LogNotice, LogPage, LogsHello, WholeLogLine } from '../../contract/logs.ts'
import { api } from './client.ts'
import { openSocket, type PanelSocket, type SocketState } from './socket.ts'

/** Of one page. */
const PAGE_LINES = 1_000

/** What the stream brings: lines, or a notice between them. */
export type LogFrame = LogNotice | { readonly type: 'lines'; readonly rows: LogRows }

export interface LogStreamOptions {
  /** How many lines to begin with when nothing has been read yet. */
  readonly backlog: number
  /** Cursor of the last line read; a new connection resumes behind it. */
  lastCursor(): string | undefined
  onFrame(frame: LogFrame): void
  onState(state: SocketState): void
}

/** The first frame of the stream: from the end of the log, or behind what has been read. */
export function logsHello(ticket: string, backlog: number, after: string | undefined): LogsHello {
  return after === undefined
    ? { type: 'hello', ticket, backlog }
    : { type: 'hello', ticket, backlog: 0, after }
}

/** Follows the gateway's log until closed. */
export function openLogStream(options: LogStreamOptions): PanelSocket {
  return openSocket({
    path: '/api/logs/stream',
    hello: (ticket) => logsHello(ticket, options.backlog, options.lastCursor()),
    onFrame: (frame) => {
      const rows = frame instanceof Uint8Array ? readRows(frame) : null
      options.onFrame(rows ? { type: 'lines', rows } : (frame as LogNotice))
    },
    onState: options.onState,
  })
}

/** The lines before a cursor, or the last ones there are, oldest first. @throws {ApiProblem} */
export async function loadOlderLines(before: string | undefined, limit = PAGE_LINES): Promise<LogPage> {
  return api('GET /api/logs', { query: before === undefined ? { limit } : { before, limit } })
}

/** The lines behind a cursor, oldest first. @throws {ApiProblem} */
export async function loadNewerLines(after: string, limit = PAGE_LINES): Promise<LogPage> {
  return api('GET /api/logs', { query: { after, limit } })
}

/** The lines from a time on, oldest first. @param at ISO 8601 @throws {ApiProblem} */
export async function loadLinesAt(at: string, limit = PAGE_LINES): Promise<LogPage> {
  return api('GET /api/logs', { query: { at, limit } })
}

/** The last line there is; null without one. @throws {ApiProblem} */
export async function loadNewestLine(): Promise<LogLine | null> {
  return (await api('GET /api/logs', { query: { limit: 1 } })).lines.at(-1) ?? null
}

/** A line as a whole, also one that is cut in the list. @throws {ApiProblem} LOG_LINE_NOT_FOUND */
export async function loadWholeLine(cursor: string): Promise<WholeLogLine> {
  return api('GET /api/logs/line', { query: { cursor } })
}
