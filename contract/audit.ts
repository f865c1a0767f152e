/** The audit log: who did what through the panel, when, and what became of it. No value of a secret is ever part of it. */
import Type, { type Static } from 'typebox'
import { VersionedFile } from './versions.ts'

const strict = { additionalProperties: false } as const

/**
 * `access`: logins, confirmations, who may open the page; `secret`: something secret was shown or handed out; `change`:
 * files, settings, devices; `operation`: a long action; `terminal`; `refusal`: somebody who was not let in; `panel`: its
 * own start and stop, and what it has to say of this log; `gateway`: its starts and ends, whoever brought them about.
 */
export const AuditKind = Type.Enum([
  'access',
  'secret',
  'change',
  'operation',
  'terminal',
  'refusal',
  'panel',
  'gateway',
])
export type AuditKind = Static<typeof AuditKind>

/** `started`: an operation, whose end is an entry of its own; `refused`: nothing was done; `failed`: it was tried. */
export const AuditOutcome = Type.Enum(['done', 'started', 'refused', 'failed', 'cancelled'])
export type AuditOutcome = Static<typeof AuditOutcome>

/** `page`: a session; `cli`: root on the control socket; `api`: the token for scripts; `panel`: by itself; `stranger`: nobody who was let in. */
export const AuditBy = Type.Enum(['page', 'cli', 'api', 'panel', 'stranger'])
export type AuditBy = Static<typeof AuditBy>

const uid = { minimum: 0, maximum: 4_294_967_295 } as const
const user = Type.String({ maxLength: 64 })

export const AuditWho = Type.Object({
  by: AuditBy,
  uid: Type.Optional(Type.Integer(uid)),
  user: Type.Optional(user),
  session: Type.Optional(
    Type.String({ maxLength: 8, description: 'tells sessions apart; nothing can be opened with it' }),
  ),
  saidUid: Type.Optional(
    Type.Integer({ ...uid, description: 'who called sudo, as the command line said of itself' }),
  ),
  saidUser: Type.Optional(user),
})
export type AuditWho = Static<typeof AuditWho>

/** Limits of an entry: a line of the log stays below some 10 kB, whatever was asked for. */
export const MAX_AUDIT_DETAILS = 12
export const MAX_AUDIT_VALUE = 256

export const AuditDetail = Type.Object({
  name: Type.String({ maxLength: 40 }),
  value: Type.String({ maxLength: MAX_AUDIT_VALUE }),
})
export type AuditDetail = Static<typeof AuditDetail>

/** What is said of something that happened; its number, its time and the names of users are added where it is kept. */
export const AuditNote = Type.Object({
  kind: AuditKind,
  action: Type.String({
    maxLength: 64,
    description: 'for programs: the endpoint, or for example operation.finished',
  }),
  what: Type.String({ maxLength: 120, description: 'for people' }),
  details: Type.Array(AuditDetail, { maxItems: MAX_AUDIT_DETAILS }),
  who: AuditWho,
  outcome: AuditOutcome,
  code: Type.Optional(Type.String({ maxLength: 64, description: 'why it was refused or failed' })),
  tookMs: Type.Optional(Type.Integer()),
  more: Type.Optional(Type.Integer({ description: 'so many of the kind that have no entry of their own' })),
  operationId: Type.Optional(Type.String({ maxLength: 64 })),
  file: Type.Optional(VersionedFile),
})
export type AuditNote = Static<typeof AuditNote>

export const AuditEntry = Type.Object({
  seq: Type.Integer({ minimum: 1, description: 'increasing; the cursor' }),
  at: Type.String({ description: 'ISO time, UTC' }),
  ...AuditNote.properties,
})
export type AuditEntry = Static<typeof AuditEntry>

export const MAX_AUDIT_PAGE = 500
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.Integer({ minimum: 1, description: 'only entries with a lower number' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_AUDIT_PAGE })),
    kind: Type.Optional(AuditKind),
    outcome: Type.Optional(AuditOutcome),
  },
  strict,
)
export type AuditQuery = Static<typeof AuditQuery>

export const AuditPage = Type.Object({
  entries: Type.Array(AuditEntry, { description: 'newest first' }),
  hasMore: Type.Boolean({ description: 'older ones of the kind are kept' }),
  unreadable: Type.Integer({ description: 'lines of the log that were met and are no entries' }),
})
export type AuditPage = Static<typeof AuditPage>
