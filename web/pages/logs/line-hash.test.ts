import { expect, test } from 'vitest'
import { lineHash, lineOfHash } from './line-hash.ts'

test('the address of a line leads back to it', () => {
  expect(lineHash('0123456789ab.z1')).toBe('#line=0123456789ab.z1')
  expect(lineOfHash('#line=0123456789ab.z1')).toBe('0123456789ab.z1')
  expect(lineOfHash(lineHash('a b&<'))).toBe('a b&<')
})

test('other addresses are none; a broken one is a line that is not there', () => {
  expect([lineOfHash(''), lineOfHash('#code=1'), lineOfHash('#line')]).toEqual([null, null, null])
  expect(lineOfHash('#line=%')).toBe('%')
})
