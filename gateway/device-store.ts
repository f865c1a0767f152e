import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto'
import { join } from 'node:path'
import { isRecord } from './config-schema.ts'
import { systemErrorCode } from './fatal-error.ts'
import { readText } from './read-file.ts'
import { saveFile } from './save-file.ts'

/** What a client tells about itself when it asks to be paired. */
export interface DeviceClaim {
  deviceId: string
  publicKey: string
  clientId: string
  clientMode: string
  platform: string
  role: string
  scopes: string[]
  remoteIp: string
}

/** A record of devices/*.json. The real gateway keeps more in it; what we don't know is carried along. */
export interface StoredDevice extends Record<string, unknown> {
  deviceId: string
  publicKey: string
}

export interface PendingDevice extends StoredDevice {
  requestId: string
  /** when it asked last, in milliseconds since 1970 */
  ts: number
}

/** The devices of one gateway; see {@link openDeviceStore}. */
export interface DeviceStore {
  list(): { pending: PendingDevice[]; paired: StoredDevice[] }
  isPaired(deviceId: string, publicKey: string): boolean
  request(claim: DeviceClaim): PendingDevice
  approve(requestId: string): StoredDevice | undefined
  reject(requestId: string): PendingDevice | undefined
  remove(deviceId: string): StoredDevice | undefined
}

const PENDING_LIFETIME_MS = 5 * 60_000
/** Only clients with the right token get this far; the bound keeps a broken one from filling the disk. */
const MAX_PENDING = 50

/**
 * Opens `devices/pending.json` and `devices/paired.json`. They are read anew for each call, so a change made by
 * hand counts at once; only the running gateway writes them. A request lives for five minutes after it was last
 * repeated.
 */
export function openDeviceStore(directory: string, now: () => number = Date.now): DeviceStore {
  const pendingPath = join(directory, 'pending.json')
  const pairedPath = join(directory, 'paired.json')
  const readPending = () =>
    readRecords(pendingPath, isPending).filter((device) => now() - device.ts < PENDING_LIFETIME_MS)
  const readPaired = () => readRecords(pairedPath, isDevice)
  const savePending = (devices: PendingDevice[]) =>
    saveRecords(pendingPath, devices, (device) => device.requestId)
  const savePaired = (devices: StoredDevice[]) =>
    saveRecords(pairedPath, devices, (device) => device.deviceId)
  const takePending = (requestId: string) => {
    const all = readPending()
    const found = all.find((device) => device.requestId === requestId)
    if (found) savePending(all.filter((device) => device !== found))
    return found
  }
  return {
    // The real gateway keeps per-device tokens in the record: they stay in the file.
    list: () => ({
      pending: readPending(),
      paired: readPaired().map(({ tokens: _tokens, ...device }) => device),
    }),
    isPaired: (deviceId, publicKey) =>
      readPaired().some((device) => device.deviceId === deviceId && device.publicKey === publicKey),
    request(claim) {
      const others = readPending().filter((device) => device.deviceId !== claim.deviceId)
      const former = readPending().find((device) => device.deviceId === claim.deviceId)
      const device = { ...claim, requestId: former?.requestId ?? randomUUID(), ts: now() }
      savePending([...others.slice(-(MAX_PENDING - 1)), device])
      return device
    },
    approve(requestId) {
      const found = readPending().find((device) => device.requestId === requestId)
      if (!found) return undefined
      const { requestId: _requestId, ts, ...claim } = found
      const { deviceId, publicKey } = found
      const device = { ...claim, deviceId, publicKey, createdAtMs: ts, approvedAtMs: now() }
      // Paired before it leaves the pending ones: a crash in between loses nothing.
      savePaired([...readPaired().filter((other) => other.deviceId !== device.deviceId), device])
      takePending(requestId)
      return device
    },
    reject: takePending,
    remove(deviceId) {
      const all = readPaired()
      const found = all.find((device) => device.deviceId === deviceId)
      if (found) savePaired(all.filter((device) => device !== found))
      return found
    },
  }
}

/** What a device signed: the claim, the token it shows and the nonce of this connection. */
export interface DeviceProof {
  deviceId: string
  publicKey: string
  signature: string
  signedAt: number
  nonce: string
  clientId: string
  clientMode: string
  role: string
  scopes: readonly string[]
  token: string
}

/**
 * Checks that the client holds the private key of the device it claims to be: the id is the SHA-256 of the raw
 * Ed25519 key, and the signature covers the claim and this connection's nonce.
 * @returns undefined when all is well, else what is wrong
 */
export function findProofFault(proof: DeviceProof, nonce: string): string | undefined {
  const raw = Buffer.from(proof.publicKey, 'base64url')
  if (raw.length !== 32) return 'device public key invalid'
  if (createHash('sha256').update(raw).digest('hex') !== proof.deviceId) return 'device identity mismatch'
  if (proof.nonce !== nonce) return 'device nonce mismatch'
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: proof.publicKey }, format: 'jwk' })
  const isGood = verify(null, Buffer.from(signedText(proof)), key, Buffer.from(proof.signature, 'base64url'))
  return isGood ? undefined : 'device signature invalid'
}

/** The text under a device's signature. */
export function signedText(proof: Omit<DeviceProof, 'signature' | 'publicKey'>): string {
  const { deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce } = proof
  return ['v2', deviceId, clientId, clientMode, role, scopes.join(','), signedAt, token, nonce].join('|')
}

function readRecords<T>(path: string, isValid: (value: unknown) => value is T): T[] {
  let text: string
  try {
    text = readText(path)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
  const parsed: unknown = JSON.parse(text)
  const records = isRecord(parsed) ? Object.values(parsed) : [parsed]
  const devices = records.filter(isValid)
  // Saving would drop what was skipped here, so nothing is skipped.
  if (devices.length < records.length) {
    throw new Error(`${path} holds something that is no device; move the file away to pair anew`)
  }
  return devices
}

function saveRecords<T>(path: string, devices: T[], keyOf: (device: T) => string): void {
  const byKey = Object.fromEntries(devices.map((device) => [keyOf(device), device]))
  saveFile(path, `${JSON.stringify(byKey, null, 2)}\n`)
}

function isDevice(value: unknown): value is StoredDevice {
  return isRecord(value) && typeof value.deviceId === 'string' && typeof value.publicKey === 'string'
}

function isPending(value: unknown): value is PendingDevice {
  return isDevice(value) && typeof value.requestId === 'string' && typeof value.ts === 'number'
}
