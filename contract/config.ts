/** razroom.json as browser and server exchange it. */
import Type, { type Static } from 'typebox'
import { EnvCheck } from './env.ts'
import { Finding } from './schemas.ts'

const strict = { additionalProperties: false } as const
/**
 * The largest razroom.json that the panel reads and writes, in bytes. A real one has some kilobytes; reading, checking and
 * masking a megabyte that was made for it keeps the panel from everything else for seconds.
 */
export const MAX_CONFIG_BYTES = 524_288
/** The same for what goes through the page, in characters. */
const MAX_CONFIG_CHARACTERS = 524_288
const ConfigText = Type.String({ maxLength: MAX_CONFIG_CHARACTERS })

export const ConfigDocument = Type.Object({
  path: Type.String(),
  exists: Type.Boolean(),
  etag: Type.String({ description: 'sha-256 of the bytes, hex; "absent" when there is no file' }),
  isUtf8: Type.Boolean(),
  text: Type.String({ description: 'secrets masked, line for line; empty when it is not UTF-8' }),
  findings: Type.Array(Finding),
})
export type ConfigDocument = Static<typeof ConfigDocument>

/** The whole text, or the mend of one finding. A text that is not JSON5 is refused. */
export const ConfigChange = Type.Union([
  Type.Object(
    {
      text: ConfigText,
      /** Save it though the gateway would not start with it. */
      anyway: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
  Type.Object({ mend: Type.String({ minLength: 1, maxLength: 64, description: 'id of a finding' }) }, strict),
])
export type ConfigChange = Static<typeof ConfigChange>

export const ConfigSaved = Type.Object({ etag: Type.String(), changed: Type.Boolean() })
export type ConfigSaved = Static<typeof ConfigSaved>

export const ConfigCheckRequest = Type.Object({ text: ConfigText }, strict)
/** `fatal`: the gateway would not start. */
export const ConfigCheck = EnvCheck
export type ConfigCheck = Static<typeof ConfigCheck>
