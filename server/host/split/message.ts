/**
 * Messages between the two halves: plain data as JSON, with byte arrays behind it as they are and dates as numbers.
 * `u8 1 when something stands beside the JSON | u32 length of the JSON | JSON | bytes of the arrays`. Where they
 * belong stands beside the value, so that no key of the data can be taken for one of ours. What is sent a hundred times a
 * second, `{ live, rows }` of a log, is short: `u8 2 or 3 when live | rows`.
 */
import type { Duplex } from 'node:stream'
import { KIND, type Kind, MAX_PAYLOAD_BYTES, ProtocolError, writeFrame, writeFrameOf } from './frames.ts'

type Path = (string | number)[]

interface Beside {
  readonly bytes: { readonly at: Path; readonly length: number }[]
  readonly dates: { readonly at: Path; readonly time: number }[]
}

const HEAD_BYTES = 5
const [PLAIN, WITH_BESIDE, ROWS, LIVE_ROWS] = [0, 1, 2, 3]

/** @param value plain data: what JSON takes, byte arrays and dates; undefined members are left out */
export function encodeMessage(value: unknown): Buffer {
  return Buffer.concat(encodeParts(value))
}

/** The same, not put together: a head, then the byte arrays of the value as they are. */
export function encodeParts(value: unknown): readonly [Buffer, ...Uint8Array[]] {
  if (isRows(value)) return [Buffer.of(value.live ? LIVE_ROWS : ROWS), value.rows]
  const beside: Beside = { bytes: [], dates: [] }
  const blobs: Uint8Array[] = []
  const plain = withoutBytes(value, [], beside, blobs)
  const isPlain = beside.bytes.length === 0 && beside.dates.length === 0
  const json = JSON.stringify(isPlain ? (plain ?? null) : { value: plain, ...beside })
  const jsonBytes = Buffer.byteLength(json)
  const head = Buffer.allocUnsafe(HEAD_BYTES + jsonBytes)
  head.writeUInt8(isPlain ? PLAIN : WITH_BESIDE, 0)
  head.writeUInt32LE(jsonBytes, 1)
  head.write(json, HEAD_BYTES, 'utf8')
  return [head, ...blobs]
}

function isRows(value: unknown): value is { readonly live: boolean; readonly rows: Uint8Array } {
  if (typeof value !== 'object' || value === null || !('rows' in value) || !('live' in value)) return false
  return (
    value.rows instanceof Uint8Array && typeof value.live === 'boolean' && Object.keys(value).length === 2
  )
}

/** The value itself when there is nothing to take out of it. */
function withoutBytes(value: unknown, at: Path, beside: Beside, blobs: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) {
    beside.bytes.push({ at: [...at], length: value.length })
    blobs.push(value)
    return null
  }
  if (value instanceof Date) {
    beside.dates.push({ at: [...at], time: value.getTime() })
    return null
  }
  return Array.isArray(value)
    ? listWithoutBytes(value, at, beside, blobs)
    : recordWithoutBytes(value, at, beside, blobs)
}

function listWithoutBytes(list: readonly unknown[], at: Path, beside: Beside, blobs: Uint8Array[]): unknown {
  let copy: unknown[] | null = null
  for (let index = 0; index < list.length; index++) {
    const member = list[index]
    if (typeof member !== 'object' || member === null) continue
    at.push(index)
    const plain = withoutBytes(member, at, beside, blobs)
    at.pop()
    if (plain === member) continue
    copy ??= [...list]
    copy[index] = plain
  }
  return copy ?? list
}

function recordWithoutBytes(value: object, at: Path, beside: Beside, blobs: Uint8Array[]): unknown {
  const changed: [string, unknown][] = []
  for (const [key, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue
    at.push(key)
    const plain = withoutBytes(member, at, beside, blobs)
    at.pop()
    if (plain !== member) changed.push([key, plain])
  }
  if (changed.length === 0) return value
  // Not spread or assigned: __proto__ is a key like any other here.
  return Object.fromEntries([...Object.entries(value), ...changed])
}

/**
 * @param bytes a whole message
 * @param blobs whether byte arrays of the value are copies, or lie in `bytes`
 * @throws {ProtocolError} it is none
 */
export function decodeMessage(bytes: Buffer, blobs: 'copied' | 'in place' = 'copied'): unknown {
  const kind = bytes[0]
  if (kind === ROWS || kind === LIVE_ROWS) {
    const rows = new Uint8Array(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1)
    return { live: kind === LIVE_ROWS, rows: blobs === 'copied' ? rows.slice() : rows }
  }
  if (bytes.length < HEAD_BYTES) throw new ProtocolError('a message without a head')
  const end = HEAD_BYTES + bytes.readUInt32LE(1)
  const isPlain = kind === PLAIN
  if (end > bytes.length || (isPlain && end !== bytes.length))
    throw new ProtocolError('a message of another length')
  const parsed = parse(bytes.toString('utf8', HEAD_BYTES, end))
  return isPlain ? parsed : withBytes(parsed, bytes.subarray(end), blobs === 'copied')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProtocolError('a message that is not JSON', { cause })
  }
}

