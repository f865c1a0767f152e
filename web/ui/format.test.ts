import { expect, test } from 'vitest'
import { countOf, formatBytes, formatDuration, formatPercent, shortId } from './format.ts'

test.each([
  [-5, '0 s'],
  [499, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [158_000, '2 min 38 s'],
  [3_600_000, '1 h'],
  [11_520_000, '3 h 12 min'],
  [86_400_000, '1 day'],
  [187_200_000, '2 days 4 h'],
])('%i ms is %j', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.00 kB'],
  [416_000_000, '416 MB'],
  [999_600_000, '1.00 GB'],
  [1_240_000_000, '1.24 GB'],
  [12_340_000, '12.3 MB'],
])('%i bytes are %j', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('small numbers', () => {
  expect([formatPercent(0.44), formatPercent(9.96), formatPercent(143.2)]).toEqual(['0.4 %', '10 %', '143 %'])
  expect([countOf(1, 'line'), countOf(12_345, 'line')]).toEqual(['1 line', '12,345 lines'])
  expect(shortId('sha256:0123456789abcdef')).toBe('0123456789ab')
})
