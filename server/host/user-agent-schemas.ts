/** What may come back from a user agent. Any process of the same user could write there, so nothing is taken on trust. */
import Type from 'typebox'
import { LogCursor, LogSearchFrame } from '../../contract/logs.ts'
import { compileLater } from './compile-later.ts'
import { MAX_FILE_BYTES } from './user-agent/protocol.ts'

const strict = { additionalProperties: false } as const
const id = Type.Integer({ minimum: 1 })
/** A frame of rows: a chunk of the log, or a few lines that were made of several. */
export const MAX_ITEM_BYTES = 1_048_576

export const Reply = compileLater(
  Type.Union([
    Type.Object({ id, value: Type.Unknown() }, strict),
    Type.Object({ id, error: Type.Object({ code: Type.String(), detail: Type.String() }, strict) }, strict),
    Type.Object({ id, item: Type.Unknown() }, strict),
    Type.Object(
      { id, item: Type.Unknown(), bytes: Type.Integer({ minimum: 1, maximum: MAX_ITEM_BYTES }) },
      strict,
    ),
    Type.Object({ id, end: Type.Literal(true) }, strict),
  ]),
)

export const PingValue = compileLater(Type.Null())
export const LogAppendValue = compileLater(Type.Null())
export const LogLinkValue = compileLater(Type.Boolean())

const Etag = Type.String({ pattern: '^[0-9a-f]{64}$' })

export const ReadValue = compileLater(
  Type.Union([
    Type.Null(),
    Type.Object(
      {
        base64: Type.String({ maxLength: Math.ceil(MAX_FILE_BYTES / 3) * 4 }),
        etag: Etag,
        mode: Type.Integer({ minimum: 0, maximum: 0o7777 }),
        uid: Type.Integer({ minimum: 0 }),
      },
      strict,
    ),
  ]),
)

export const WriteValue = compileLater(Type.Object({ etag: Etag }, strict))

export const DirectoryValue = compileLater(
  Type.Object({ created: Type.Boolean(), corrected: Type.Boolean() }, strict),
)

export const HasDirectoryValue = compileLater(Type.Boolean())

const GapReason = Type.String({ maxLength: 400 })
const LogBatch = Type.Object(
  {
    file: Type.String({ maxLength: 12 }),
    gap: Type.Optional(GapReason),
    ends: Type.Array(Type.Integer({ minimum: 0 })),
    times: Type.String(),
    texts: Type.String(),
    flags: Type.String(),
  },
  strict,
)

export const LogPageReply = compileLater(
  Type.Object({ batches: Type.Array(LogBatch, { maxItems: 16 }), hasMore: Type.Boolean() }, strict),
)
export const LogLineReply = compileLater(
  Type.Union([Type.Null(), Type.Object({ text: Type.String(), truncated: Type.Boolean() }, strict)]),
)
export const LogFollowItem = compileLater(
  Type.Object(
    {
      gap: Type.Optional(GapReason),
      live: Type.Boolean(),
      cursor: Type.Optional(LogCursor),
      bytes: Type.Optional(Type.Unsafe<Uint8Array>(Type.Any())),
    },
    strict,
  ),
)
export const LogSearchItem = compileLater(LogSearchFrame)
export const KeepLogItem = compileLater(Type.Literal(true))
export const WatchItem = compileLater(Type.String({ maxLength: 4_096 }))
