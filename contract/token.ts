/** The gateway's token as browser, CLI and server exchange it. */
import Type, { type Static } from 'typebox'
import { Finding } from './schemas.ts'

export const TokenSource = Type.Union([Type.Literal('config'), Type.Literal('env')])
export type TokenSource = Static<typeof TokenSource>

export const TokenStatus = Type.Object({
  masked: Type.String(),
  length: Type.Integer(),
  source: TokenSource,
  sourcesAgree: Type.Boolean(),
  findings: Type.Array(Finding, {
    description: 'token.sources-differ (mended by POST /api/token/reconcile), token.weak and the like',
  }),
})
export type TokenStatus = Static<typeof TokenStatus>

export const TokenReveal = Type.Object({
  token: Type.String(),
  source: TokenSource,
  sourcesAgree: Type.Boolean(),
})
export type TokenReveal = Static<typeof TokenReveal>

/** Without a token a new one is made. */
export const TokenRotation = Type.Object(
  { token: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })) },
  { additionalProperties: false },
)
export type TokenRotation = Static<typeof TokenRotation>

/** What the page wants the token for, as it says itself. */
export const TokenPurpose = Type.Enum(['show', 'copy', 'open'])
export type TokenPurpose = Static<typeof TokenPurpose>
