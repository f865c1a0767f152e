/**
 * The gateway's record of devices: `devices/pending.json` and `devices/paired.json`, each an object of records by id
 * (docs/facts/razroom-gateway.md). What stands in a record is what the device said of itself, and anybody who knows
 * the gateway's token may say anything: text is cut and made plain, ids are held to their grammar, and only the fields
 * named here are taken, for the records also have keys and tokens.
 */
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { DeviceId, type PairedDevice, type PendingDevice } from '../../contract/devices.ts'
import { ConflictError } from '../errors.ts'
import { plainText } from './plain-text.ts'

/** The gateway forgets a request that was not repeated for so long (docs/facts/razroom-gateway.md). */
export const PENDING_LIFETIME_MS = 5 * 60_000
const MAX_PENDING = 100
const MAX_PAIRED = 500
const MAX_TEXT = 80
/** Some months after 9999 a time has no four-digit year any more. */
const MAX_TIME_MS = 253_402_300_799_999

/** Where the gateway keeps them, below its config directory. */
export function devicePaths(configDir: string): { readonly pending: string; readonly paired: string } {
  return { pending: `${configDir}/devices/pending.json`, paired: `${configDir}/devices/paired.json` }
}

export interface DeviceEntries<T> {
  /** Newest first. */
  readonly devices: readonly T[]
  /** Entries that have no usable id, or are too many. */
  readonly skipped: number
}

const Loose = Type.Record(Type.String(), Type.Unknown())
type Loose = Static<typeof Loose>

/**
 * The records of one of the two files.
 * @param bytes null: there is no such file
 * @throws {ConflictError} DEVICES_UNREADABLE it is not JSON, or not an object of records
 */
export function readDeviceRecords(bytes: Uint8Array | null, path: string): readonly unknown[] {
  if (bytes === null) return []
  const parsed = parseJson(bytes, path)
  if (Array.isArray(parsed)) return parsed
  if (Value.Check(Loose, parsed)) return Object.values(parsed)
  throw new ConflictError('DEVICES_UNREADABLE', { detail: `${path} has no records` })
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ConflictError('DEVICES_UNREADABLE', { detail: `${path} is not JSON`, cause })
  }
}

/** Requests that the gateway still knows. @param now in ms since 1970 */
export function pendingDevices(records: readonly unknown[], now: number): DeviceEntries<PendingDevice> {
  return collect(records, MAX_PENDING, (record) => {
    const id = idOf(record.requestId)
    if (id === null) return null
    const askedAt = timeOf(record.ts)
    if (askedAt !== null && now - askedAt >= PENDING_LIFETIME_MS) return 'gone'
    const deviceId = idOf(record.deviceId)
    return {
      at: askedAt ?? 0,
      device: {
        id,
        ...(deviceId === null ? {} : { deviceId }),
        ...claimsOf(record),
        ...isoTime('requestedAt', askedAt),
      },
    }
  })
}

/** Devices that are let in. */
export function pairedDevices(records: readonly unknown[]): DeviceEntries<PairedDevice> {
  return collect(records, MAX_PAIRED, (record) => {
    const id = idOf(record.deviceId)
    if (id === null) return null
    const tokens = Value.Check(Loose, record.tokens) ? Object.values(record.tokens).filter(isLoose) : []
    const approvedAt = timeOf(record.approvedAtMs)
    const seen = [record.lastSeenAtMs, ...tokens.map((token) => token.lastUsedAtMs)]
      .map(timeOf)
      .filter((time) => time !== null)
    return {
      at: approvedAt ?? 0,
      device: {
        id,
        ...claimsOf(record),
        ...isoTime('approvedAt', approvedAt),
        ...isoTime('lastSeenAt', seen.length === 0 ? null : Math.max(...seen)),
        isRevoked: tokens.length > 0 && tokens.every((token) => timeOf(token.revokedAtMs) !== null),
      },
    }
  })
}

/** The roles that a paired device has tokens for; `operator`, the one of browsers, where the record names none. */
export function deviceRoles(records: readonly unknown[], id: string): string[] {
  const record = records.filter(isLoose).find(({ deviceId }) => deviceId === id)
  const named = [
    ...(Value.Check(Loose, record?.tokens) ? Object.keys(record.tokens) : []),
    ...(Array.isArray(record?.roles) ? record.roles : []),
    record?.role,
  ]
  const roles = new Set(named.map(idOf).filter((role) => role !== null))
  return roles.size === 0 ? ['operator'] : [...roles].slice(0, 4)
}

function collect<T>(
  records: readonly unknown[],
  limit: number,
  read: (record: Loose) => { at: number; device: T } | 'gone' | null,
): DeviceEntries<T> {
  const found: { at: number; device: T }[] = []
  let skipped = 0
  for (const record of records) {
    const entry = isLoose(record) ? read(record) : null
    if (entry === null) skipped += 1
    else if (entry !== 'gone') found.push(entry)
  }
  found.sort((a, b) => b.at - a.at)
  const devices = found.slice(0, limit).map(({ device }) => device)
  return { devices, skipped: skipped + found.length - devices.length }
}

function isLoose(value: unknown): value is Loose {
  return Value.Check(Loose, value)
}

function idOf(value: unknown): string | null {
  return Value.Check(DeviceId, value) ? value : null
}

/** A time in ms since 1970; null when it is none. */
function timeOf(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value <= MAX_TIME_MS ? value : null
}

function isoTime<K extends string>(key: K, time: number | null): { [X in K]?: string } {
  return (time === null ? {} : { [key]: new Date(time).toISOString() }) as { [X in K]?: string }
}

type Claims = Pick<PendingDevice, 'name' | 'platform' | 'client' | 'role' | 'ip'>

function claimsOf(record: Loose): Claims {
  const client = plain(record.clientId)
  const mode = plain(record.clientMode)
  const said = {
    name: plain(record.displayName),
    platform: plain(record.platform),
    client: client !== '' && mode !== '' ? `${client} (${mode})` : client || mode,
    role: plain(record.role),
    ip: plain(record.remoteIp),
  }
  return Object.fromEntries(Object.entries(said).filter(([, text]) => text !== ''))
}

const plain = (value: unknown): string => plainText(value, MAX_TEXT)
