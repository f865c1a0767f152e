import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createChunkMemory } from './chunk-memory.ts'

test('no two owners have the same memory, whatever is given back, twice or never', () => {
  const lengths = [1, 4_096, 4_097, 8_192, 8_193, 65_536, 131_093, 262_144, 262_145, 1_000_000]
  const step = fc.oneof(
    fc.record({ take: fc.constantFrom(...lengths) }),
    fc.record({ give: fc.nat(20), times: fc.integer({ min: 1, max: 2 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const memory = createChunkMemory()
      const owned: { chunk: Buffer; mark: number }[] = []
      for (const [at, one] of steps.entries()) {
        if ('take' in one) {
          const chunk = memory.take(one.take)
          expect(chunk).toHaveLength(one.take)
          owned.push({ chunk: chunk.fill(at), mark: at })
        } else {
          const [gone] = owned.splice(one.give, 1)
          for (let time = 0; gone && time < one.times; time += 1) memory.give(gone.chunk)
        }
        for (const { chunk, mark } of owned) expect([chunk[0], chunk.at(-1)]).toEqual([mark, mark])
      }
    }),
    { numRuns: 100 },
  )
})

test('memory of some KB is used again, and what was not taken here is not', () => {
  const memory = createChunkMemory()
  const first = memory.take(100_000)
  memory.give(first.subarray(10, 20))
  expect(memory.take(90_000).buffer).toBe(first.buffer)
  const foreign = Buffer.alloc(131_072)
  memory.give(foreign)
  expect(memory.take(131_072).buffer).not.toBe(foreign.buffer)
})

test('what is given back twice is handed to one owner', () => {
  const memory = createChunkMemory()
  const chunk = memory.take(100_000)
  memory.give(chunk)
  memory.give(chunk)
  expect(memory.take(100_000).buffer).not.toBe(memory.take(100_000).buffer)
})
