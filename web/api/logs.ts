import { type LogRows, readRows } from '../../contract/log-rows.ts'
import type { LogNotice, LogPage, LogsHello } from '../../contract/logs.ts'
import { api } from './client.ts'
import { openSocket, type PanelSocket, type SocketState } from './socket.ts'

const OLDER_LINES = 1_000

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
export async function loadOlderLines(before: string | undefined): Promise<LogPage> {
  const limit = OLDER_LINES
  return api('GET /api/logs', { query: before === undefined ? { limit } : { before, limit } })
}