function withBytes(parsed: unknown, blobs: Buffer, isCopied: boolean): unknown {
  if (!isBeside(parsed)) throw new ProtocolError('a message of another shape')
  let from = 0
  const holder = { value: parsed.value }
  for (const { at, length } of parsed.bytes) {
    if (!Number.isInteger(length) || length < 0 || from + length > blobs.length)
      throw new ProtocolError('a message with fewer bytes than it says')
    const blob = new Uint8Array(blobs.buffer, blobs.byteOffset + from, length)
    put(holder, at, isCopied ? blob.slice() : blob)
    from += length
  }
  if (from !== blobs.length) throw new ProtocolError('a message with more bytes than it says')
  for (const { at, time } of parsed.dates) put(holder, at, new Date(time))
  return holder.value
}

function isBeside(parsed: unknown): parsed is { value: unknown } & Beside {
  if (typeof parsed !== 'object' || parsed === null) return false
  const { bytes, dates } = parsed as Partial<Beside>
  return (
    isListOf(bytes, (entry) => isPath(entry.at) && typeof entry.length === 'number') &&
    isListOf(dates, (entry) => isPath(entry.at) && typeof entry.time === 'number')
  )
}

function isListOf(list: unknown, isOne: (entry: Record<string, unknown>) => boolean): boolean {
  return (
    Array.isArray(list) &&
    list.every((entry: unknown) => typeof entry === 'object' && entry !== null && isOne({ ...entry }))
  )
}

function isPath(at: unknown): at is Path {
  return Array.isArray(at) && at.every((key) => typeof key === 'string' || typeof key === 'number')
}

/** Only where null was put in its place, and only into what belongs to the value itself. */
function put(holder: { value: unknown }, at: Path, what: unknown): void {
  let into: unknown = holder
  const keys: Path = ['value', ...at]
  const last = keys.pop()
  for (const key of keys) into = ownMember(into, key)
  if (last === undefined || ownMember(into, last) !== null)
    throw new ProtocolError('a message with a wrong path')
  // Defined, not assigned: __proto__ is a key like any other here.
  Object.defineProperty(into, last, { value: what, enumerable: true, writable: true, configurable: true })
}

function ownMember(of: unknown, key: string | number): unknown {
  if (typeof of !== 'object' || of === null || !Object.hasOwn(of, key))
    throw new ProtocolError('a message with a wrong path')
  return (of as Record<string | number, unknown>)[key]
}

/** Sends a message in as many frames as it takes: the first of the kind, the others `more`; the last is not full. */
export function writeMessage(to: Duplex, kind: Kind, id: number, message: Buffer): void {
  writeFrame(to, kind, id, message.subarray(0, MAX_PAYLOAD_BYTES))
  // A last frame that is full would look as if more came, so an empty one follows it.
  for (let at = MAX_PAYLOAD_BYTES; at <= message.length; at += MAX_PAYLOAD_BYTES)
    writeFrame(to, KIND.more, id, message.subarray(at, at + MAX_PAYLOAD_BYTES))
}

/**
 * Sends a message whose byte arrays are not put together with it; one that does not fit a frame is.
 * @param onWritten called when they are on their way, or never will be
 */
export function writeParts(
  to: Duplex,
  kind: Kind,
  id: number,
  parts: readonly [Buffer, ...Uint8Array[]],
  onWritten: () => void,
): void {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0)
  if (bytes < MAX_PAYLOAD_BYTES) writeFrameOf(to, kind, id, parts, onWritten)
  else {
    writeMessage(to, kind, id, Buffer.concat(parts))
    onWritten()
  }
}
