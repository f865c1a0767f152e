import { expect, test } from 'vitest'
import { createByteRing } from './byte-ring.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (held: Uint8Array) => new TextDecoder().decode(held)

test('all of it, while there is room', () => {
  const ring = createByteRing(10)
  ring.push(bytes('abc'))
  ring.push(bytes('defghij'))
  expect(text(ring.read())).toBe('abcdefghij')
})

test('after a loss it begins at a line', () => {
  const ring = createByteRing(12)
  for (const piece of ['\x1b[31m one\n', 'm two\n', 'three\n']) ring.push(bytes(piece))
  expect(text(ring.read())).toBe('three\n')
})

test('never holds more than it may, whatever comes', () => {
  const ring = createByteRing(8)
  ring.push(bytes('0123456789'))
  expect(ring.read().length).toBeLessThanOrEqual(8)
  for (let count = 0; count < 100; count += 1) ring.push(bytes('x\n'))
  expect(ring.read().length).toBeLessThanOrEqual(8)
  expect(text(ring.read())).toContain('x\n')
})
