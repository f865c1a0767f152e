import { expect, test } from 'vitest'
import { hasQuadlet, isPodmanSince } from './podman-version.ts'

test.each([
  ['4.3.1', '4.4', false],
  ['4.4', '4.4', true],
  ['4.10.0', '4.9', true],
  ['5.0.0-dev', '4.9', true],
  ['4.9.4-rhel', '5.0', false],
  ['5.4.2+ds1', '5.3', true],
] as const)('%s is since %s: %s', (version, since, expected) => {
  expect(isPodmanSince(version, since)).toBe(expected)
})

test('Quadlet came with 4.4', () => {
  expect([hasQuadlet('4.3.1'), hasQuadlet('4.4.0')]).toEqual([false, true])
})

test.each(['', 'five', '5', '5.x', '-1.2'])('%j is no version', (version) => {
  expect(() => isPodmanSince(version, '4.4')).toThrow(RangeError)
})
