/**
 * Frames between the two halves: `u32 length of the payload | u8 kind | u32 id | payload`, little-endian. Payload bytes
 * of a file are never turned into text.
 */
import type { Duplex } from 'node:stream'

/** What a frame says. A number is never given a new meaning: both halves compare the list of verbs, not this one. */
export const KIND = {
  /** Both ways, first of all, id 0: {@link Hello}. */
  hello: 1,
  /** Front: the start of a message that asks for a verb. */
  call: 2,
  /** Both ways: more of a message whose first part was as large as a frame may be. */
  more: 3,
  /** Front: it wants no more of this call. */
  cancel: 4,
  /** Both ways: the other side may send so many bytes more (u32). */
  credit: 5,
  /** Both ways: bytes of a stream. */
  data: 6,
  /** Both ways: the stream is whole; the terminal has ended. */
  end: 7,
  /** Front: a message to a terminal or a lock. */
  order: 8,
  /** Root: the message that answers a call. */
  result: 9,
  /** Root: the message that says how it failed. */
  error: 10,
  /** Root: a line that a program printed: u8 stream, text. */
  line: 11,
  /** Root: the message that is one item of a sequence. */
  item: 12,
} as const
export type Kind = (typeof KIND)[keyof typeof KIND]

export const HEADER_BYTES = 9
/** Of a payload. Small enough that one long message does not keep others waiting. */
export const MAX_PAYLOAD_BYTES = 262_144

export interface Frame {
  readonly kind: number
  readonly id: number
  /** Good until the frame was taken: the memory is used again. */
  readonly payload: Buffer
  /** Memory that was taken for this payload alone: it is the receiver's. */
  readonly isOwn?: true
}

/** The other half does not keep to what both agreed on: the connection is ended. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/**
 * Cuts a stream of bytes into frames. One of bytes of a stream is handed over in the pieces in which it comes: to put it
 * together would cost more than all the rest.
 * @param take memory for a payload above {@link SMALL_BYTES}, which becomes the receiver's
 * @returns push(), whose bytes are good until it returns @throws {ProtocolError} from push(): a frame is longer than it may be
 */
export function createFrameReader(
  onFrame: (frame: Frame) => void,
  take: (length: number) => Buffer = Buffer.allocUnsafe,
): { push(bytes: Buffer): void } {
  /** The header, or all of a small frame, as far as it is there. */
  let held: Buffer = NO_BYTES
  /** Bytes that are still to come of a frame of bytes, and whose they are. */
  let open = { id: 0, left: 0 }
  /** A large frame that is coming in, and how much of its payload is there. */
  let large: Frame | null = null
  let filled = 0

  function takeOpen(bytes: Buffer): Buffer {
    const payload = bytes.subarray(0, open.left)
    open = { ...open, left: open.left - payload.length }
    onFrame({ kind: KIND.data, id: open.id, payload })
    return bytes.subarray(payload.length)
  }

  function fillLarge(frame: Frame, bytes: Buffer): Buffer {
    const copied = bytes.copy(frame.payload, filled)
    filled += copied
    if (filled === frame.payload.length) {
      large = null
      onFrame(frame)
    }
    return bytes.subarray(copied)
  }

  /** Takes the frame that the bytes begin with, or as much as there is of it. @returns the rest, or null for too little */
  function takeNext(bytes: Buffer): Buffer | null {
    if (open.left > 0) return takeOpen(bytes)
    if (large !== null) return fillLarge(large, bytes)
    if (bytes.length < HEADER_BYTES) return null
    const [length, kind, id] = [bytes.readUInt32LE(0), bytes.readUInt8(4), bytes.readUInt32LE(5)]
    if (length > MAX_PAYLOAD_BYTES) throw new ProtocolError(`a frame of ${length} bytes`)
    const end = HEADER_BYTES + length
    if (kind === KIND.data) open = { id, left: length }
    else if (length > SMALL_BYTES) {
      large = { kind, id, payload: take(length), isOwn: true }
      filled = 0
    } else if (bytes.length < end) return null
    else {
      onFrame({ kind, id, payload: bytes.subarray(HEADER_BYTES, end) })
      return bytes.subarray(end)
    }
    return bytes.subarray(HEADER_BYTES)
  }

  return {
    push(chunk) {
      let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      held = NO_BYTES
      while (bytes.length > 0) {
        const rest = takeNext(bytes)
        if (rest === null) {
          held = Buffer.from(bytes)
          return
        }
        bytes = rest
      }
    },
  }
}

/** Writes a frame; a payload above {@link MAX_PAYLOAD_BYTES} is the caller's to cut. */
export function writeFrame(to: Duplex, kind: Kind, id: number, payload: Uint8Array = NOTHING): void {
  writeFrameOf(to, kind, id, [payload])
}

/**
 * The same of a payload in several parts, which are not copied when they are large.
 * @param onWritten called when they are on their way, or never will be: until then their memory must not change
 */
export function writeFrameOf(
  to: Duplex,
  kind: Kind,
  id: number,
  parts: readonly Uint8Array[],
  onWritten?: () => void,
): void {
  if (!to.writable) {
    onWritten?.()
    return
  }
  const bytes = parts.reduce((sum, { length }) => sum + length, 0)
  const isCopied = bytes <= COPIED_BYTES
  const head = Buffer.allocUnsafe(isCopied ? HEADER_BYTES + bytes : HEADER_BYTES)
  head.writeUInt32LE(bytes, 0)
  head.writeUInt8(kind, 4)
  head.writeUInt32LE(id, 5)
  if (isCopied) {
    let at = HEADER_BYTES
    for (const part of parts) {
      head.set(part, at)
      at += part.length
    }
    to.write(head)
    onWritten?.()
    return
  }
  // One writev(2) for all, without copying the payload.
  to.cork()
  to.write(head)
  for (const [at, part] of parts.entries()) to.write(part, at === parts.length - 1 ? onWritten : undefined)
  to.uncork()
}

const NOTHING = new Uint8Array(0)
const NO_BYTES = Buffer.alloc(0)
/** A frame as small as that is handed over in the memory it came in. */
const SMALL_BYTES = 4_096
/** Copying so many bytes costs less than a second buffer. */
const COPIED_BYTES = 16_384

/** A number of bytes as the payload of a credit. */
export function creditPayload(bytes: number): Buffer {
  const payload = Buffer.allocUnsafe(4)
  payload.writeUInt32LE(bytes, 0)
  return payload
}

/** @throws {ProtocolError} */
export function readCredit(payload: Buffer): number {
  if (payload.length !== 4) throw new ProtocolError('a credit of another shape')
  return payload.readUInt32LE(0)
}
