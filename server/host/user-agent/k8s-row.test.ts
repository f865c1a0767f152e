import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayHaveParts, readPrefix } from './k8s-row.ts'
import { hostileRow } from './test-k8s-rows.ts'

test('parts are seen wherever the words stand, and nowhere else', () => {
  fc.assert(
    fc.property(fc.array(hostileRow, { maxLength: 12 }), fc.nat(40), (rows, cut) => {
      const bytes = Buffer.from(rows.join('\n')).subarray(cut)
      const isThere = [' stdout P', ' stderr P'].some((words) => bytes.includes(words, 0, 'latin1'))
      expect(mayHaveParts(bytes)).toBe(isThere)
    }),
    { numRuns: 1_000 },
  )
})

test('where no parts are seen, no row is one', () => {
  fc.assert(
    fc.property(hostileRow, (row) => {
      const bytes = Buffer.from(row.replaceAll('\n', ' '))
      if (readPrefix(bytes, 0, bytes.length)?.isPartial) expect(mayHaveParts(bytes)).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
