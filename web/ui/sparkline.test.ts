import { expect, test } from 'vitest'
import { sparklinePath } from './sparkline.tsx'

test('too few samples make no line', () => {
  expect(sparklinePath([], 10)).toBe('')
  expect(sparklinePath([{ time: 1, value: 1 }], 10)).toBe('')
  expect(
    sparklinePath(
      [
        { time: 1, value: 1 },
        { time: 1, value: 2 },
      ],
      10,
    ),
  ).toBe('')
})

test('the line goes from left to right, and its ceiling rises with the largest sample', () => {
  const samples = [
    { time: 0, value: 0 },
    { time: 5, value: 50 },
    { time: 10, value: 100 },
  ]
  expect(sparklinePath(samples, 200)).toBe('2.0,46.0 120.0,35.0 238.0,24.0')
  expect(sparklinePath(samples, 10)).toBe('2.0,46.0 120.0,24.0 238.0,2.0')
})
