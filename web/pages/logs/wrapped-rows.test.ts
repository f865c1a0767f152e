import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wrappedRows } from './wrapped-rows.ts'

describe('wrappedRows', () => {
  it.each([
    ['', 10, 1],
    ['ten letter', 10, 1],
    ['a story of many words', 10, 3],
    ['a word-with-hyphens?and more', 10, 4],
    ['abcdefghijklmno', 10, 2],
    ['in abcdefghijklmno out', 10, 3],
    // A space that does not fit goes to the next row with its word.
    ['abc defghij kl', 10, 2],
    [' '.repeat(25), 10, 3],
    ['a long line that is not wrapped', Number.POSITIVE_INFINITY, 1],
  ])('%j in %d columns takes %d', (text, columns, rows) => {
    expect(wrappedRows(text, columns)).toBe(rows)
  })

  it('takes at least the room of its letters, and at most a row for each', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-'), maxLength: 300 })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (line, columns) => {
        const rows = wrappedRows(line, columns)
        expect(rows).toBeGreaterThanOrEqual(Math.ceil(line.length / columns))
        expect(rows).toBeLessThanOrEqual(Math.max(1, line.length))
      }),
    )
  })
})
