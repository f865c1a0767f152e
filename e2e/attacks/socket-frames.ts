/** Frames of a WebSocket (RFC 6455, 5.2), right and wrong ones, as bytes with one character each. */
import fc, { type Arbitrary } from 'fast-check'

const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PING = 9
const PONG = 10

interface FrameParts {
  readonly opcode: number
  /** Bytes, one character each. */
  readonly payload: string
  /** The last frame of its message; it is unless said. */
  readonly isLast?: boolean
  /** Clients mask; this one does unless said. */
  readonly isMasked?: boolean
  /** Bits that nobody has agreed on. */
  readonly reserved?: number
  /** What the head says of the payload, where that is not its length. */
  readonly length?: bigint
}

/** The frame as a client sends it. */
export function frameBytes({
  opcode,
  payload,
  isLast = true,
  isMasked = true,
  reserved = 0,
  length,
}: FrameParts): string {
  const said = length ?? BigInt(payload.length)
  const mask = isMasked ? 0x80 : 0
  const size = Buffer.alloc(said < 126n ? 1 : said < 65_536n ? 3 : 9)
  if (size.length === 1) size.writeUInt8(mask | Number(said))
  else if (size.length === 3) {
    size.writeUInt8(mask | 126)
    size.writeUInt16BE(Number(said), 1)
  } else {
    size.writeUInt8(mask | 127)
    size.writeBigUInt64BE(said, 1)
  }
  const head = Buffer.from([(isLast ? 0x80 : 0) | (reserved << 4) | opcode])
  return `${head.toString('latin1')}${size.toString('latin1')}${isMasked ? '\0\0\0\0' : ''}${payload}`
}

/** A message in text, as bytes. */
export const textBytes = (text: string): string =>
  frameBytes({ opcode: TEXT, payload: Buffer.from(text).toString('latin1') })

/** The same message in frames of so many bytes each. */
export function fragments(text: string, size: number): string[] {
  const bytes = Buffer.from(text).toString('latin1')
  const parts = Array.from({ length: Math.max(1, Math.ceil(bytes.length / size)) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  )
  return parts.map((payload, index) =>
    frameBytes({ opcode: index === 0 ? TEXT : 0, payload, isLast: index === parts.length - 1 }),
  )
}

/** What is no message of any socket of the panel: a server closes for each of them. */
export const wrongFrames: Arbitrary<readonly string[]> = fc.constantFrom<readonly string[]>(
  [frameBytes({ opcode: BINARY, payload: '\u0000\u00ff' })],
  [frameBytes({ opcode: BINARY, payload: '' })],
  [frameBytes({ opcode: TEXT, payload: '\u00c3\u0028' })],
  [frameBytes({ opcode: TEXT, payload: '\u00ed\u00a0\u0080' })],
  [frameBytes({ opcode: TEXT, payload: '{}', isMasked: false })],
  [frameBytes({ opcode: TEXT, payload: '{}', reserved: 4 })],
  [frameBytes({ opcode: TEXT, payload: '{}', reserved: 7 })],
  [frameBytes({ opcode: 3, payload: '{}' })],
  [frameBytes({ opcode: 15, payload: '' })],
  [frameBytes({ opcode: 0, payload: 'a piece of nothing' })],
  [frameBytes({ opcode: TEXT, payload: 'a'.repeat(16_385) })],
  [frameBytes({ opcode: TEXT, payload: 'a'.repeat(200_000) })],
  [frameBytes({ opcode: TEXT, payload: 'a', length: 2n ** 31n })],
  [frameBytes({ opcode: TEXT, payload: 'a', length: 2n ** 62n })],
  [frameBytes({ opcode: TEXT, payload: 'a', length: 2n ** 63n })],
  [frameBytes({ opcode: PING, payload: 'a'.repeat(126) })],
  [frameBytes({ opcode: PING, payload: 'a', isLast: false })],
  [frameBytes({ opcode: CLOSE, payload: '\u0003' })],
  [frameBytes({ opcode: CLOSE, payload: '\u0003\u00ed' })],
  [frameBytes({ opcode: CLOSE, payload: '\u00ff\u00ff' })],
  fragments('a'.repeat(20_000), 4_000),
  [frameBytes({ opcode: TEXT, payload: '{', isLast: false }), frameBytes({ opcode: TEXT, payload: '}' })],
  ['GET / HTTP/1.1\r\nHost: 127.0.0.1:18780\r\n\r\n'],
)

/** What a client may send at any time. */
export const harmlessFrames: readonly string[] = [
  frameBytes({ opcode: PING, payload: '' }),
  frameBytes({ opcode: PING, payload: 'a'.repeat(125) }),
  frameBytes({ opcode: PONG, payload: 'nobody asked' }),
]
