/** What makes a gateway useful: a provider's key, a model, channels. How browser, CLI and server exchange it. */
import Type, { type Static } from 'typebox'
import { Finding } from './schemas.ts'
import { DifferenceLine } from './versions.ts'

const strict = { additionalProperties: false } as const

/** Of both files, as they were read: "absent" when there is no file. */
export const FileEtags = Type.Object({ env: Type.String(), config: Type.String() }, strict)
export type FileEtags = Static<typeof FileEtags>

export const ProviderConnection = Type.Object({
  id: Type.String({ description: 'as it stands before the / of a model' }),
  service: Type.String(),
  variable: Type.String({ description: 'of .env, which a new key is written to' }),
  isSet: Type.Boolean(),
  setIn: Type.Optional(Type.String({ description: 'the variable that holds the key, or razroom.json' })),
  models: Type.Array(Type.String(), { description: 'suggestions: others may be typed' }),
  source: Type.Optional(Type.String({ description: 'where keys come from, in words' })),
  url: Type.Optional(Type.String({ description: 'the page of the provider for it' })),
  hint: Type.Optional(Type.String()),
})
export type ProviderConnection = Static<typeof ProviderConnection>

/** What a channel asks for. A secret has no value here. */
export const ChannelVariable = Type.Object({
  name: Type.String(),
  purpose: Type.String(),
  isSecret: Type.Boolean(),
  isSet: Type.Boolean(),
  value: Type.Optional(Type.String()),
})
export type ChannelVariable = Static<typeof ChannelVariable>

export const ChannelConnection = Type.Object({
  id: Type.String(),
  service: Type.String(),
  isSet: Type.Boolean({ description: 'one of its ways is complete' }),
  ways: Type.Array(Type.Array(Type.String()), { description: 'the variables of one of these are enough' }),
  variables: Type.Array(ChannelVariable),
  source: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  hints: Type.Array(Type.String()),
})
export type ChannelConnection = Static<typeof ChannelConnection>

export const Connections = Type.Object({
  etags: FileEtags,
  providers: Type.Array(ProviderConnection),
  channels: Type.Array(ChannelConnection),
  model: Type.Union([Type.String(), Type.Null()], { description: 'agents.defaults.model of razroom.json' }),
  hasProvider: Type.Boolean({ description: 'a key of some provider is known' }),
})
export type Connections = Static<typeof Connections>

const id = Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' })
const value = Type.String({ maxLength: 16_384 })

const wish = {
  provider: Type.Optional(
    Type.Object(
      {
        id,
        key: Type.Optional(Type.String({ maxLength: 16_384, description: 'missing: the one that is set' })),
      },
      strict,
    ),
  ),
  model: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  channels: Type.Optional(
    Type.Array(
      Type.Object(
        {
          id,
          values: Type.Array(Type.Object({ name: Type.String({ maxLength: 256 }), value }, strict), {
            maxItems: 16,
          }),
        },
        strict,
      ),
      { maxItems: 32 },
    ),
  ),
}

/** What is wished. Values may be as they were pasted: what is left out of them is told. */
export const ConnectionWish = Type.Object(wish, strict)
export type ConnectionWish = Static<typeof ConnectionWish>

export const FilePreview = Type.Object({
  path: Type.String(),
  changed: Type.Boolean(),
  difference: Type.Array(DifferenceLine, { description: 'secrets masked' }),
})
export type FilePreview = Static<typeof FilePreview>

export const ConnectionPreview = Type.Object({
  etags: FileEtags,
  env: FilePreview,
  config: FilePreview,
  findings: Type.Array(Finding),
})
export type ConnectionPreview = Static<typeof ConnectionPreview>

export const ConnectionRequest = Type.Object(
  {
    ...wish,
    etags: FileEtags,
    restart: Type.Boolean({ description: 'a gateway that runs is restarted, so that it takes effect' }),
  },
  strict,
)
export type ConnectionRequest = Static<typeof ConnectionRequest>
