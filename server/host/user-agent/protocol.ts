/**
 * What the panel and its user agent say to each other: one JSON document a line, over the agent's stdin and stdout.
 * The panel asks `{id, verb, params}`; the agent answers `{id, value}` or `{id, error}`, and for a stream any number
 * of `{id, item}`, then `{id, end}`. A stream sends items for as long as it has credit; the panel gives more with
 * `{id, credit}` and ends a stream with `{id, cancel}`. An item may have bytes behind its line; the chunks of a log, of which
 * little else is said, are announced by three numbers alone. Types and limits only: the panel checks what comes back by schema
 * (user-agent-schemas.ts), because any process of the same user could write there.
 */
import type { ErrorCode } from '../../../contract/error-codes.ts'
import type { LogFilter, LogHit, LogQuery, LogSearchFrame } from '../../../contract/logs.ts'

export type { LogFilter } from '../../../contract/logs.ts'

/** A longer line ends the conversation. In bytes. */
export const MAX_FRAME_BYTES = 16_777_216
/** Files above this size are neither read nor written. In bytes: base64 of it fits a frame. */
export const MAX_FILE_BYTES = 8_388_608
/** How far a stream may be ahead of the panel's taking its items, in bytes. What is left allows for one item more. */
export const STREAM_CREDIT = 262_144
/** So much at a time is given back, so that not each of many small items is answered. */
export const STREAM_GRANT = 65_536
const LEAST_COST = 1_024
const PLAIN_COST = STREAM_CREDIT / 2

/** What an item costs of the credit: bytes by their number, anything else as if it were large. */
export function costOf(bytes: number | undefined): number {
  return bytes === undefined ? PLAIN_COST : Math.max(LEAST_COST, bytes)
}

export interface ReadParams {
  readonly path: string
  readonly maxBytes: number
}
export interface WriteParams {
  readonly path: string
  readonly base64: string
  readonly mode: number
  readonly expectedEtag?: string
}
export interface MakeDirectoryParams {
  readonly path: string
  readonly mode: number
}
export interface HasDirectoryParams {
  readonly path: string
}
export interface WatchParams {
  readonly paths: readonly string[]
}
export interface LogFollowParams {
  readonly path: string
  readonly backlog: number
  readonly after?: string
  readonly filter?: LogFilter
}
export interface LogPageParams {
  readonly path: string
  readonly before: string | null
  readonly limit: number
}
export interface LogAfterParams {
  readonly path: string
  /** A cursor; else lines from `time` on. */
  readonly after?: string
  /** ms since 1970. */
  readonly time?: number
  readonly limit: number
}
export interface LogLineParams {
  readonly path: string
  readonly cursor: string
}
export interface KeepLogParams {
  readonly path: string
}
export interface LogAppendParams {
  readonly path: string
  readonly base64: string
}
export interface LogLinkParams {
  readonly from: string
  readonly path: string
}
export interface LogSearchParams extends LogQuery {
  readonly path: string
}

export interface ReadValue {
  readonly base64: string
  readonly etag: string
  readonly mode: number
  readonly uid: number
}

/** Log lines, column by column: joined strings cost JSON far less than an object for each line. */
export interface LogBatch {
  /** Names the file these lines are of; a line's cursor is this and its end. */
  readonly file: string
  /** Lines before the first of these are lost, and how that came. */
  readonly gap?: string
  /** Offset of the first byte after each line. */
  readonly ends: readonly number[]
  /** ISO times, joined by LF. */
  readonly times: string
  /** Texts, joined by LF; none of them holds one. */
  readonly texts: string
  /** One letter a line: o stdout, e stderr; upper case when the line was cut. */
  readonly flags: string
}
export interface LogPageValue {
  /** One for each file that the lines are of, oldest first. */
  readonly batches: readonly LogBatch[]
  readonly hasMore: boolean
}

/** Texts in it are as the file has them. */
export type SearchHit = LogHit
export type SearchLine = LogHit['line']
export type LogSearchItem = LogSearchFrame

export type AgentRequest =
  | { readonly id: number; readonly verb: 'ping'; readonly params: null }
  | { readonly id: number; readonly verb: 'read'; readonly params: ReadParams }
  | { readonly id: number; readonly verb: 'write'; readonly params: WriteParams }
  | { readonly id: number; readonly verb: 'makeDirectory'; readonly params: MakeDirectoryParams }
  | { readonly id: number; readonly verb: 'hasDirectory'; readonly params: HasDirectoryParams }
  | { readonly id: number; readonly verb: 'logPage'; readonly params: LogPageParams }
  | { readonly id: number; readonly verb: 'logAfter'; readonly params: LogAfterParams }
  | { readonly id: number; readonly verb: 'logLine'; readonly params: LogLineParams }
  | { readonly id: number; readonly verb: 'logAppend'; readonly params: LogAppendParams }
  | { readonly id: number; readonly verb: 'logLink'; readonly params: LogLinkParams }
  | { readonly id: number; readonly verb: 'keepLog'; readonly params: KeepLogParams }
  | { readonly id: number; readonly verb: 'logSearch'; readonly params: LogSearchParams }
  | { readonly id: number; readonly verb: 'watch'; readonly params: WatchParams }
  | { readonly id: number; readonly verb: 'logFollow'; readonly params: LogFollowParams }
export type AgentControl =
  | { readonly id: number; readonly credit: number }
  | { readonly id: number; readonly cancel: true }

/** `ID LIVE BYTES`: an item `{ live }` with so many bytes behind it. */
export const CHUNK_LINE = /^([1-9]\d{0,14}) ([01]) ([1-9]\d{0,6})$/

export type AgentReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly detail: string } }
  | { readonly id: number; readonly item: unknown }
  /** So many bytes follow the line. */
  | { readonly id: number; readonly item: unknown; readonly bytes: number }
  | { readonly id: number; readonly end: true }
