import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createFrameReader,
  type Frame,
  HEADER_BYTES,
  KIND,
  type Kind,
  MAX_PAYLOAD_BYTES,
  ProtocolError,
  writeFrame,
} from './frames.ts'
import { decodeMessage, encodeMessage } from './message.ts'

async function written(frames: readonly (readonly [Kind, number, Buffer])[]): Promise<Buffer> {
  const pipe = new PassThrough()
  const all = buffer(pipe)
  for (const [kind, id, payload] of frames) writeFrame(pipe, kind, id, payload)
  pipe.end()
  return all
}

/** Frames read in such pieces, in memory that is used again at once; bytes of a stream put together again. */
function readIn(bytes: Buffer, pieces: readonly number[]): Frame[] {
  const seen: Frame[] = []
  const reader = createFrameReader((frame) => {
    const last = seen.at(-1)
    if (frame.kind === KIND.data && last?.kind === KIND.data && last.id === frame.id)
      seen.splice(-1, 1, { ...frame, payload: Buffer.concat([last.payload, frame.payload]) })
    else seen.push({ ...frame, payload: frame.isOwn ? frame.payload : Buffer.from(frame.payload) })
  })
  const memory = Buffer.alloc(bytes.length)
  let at = 0
  for (const piece of [...pieces, bytes.length]) {
    const length = bytes.copy(memory, 0, at, at + piece)
    reader.push(memory.subarray(0, length))
    memory.fill(0x2e)
    at += length
  }
  return seen
}

test('what was written is read, however it is cut', async () => {
  const kinds = Object.values(KIND).filter((kind) => kind !== KIND.data)
  const one = fc.tuple(
    fc.constantFrom(...kinds),
    fc.integer({ min: 0, max: 4_294_967_295 }),
    fc.uint8Array({ maxLength: 9_000 }).map((bytes) => Buffer.from(bytes)),
  )
  const cuts = fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 8 }), cuts, async (frames, pieces) => {
      const seen = readIn(await written(frames), pieces)
      expect(seen.map(({ kind, id, payload }) => [kind, id, payload])).toEqual(frames)
    }),
    { numRuns: 60 },
  )
})

test('bytes of a stream are handed over as they come, between other frames', async () => {
  const content = Buffer.alloc(200_000, 'abc')
  const bytes = await written([
    [KIND.result, 1, Buffer.from('a')],
    [KIND.data, 7, content],
    [KIND.end, 7, Buffer.alloc(0)],
  ])
  for (const pieces of [[], [1, 8, 3], [9, 9, 100], Array.from({ length: 100 }, () => 2_000)]) {
    const seen = readIn(bytes, pieces)
    expect(seen.map(({ kind, id }) => [kind, id])).toEqual([
      [KIND.result, 1],
      [KIND.data, 7],
      [KIND.end, 7],
    ])
    expect(seen[1]?.payload.equals(content)).toBe(true)
  }
})

test('a frame that is too long is refused at its header', () => {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAX_PAYLOAD_BYTES + 1, 0)
  expect(() => createFrameReader(() => undefined).push(header)).toThrow(ProtocolError)
})

test('a message is read as it was written, with bytes and dates at any place', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 50 }),
    fc.date({ noInvalidDate: true }),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'bytes', 'value')),
        tie('tree'),
        {
          maxKeys: 5,
          noNullPrototype: true,
        },
      ),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(decodeMessage(encodeMessage(value))).toEqual(value)
    }),
    { numRuns: 300 },
  )
})

test('rows of a log are short, and lie where they came when that is asked for', () => {
  for (const live of [true, false]) {
    const rows = Uint8Array.from({ length: 300 }, (_, at) => at % 256)
    const message = encodeMessage({ live, rows })
    expect(message).toHaveLength(301)
    expect(decodeMessage(message)).toEqual({ live, rows })
    const inPlace = decodeMessage(message, 'in place') as { rows: Uint8Array }
    message.fill(7)
    expect(inPlace).toEqual({ live, rows: new Uint8Array(300).fill(7) })
    for (const said of [
      { live, rows, gap: 'lost' },
      { live, rows, cursor: 'x' },
      { live: 1, rows },
      { rows },
    ])
      expect(decodeMessage(encodeMessage(said))).toEqual(said)
  }
  expect(decodeMessage(Buffer.of(2))).toEqual({ live: false, rows: new Uint8Array() })
})

test('a message that is none is refused, whatever it is', () => {
  const good = encodeMessage({ a: [new Uint8Array([1, 2]), new Date(5)], b: 'c' })
  const damage = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(good.length))
  fc.assert(
    fc.property(damage, ([at, byte, length]) => {
      const bytes = Buffer.from(good).subarray(0, length)
      if (at < bytes.length) bytes[at] = byte
      try {
        decodeMessage(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  [
    'a path that leads out of the value',
    { value: { a: 1 }, bytes: [{ at: ['__proto__', 'polluted'], length: 0 }], dates: [] },
  ],
  [
    'a place in the prototype of all objects',
    { value: {}, bytes: [{ at: ['__proto__', '__proto__'], length: 0 }], dates: [] },
  ],
  [
    'a path through a constructor',
    { value: {}, bytes: [{ at: ['constructor', 'prototype'], length: 0 }], dates: [] },
  ],
  ['a place that holds something', { value: { a: 1 }, bytes: [{ at: ['a'], length: 0 }], dates: [] }],
  ['more bytes than there are', { value: { a: null }, bytes: [{ at: ['a'], length: 9 }], dates: [] }],
  ['fewer than none', { value: { a: null }, bytes: [{ at: ['a'], length: -1 }], dates: [] }],
  ['no list', { value: 1, bytes: {}, dates: [] }],
])('%s is refused', (_what, beside) => {
  const json = Buffer.from(JSON.stringify(beside))
  const head = Buffer.alloc(5)
  head.writeUInt8(1, 0)
  head.writeUInt32LE(json.length, 1)
  expect(() => decodeMessage(Buffer.concat([head, json]))).toThrow(ProtocolError)
})
