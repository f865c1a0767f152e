import { isRecord } from './config-schema.ts'
import type { DeviceProof } from './device-store.ts'

/** The version of the gateway protocol that this gateway speaks. */
export const PROTOCOL_VERSION = 3

/** One request frame. */
export interface RequestFrame {
  id: string
  method: string
  params: Record<string, unknown>
}

/** What a client says in `connect`, as far as the gateway uses it. */
export interface ConnectParams {
  minProtocol: number
  maxProtocol: number
  clientId: string
  clientMode: string
  clientVersion: string
  platform: string
  role: string
  scopes: string[]
  token: string | undefined
  password: string | undefined
  device: Pick<DeviceProof, 'deviceId' | 'publicKey' | 'signature' | 'signedAt' | 'nonce'> | undefined
}

/** Reads a text frame; undefined when it is no request frame. */
export function parseRequestFrame(text: string): RequestFrame | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON is one of the ways of not being a request frame; the caller closes the socket for all of them.
    return undefined
  }
  if (!isRecord(value) || value.type !== 'req') return undefined
  const { id, method, params = {} } = value
  if (typeof id !== 'string' || typeof method !== 'string' || !isRecord(params)) return undefined
  return { id, method, params }
}

/** Reads the parameters of `connect`; undefined when a required one is missing or of the wrong type. */
export function parseConnectParams(params: Record<string, unknown>): ConnectParams | undefined {
  const { minProtocol, maxProtocol, client, role = 'operator', scopes = [], auth = {}, device } = params
  if (typeof minProtocol !== 'number' || typeof maxProtocol !== 'number') return undefined
  if (!isRecord(client) || !isRecord(auth) || typeof role !== 'string' || !isTextList(scopes))
    return undefined
  const { id, mode, version = '', platform = '' } = client
  if (typeof id !== 'string' || typeof mode !== 'string') return undefined
  const parsedDevice = device === undefined || device === null ? undefined : parseDevice(device)
  if (parsedDevice === 'invalid') return undefined
  return {
    minProtocol,
    maxProtocol,
    clientId: id,
    clientMode: mode,
    clientVersion: String(version),
    platform: String(platform),
    role,
    scopes,
    token: typeof auth.token === 'string' ? auth.token : undefined,
    password: typeof auth.password === 'string' ? auth.password : undefined,
    device: parsedDevice,
  }
}

/**
 * A close reason that fits into a close frame: at most 123 bytes of UTF-8 (RFC 6455, 5.5). Our reasons are ASCII.
 */
export function closeReason(text: string): string {
  return text.slice(0, 123)
}

function parseDevice(value: unknown): NonNullable<ConnectParams['device']> | 'invalid' {
  if (!isRecord(value)) return 'invalid'
  const { id, publicKey, signature, signedAt, nonce } = value
  const texts = [id, publicKey, signature, nonce]
  if (!isTextList(texts) || typeof signedAt !== 'number') return 'invalid'
  const [deviceId = '', key = '', signed = '', given = ''] = texts
  return { deviceId, publicKey: key, signature: signed, signedAt, nonce: given }
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 32 && value.every((item) => typeof item === 'string')
}
