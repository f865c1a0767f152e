/** The verbs of the host that read and keep the gateway's log (docs/adr/0011-logs.md). */
import type { LogFilter, LogPage, LogQuery, LogSearchFrame } from '../../contract/logs.ts'
import type { UserAccount } from './host.ts'

export interface LogChunk {
  /** Lines, as a frame of contract/log-rows.ts. */
  readonly rows?: Uint8Array
  /** Lines were lost to truncation or rotation before these. */
  readonly gap?: string
  /** The backlog is over. */
  readonly live: boolean
  /** With the first that is live: the place up to which the log has been read. */
  readonly cursor?: string
}

export interface LogRequest {
  readonly path: string
  /** The last N lines first, unless `after` is given; Number.MAX_SAFE_INTEGER: all there are. */
  readonly backlog: number
  readonly after?: string
  /** Only these lines. */
  readonly filter?: LogFilter
}

/** Texts of lines are as the files have them, not sanitised. */
export interface LogFiles {
  /** The rows of a chunk are good until the next one is asked for: their memory is used again. */
  followLog(user: UserAccount, request: LogRequest, signal: AbortSignal): AsyncIterable<LogChunk>
  /** Up to `limit` lines before the cursor (or the end), oldest first, and where between them lines are lost. */
  readLogBefore(user: UserAccount, path: string, before: string | null, limit: number): Promise<LogPage>
  /** Up to `limit` lines behind a cursor, or from a time (ms since 1970) on, oldest first. */
  readLogAfter(
    user: UserAccount,
    path: string,
    from: { readonly after: string } | { readonly time: number },
    limit: number,
  ): Promise<LogPage>
  /** The text of one line, up to 4 MiB; null when it is not kept any more. */
  readLogLine(
    user: UserAccount,
    path: string,
    cursor: string,
  ): Promise<{ text: string; truncated: boolean } | null>
  /** Newest hits first, over all that is kept; ends with the signal. Texts are not sanitised. */
  searchLog(
    user: UserAccount,
    path: string,
    query: LogQuery,
    signal: AbortSignal,
  ): AsyncIterable<LogSearchFrame>
  /** Keeps the files that conmon drops at its size limit, until the signal; yields when a new one has begun. */
  keepLog(user: UserAccount, path: string, signal: AbortSignal): AsyncIterable<true>
  /**
   * Gives a log file that lies elsewhere the name of the gateway's log too; false when it has it, or is not there.
   * FILE_REFUSED when it lies on another disk.
   */
  linkLog(user: UserAccount, from: string, path: string): Promise<boolean>
}
