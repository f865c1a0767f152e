/** What the gateway says of itself by its own commands: version, models, sessions, jobs, channels. */
import Type, { type Static } from 'typebox'
import { Problem } from './schemas.ts'

const strict = { additionalProperties: false } as const
const time = Type.String({ description: 'ISO 8601, UTC' })
const text = Type.Optional(Type.String())
const skipped = Type.Integer({ description: 'entries that are not in the list: too many, or unreadable' })

/** Each is one command of the gateway, and fails or is known by itself. */
export const InsightPartName = Type.Enum(['version', 'models', 'providers', 'sessions', 'cron', 'channels'])
export type InsightPartName = Static<typeof InsightPartName>

/** The order in which they are read: the quick ones first. */
export const INSIGHT_PARTS: readonly InsightPartName[] = InsightPartName.enum

export const VersionInsight = Type.Object({ version: Type.String() })
export type VersionInsight = Static<typeof VersionInsight>

export const ModelsInsight = Type.Object({
  models: Type.Array(
    Type.Object({
      key: Type.String({ description: 'provider/model' }),
      name: text,
      /** Missing where the gateway does not know. */
      isAvailable: Type.Optional(Type.Boolean({ description: 'there is a key for its provider' })),
      isMissing: Type.Boolean({ description: 'it is set, and the gateway does not know it' }),
      tags: Type.Array(Type.String(), { description: 'for example default, fallback#1' }),
    }),
  ),
  skipped,
})
export type ModelsInsight = Static<typeof ModelsInsight>

/** `static`: a key, which does not end by itself; `cooldown`: not used for a while after errors. */
export const ProviderState = Type.Enum([
  'ok',
  'static',
  'expiring',
  'expired',
  'cooldown',
  'disabled',
  'missing',
  'unknown',
])
export type ProviderState = Static<typeof ProviderState>

export const ProvidersInsight = Type.Object({
  defaultModel: text,
  fallbacks: Type.Array(Type.String()),
  providers: Type.Array(
    Type.Object({
      name: Type.String(),
      state: ProviderState,
      /** Kind of its credentials, never a part of one. */
      source: text,
      reason: text,
      until: Type.Optional(time),
    }),
  ),
  skipped,
})
export type ProvidersInsight = Static<typeof ProvidersInsight>

export const SessionsInsight = Type.Object({
  count: Type.Integer({ description: 'all there are' }),
  sessions: Type.Array(
    Type.Object({
      key: Type.String(),
      kind: text,
      model: text,
      updatedAt: Type.Optional(time),
      totalTokens: Type.Optional(Type.Integer()),
      contextTokens: Type.Optional(Type.Integer()),
      wasAborted: Type.Boolean({ description: 'its last run was cut off' }),
    }),
    { description: 'the latest first' },
  ),
  skipped,
})
export type SessionsInsight = Static<typeof SessionsInsight>

export const CronInsight = Type.Object({
  jobs: Type.Array(
    Type.Object({
      name: Type.String(),
      isEnabled: Type.Boolean(),
      schedule: text,
      nextRunAt: Type.Optional(time),
      lastRunAt: Type.Optional(time),
      lastStatus: text,
      lastError: text,
    }),
  ),
  skipped,
})
export type CronInsight = Static<typeof CronInsight>

/** `running`: started, and it does not say whether it is connected. */
export const ChannelState = Type.Enum([
  'connected',
  'running',
  'failed',
  'stopped',
  'unlinked',
  'unconfigured',
  'off',
])
export type ChannelState = Static<typeof ChannelState>

export const ChannelsInsight = Type.Object({
  channels: Type.Array(
    Type.Object({
      id: Type.String(),
      label: Type.String(),
      /** Missing for the only account of a channel. */
      account: text,
      state: ChannelState,
      lastError: text,
      lastMessageAt: Type.Optional(time),
    }),
  ),
  skipped,
})
export type ChannelsInsight = Static<typeof ChannelsInsight>

/** `waiting`: commands run one after the other. */
export const InsightProgress = Type.Enum(['idle', 'waiting', 'reading'])

const part = <T extends Type.TSchema>(value: T) =>
  Type.Object({
    progress: InsightProgress,
    startedAt: Type.Optional(Type.String({ description: 'of the reading that goes on' })),
    isSlow: Type.Boolean({ description: 'the command loads every plugin: about a minute' }),
    command: Type.String({ description: 'the same for a shell' }),
    /** What the last reading that succeeded said; it stays while a later one goes on or fails. */
    value: Type.Optional(value),
    at: Type.Optional(Type.String({ description: 'ISO time of the value' })),
    tookMs: Type.Optional(Type.Integer({ description: 'how long the last reading took' })),
    problem: Type.Optional(Problem),
    failedAt: Type.Optional(Type.String({ description: 'ISO time of the problem' })),
  })

export const GatewayInsight = Type.Object({
  available: Type.Boolean({ description: 'the gateway can be asked now' }),
  reason: Type.Optional(Type.String({ description: 'why not' })),
  parts: Type.Object({
    version: part(VersionInsight),
    models: part(ModelsInsight),
    providers: part(ProvidersInsight),
    sessions: part(SessionsInsight),
    cron: part(CronInsight),
    channels: part(ChannelsInsight),
  }),
  at: time,
})
export type GatewayInsight = Static<typeof GatewayInsight>

export const InsightRefresh = Type.Object(
  {
    parts: Type.Optional(Type.Array(InsightPartName, { maxItems: 12 })),
    onlyStale: Type.Optional(
      Type.Boolean({
        description:
          'leave out what was read within ten minutes, channels within half an hour, and say nothing where the gateway can not be asked',
      }),
    ),
  },
  strict,
)
export type InsightRefresh = Static<typeof InsightRefresh>
