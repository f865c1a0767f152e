import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameReader } from './frames.ts'

/** What is handed over, when the pieces come in memory that is used again at once. */
function readIn(bytes: Buffer, pieces: readonly number[], maxBytes: number) {
  const seen: (string | Buffer)[] = []
  let tooLong = 0
  const reader = createFrameReader(
    maxBytes,
    (line) => {
      seen.push(line)
      return /^\d+$/.test(line) ? Number(line) : undefined
    },
    () => {
      tooLong += 1
    },
    (behind) => seen.push(behind),
  )
  const memory = Buffer.alloc(bytes.length)
  for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
    const length = bytes.copy(memory, 0, at, at + (pieces[piece] ?? bytes.length))
    reader.push(memory.subarray(0, length))
    memory.fill(0x2e)
    at += length
  }
  return { seen, tooLong }
}

const one = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).filter((line) => !/\n|^\d+$/.test(line)),
  fc.uint8Array({ minLength: 1, maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
)
const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 60 })

test('lines, and bytes behind them, are handed over as they were sent, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), cuts, (sent, pieces) => {
      const parts = sent.flatMap((part) =>
        typeof part === 'string' ? [Buffer.from(`${part}\n`)] : [Buffer.from(`${part.length}\n`), part],
      )
      const expected = sent.flatMap((part) =>
        typeof part === 'string' ? [part] : [String(part.length), part],
      )
      expect(readIn(Buffer.concat(parts), pieces, 10_000)).toEqual({
        seen: expected.map((part) => (typeof part === 'string' ? Buffer.from(part).toString() : part)),
        tooLong: 0,
      })
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['a line', `${'a'.repeat(101)}\n`],
  ['a line without end', 'a'.repeat(101)],
  ['what would follow a line', '101\n'],
])('%s that is too long is told once, and nothing comes after it', (_what, text) => {
  for (const pieces of [[], [1, 1, 1], Array.from({ length: 200 }, () => 1)])
    expect(readIn(Buffer.from(`${text}more\nmore\n`), pieces, 100)).toEqual({
      seen: text.startsWith('101') ? ['101'] : [],
      tooLong: 1,
    })
})
