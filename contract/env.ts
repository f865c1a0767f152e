/** `.env` as browser, CLI and server exchange it. */
import Type, { type Static } from 'typebox'
import { Finding } from './schemas.ts'

const strict = { additionalProperties: false } as const

/** One line of `.env`. A secret has no value here, only its length. */
export const EnvEntry = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  kind: Type.Union([
    Type.Literal('assignment'),
    Type.Literal('comment'),
    Type.Literal('blank'),
    Type.Literal('other'),
  ]),
  key: Type.Optional(Type.String()),
  value: Type.Optional(Type.String({ description: 'as podman reads it; missing when masked' })),
  text: Type.Optional(
    Type.String({ description: 'the raw line of a comment or an unknown line; missing when masked' }),
  ),
  masked: Type.Boolean(),
  length: Type.Integer({ description: 'of the value, in characters' }),
  isEffective: Type.Boolean({ description: 'false when a later line sets the same key again' }),
})
export type EnvEntry = Static<typeof EnvEntry>

export const EnvDocument = Type.Object({
  path: Type.String(),
  exists: Type.Boolean(),
  etag: Type.String({ description: 'sha-256 of the bytes, hex; "absent" when there is no file' }),
  isUtf8: Type.Boolean(),
  entries: Type.Array(EnvEntry),
  findings: Type.Array(Finding),
})
export type EnvDocument = Static<typeof EnvDocument>

const EnvKeyField = Type.String({ minLength: 1, maxLength: 256 })
const EnvValueField = Type.String({ maxLength: 65_000 })
/** Edits touch the named line and nothing else. `set` without a line changes the last line with that key, or appends. */
export const EnvEdit = Type.Union([
  Type.Object(
    {
      op: Type.Literal('set'),
      key: EnvKeyField,
      value: EnvValueField,
      line: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    strict,
  ),
  Type.Object({ op: Type.Literal('unset'), key: EnvKeyField }, strict),
  Type.Object({ op: Type.Literal('remove'), line: Type.Integer({ minimum: 1 }) }, strict),
  /** Mends what the finding of this id says of the line, as its `fix` promised; several may name the same line. */
  Type.Object(
    {
      op: Type.Literal('mend'),
      line: Type.Integer({ minimum: 1 }),
      finding: Type.String({ minLength: 1, maxLength: 64 }),
    },
    strict,
  ),
])
export type EnvEdit = Static<typeof EnvEdit>

export const EnvChange = Type.Union([
  Type.Object({ edits: Type.Array(EnvEdit, { minItems: 1, maxItems: 1000 }) }, strict),
  Type.Object({ text: Type.String({ maxLength: 1_048_576 }) }, strict),
])
export type EnvChange = Static<typeof EnvChange>

export const EnvSaved = Type.Object({
  etag: Type.String(),
  changed: Type.Boolean(),
  restartRequired: Type.Boolean(),
})
export type EnvSaved = Static<typeof EnvSaved>

/** Result of a check: worst 'clean' | 'findings' | 'fatal' (the container would not start). */
export const EnvCheck = Type.Object({
  verdict: Type.Union([Type.Literal('clean'), Type.Literal('findings'), Type.Literal('fatal')]),
  findings: Type.Array(Finding),
})
export type EnvCheck = Static<typeof EnvCheck>
