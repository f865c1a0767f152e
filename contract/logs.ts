/** The log of the gateway: its lines, the stream of them, and the search (docs/adr/0011-logs.md). */
import Type, { type Static } from 'typebox'

const strict = { additionalProperties: false } as const

export const LogCursor = Type.String({ maxLength: 64, description: 'opaque; later lines have later cursors' })
const Stream = Type.Union([Type.Literal('stdout'), Type.Literal('stderr')])

export const LogLine = Type.Object({
  cursor: LogCursor,
  time: Type.String({ description: 'ISO, as written by the container engine' }),
  stream: Stream,
  text: Type.String(),
  truncated: Type.Optional(Type.Boolean({ description: 'cut at 8 KiB; GET /api/logs/line has the whole' })),
})
export type LogLine = Static<typeof LogLine>

/** Lines are lost that stood between this one and the one before it. */
export const LogGap = Type.Object({ before: LogCursor, reason: Type.String() })
export type LogGap = Static<typeof LogGap>

export const LogPage = Type.Object({
  lines: Type.Array(LogLine),
  gaps: Type.Optional(Type.Array(LogGap, { description: 'where lines are lost, oldest first' })),
  hasMore: Type.Boolean({ description: 'there are more lines in the direction that was asked for' }),
})
export type LogPage = Static<typeof LogPage>

/** `before` a cursor or `after` it, `at` a time and later; without any of them the newest lines. */
export const LogPageQuery = Type.Object(
  {
    before: Type.Optional(LogCursor),
    after: Type.Optional(LogCursor),
    at: Type.Optional(Type.String({ maxLength: 40, description: 'ISO' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  strict,
)
export type LogPageQuery = Static<typeof LogPageQuery>

export const WholeLogLine = Type.Object({ text: Type.String(), truncated: Type.Boolean() })
export type WholeLogLine = Static<typeof WholeLogLine>

const LogText = Type.String({ minLength: 1, maxLength: 1_000 })

/** Which lines of a stream are sent: those with this text in them. */
export const LogFilter = Type.Object(
  {
    text: Type.Optional(LogText),
    ignoresCase: Type.Optional(Type.Boolean()),
    isInverse: Type.Optional(Type.Boolean({ description: 'those without it' })),
    stream: Type.Optional(Stream),
  },
  strict,
)
export type LogFilter = Static<typeof LogFilter>

/** All lines that are kept, or those that pass a filter. `text` is plain: colours are left out. */
export const LogDownloadQuery = Type.Object(
  {
    format: Type.Union([Type.Literal('text'), Type.Literal('jsonl')]),
    text: Type.Optional(LogText),
    ignoresCase: Type.Optional(Type.Boolean()),
    isInverse: Type.Optional(Type.Boolean()),
    stream: Type.Optional(Stream),
  },
  strict,
)
export type LogDownloadQuery = Static<typeof LogDownloadQuery>

/** First frame on /api/logs/stream. `after` resumes behind a cursor; otherwise the last `backlog` lines come first. */
export const LogsHello = Type.Object(
  {
    type: Type.Literal('hello'),
    ticket: Type.String({ minLength: 1, maxLength: 128 }),
    backlog: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    after: Type.Optional(LogCursor),
    filter: Type.Optional(LogFilter),
  },
  strict,
)
export type LogsHello = Static<typeof LogsHello>

/** Text frames of the stream. The lines themselves come in binary frames (log-rows.ts). */
export const LogNotice = Type.Union([
  /** The end of the backlog: what follows is live. Who has had no line yet resumes behind this cursor. */
  Type.Object({ type: Type.Literal('live'), cursor: Type.Optional(LogCursor) }),
  /** Lines are missing here that are not kept, or never were: the log was truncated or rotated away meanwhile. */
  Type.Object({ type: Type.Literal('gap'), reason: Type.String() }),
])
export type LogNotice = Static<typeof LogNotice>

export const LogQuery = Type.Object(
  {
    text: LogText,
    kind: Type.Union([Type.Literal('plain'), Type.Literal('regex')], {
      description: 'regex: a JavaScript regular expression, matched against each line without its colours',
    }),
    ignoresCase: Type.Optional(Type.Boolean()),
    isInverse: Type.Optional(Type.Boolean({ description: 'lines that do not match' })),
    stream: Type.Optional(Stream),
    limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
    context: Type.Integer({ minimum: 0, maximum: 20, description: 'lines before and behind each hit' }),
    before: Type.Optional(LogCursor),
    since: Type.Optional(Type.String({ maxLength: 40, description: 'ISO: only lines from then on' })),
  },
  strict,
)
export type LogQuery = Static<typeof LogQuery>

/** First frame on /api/logs/search. Closing the socket cancels the search. */
export const LogSearchHello = Type.Object(
  { type: Type.Literal('hello'), ticket: Type.String({ minLength: 1, maxLength: 128 }), query: LogQuery },
  strict,
)
export type LogSearchHello = Static<typeof LogSearchHello>

export const LogHit = Type.Object({
  line: LogLine,
  before: Type.Array(LogLine),
  after: Type.Array(LogLine),
})
export type LogHit = Static<typeof LogHit>

/** Newest hits first. */
export const LogSearchFrame = Type.Union([
  Type.Object({
    type: Type.Literal('hits'),
    hits: Type.Array(LogHit),
    /** Lines are lost that stood between the hits so far, these with them, and those to come. */
    gap: Type.Optional(Type.String()),
    searchedBytes: Type.Integer(),
    totalBytes: Type.Integer(),
  }),
  Type.Object({
    type: Type.Literal('end'),
    /** `whole`: all that is kept was searched; `limit`: there may be more; `slow`: the pattern takes too long. */
    reason: Type.Union([Type.Literal('whole'), Type.Literal('limit'), Type.Literal('slow')]),
  }),
])
export type LogSearchFrame = Static<typeof LogSearchFrame>
