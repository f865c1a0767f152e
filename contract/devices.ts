/** Browsers and devices that the gateway lets in, and those that wait to be. */
import Type, { type Static } from 'typebox'

const strict = { additionalProperties: false } as const
const time = Type.String({ description: 'ISO 8601, UTC' })

/**
 * Ids as gateways make them (a UUID for a request, the SHA-256 of its key for a device). One that is handed to a
 * command of the gateway can not be taken for an option: it begins with a letter or a digit.
 */
export const DeviceId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$' })

export const deviceParams = Type.Object({ id: DeviceId }, strict)

/** What a device says of itself; nobody has checked it. */
const claims = {
  name: Type.Optional(Type.String()),
  platform: Type.Optional(Type.String()),
  client: Type.Optional(
    Type.String({ description: 'the program, for example razroom-control-ui (webchat)' }),
  ),
  role: Type.Optional(Type.String()),
  ip: Type.Optional(
    Type.String({ description: 'as the gateway sees it, behind the ports of the container' }),
  ),
} as const

export const PendingDevice = Type.Object({
  id: Type.String({ description: 'of the request, for approve and reject' }),
  deviceId: Type.Optional(Type.String()),
  ...claims,
  requestedAt: Type.Optional(time),
})
export type PendingDevice = Static<typeof PendingDevice>

export const PairedDevice = Type.Object({
  id: Type.String({ description: 'of the device, for revoke' }),
  ...claims,
  approvedAt: Type.Optional(time),
  lastSeenAt: Type.Optional(time),
  isRevoked: Type.Boolean({
    description: 'the gateway keeps it on its list, but every token of its own is revoked',
  }),
})
export type PairedDevice = Static<typeof PairedDevice>

export const DeviceList = Type.Object({
  available: Type.Boolean({ description: 'devices can be approved, rejected and revoked now' }),
  reason: Type.Optional(Type.String({ description: 'why not' })),
  pending: Type.Array(PendingDevice, { description: 'newest first, at most 100' }),
  paired: Type.Array(PairedDevice, { description: 'newest first, at most 500' }),
  skipped: Type.Integer({ description: 'entries of the gateway’s files that are not in the lists' }),
  at: time,
})
export type DeviceList = Static<typeof DeviceList>
