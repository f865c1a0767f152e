/** Images of the gateway: the list, updates and the way back, registries, uploads. */
import Type, { type Static } from 'typebox'
import { HostPath, ImageSource } from './settings.ts'

const strict = { additionalProperties: false } as const
const NullOr = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const ImageId = Type.String({ pattern: '^(sha256:)?[0-9a-f]{12,64}$' })

export const ImageEntry = Type.Object({
  id: Type.String(),
  references: Type.Array(Type.String()),
  digest: Type.Optional(Type.String()),
  createdAt: Type.String(),
  sizeBytes: Type.Integer(),
  role: Type.Enum(['current', 'previous', 'other'], {
    description: 'current: what the settings name; previous: what a step back brings; other: may be pruned',
  }),
  isRunning: Type.Boolean({ description: 'the running container was made from it' }),
})
export type ImageEntry = Static<typeof ImageEntry>

/** The image before the last update: what a step back brings. */
export const PreviousImage = Type.Object({
  source: ImageSource,
  id: Type.String(),
  replacedAt: Type.String(),
})
export type PreviousImage = Static<typeof PreviousImage>

export const ImageList = Type.Object({
  images: Type.Array(ImageEntry, { description: 'all images of the gateway’s user, newest first' }),
  previous: NullOr(PreviousImage),
  prunableBytes: Type.Integer({
    description: 'size of the images that nobody needs; shared layers count twice',
  }),
})
export type ImageList = Static<typeof ImageList>

/** Without an image: the present source anew (built, pulled or loaded again). */
export const UpdateRequest = Type.Object(
  {
    image: Type.Optional(ImageSource),
    healthyWithinSeconds: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 3600,
        description: 'after this long without an answer the old image runs again; 900 unless said',
      }),
    ),
  },
  strict,
)
export type UpdateRequest = Static<typeof UpdateRequest>

export const PruneRequest = Type.Object({ ids: Type.Array(ImageId, { minItems: 1, maxItems: 1000 }) }, strict)
export type PruneRequest = Static<typeof PruneRequest>

const Registry = Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]{1,5})?$', maxLength: 255 })
const RegistryUser = Type.String({ pattern: '^[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]*$', maxLength: 255 })

export const RegistryLogin = Type.Object({ registry: Registry, username: RegistryUser })
export type RegistryLogin = Static<typeof RegistryLogin>

export const RegistryLoginRequest = Type.Object(
  {
    registry: Registry,
    username: RegistryUser,
    password: Type.String({ minLength: 1, maxLength: 8192, pattern: '^[^\\n\\r\\x00]+$' }),
  },
  strict,
)
export type RegistryLoginRequest = Static<typeof RegistryLoginRequest>

export const RegistryLogoutRequest = Type.Object({ registry: Registry }, strict)
export type RegistryLogoutRequest = Static<typeof RegistryLogoutRequest>

/** A file that was sent to the panel; its path is named in what uses it, which removes it. */
export const Upload = Type.Object({ path: HostPath, sizeBytes: Type.Integer() })
export type Upload = Static<typeof Upload>
