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
  readonly payload: Buffer
}

/** The other half does not keep to what both agreed on: the connection is ended. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/**
 * Cuts a stream of bytes into frames. One of bytes of a stream is handed over in the pieces in which it comes: to put it
 * together would cost more than all the rest.
 * @throws {ProtocolError} from push(): a frame is longer than it may be
 */
export function createFrameReader(onFrame: (frame: Frame) => void): { push(bytes: Buffer): void } {
  let held: Buffer[] = []
  let heldBytes = 0
  /** Bytes of the frame that is coming in, with its header; as many as a header has until that is known. */
  let wanted = HEADER_BYTES
  /** Bytes that are still to come of a frame of bytes, and whose they are. */
  let open = { id: 0, left: 0 }

  function takeOpen(bytes: Buffer): Buffer {
    if (open.left === 0 || bytes.length === 0) return bytes
    const payload = bytes.subarray(0, open.left)
    open = { ...open, left: open.left - payload.length }
    onFrame({ kind: KIND.data, id: open.id, payload })
    return bytes.subarray(payload.length)
  }

  /** Takes all whole frames, and what is there of one of bytes. @returns the rest */
  function take(whole: Buffer): Buffer {
    let bytes = whole
    while (bytes.length >= HEADER_BYTES) {
      const [length, kind, id] = [bytes.readUInt32LE(0), bytes.readUInt8(4), bytes.readUInt32LE(5)]
      if (length > MAX_PAYLOAD_BYTES) throw new ProtocolError(`a frame of ${length} bytes`)
      if (kind === KIND.data) {
        open = { id, left: length }
        bytes = takeOpen(bytes.subarray(HEADER_BYTES))
        continue
      }
      wanted = HEADER_BYTES + length
      if (bytes.length < wanted) return bytes
      onFrame({ kind, id, payload: bytes.subarray(HEADER_BYTES, wanted) })
      bytes = bytes.subarray(wanted)
    }
    wanted = HEADER_BYTES
    return bytes
  }

  return {
    push(chunk) {
      const bytes = takeOpen(chunk)
      if (bytes.length === 0) return
      held.push(bytes)
      heldBytes += bytes.length
      if (heldBytes < wanted) return
      const rest = take(held.length === 1 ? bytes : Buffer.concat(held, heldBytes))
      held = rest.length === 0 ? [] : [rest]
      heldBytes = rest.length
    },
  }
}

/** Writes a frame; a payload above {@link MAX_PAYLOAD_BYTES} is the caller's to cut. */
export function writeFrame(to: Duplex, kind: Kind, id: number, payload: Uint8Array = NOTHING): void {
  if (!to.writable) return
  const isSmall = payload.length <= SMALL_BYTES
  const head = Buffer.allocUnsafe(isSmall ? HEADER_BYTES + payload.length : HEADER_BYTES)
  head.writeUInt32LE(payload.length, 0)
  head.writeUInt8(kind, 4)
  head.writeUInt32LE(id, 5)
  if (isSmall) {
    head.set(payload, HEADER_BYTES)
    to.write(head)
    return
  }
  // One writev(2) for both, without copying the payload.
  to.cork()
  to.write(head)
  to.write(payload)
  to.uncork()
}

const NOTHING = new Uint8Array(0)
/** Copying so many bytes costs less than a second buffer. */
const SMALL_BYTES = 4_096

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
