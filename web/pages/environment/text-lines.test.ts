import { expect, test } from 'vitest'
import { lineRange } from './text-lines.ts'

test.each([
  ['a\nbc\nd', 2, { start: 2, end: 4, above: 1, count: 3 }],
  ['a\r\nbc\r\nd', 2, { start: 2, end: 4, above: 1, count: 3 }],
  ['a\rx\nbc', 2, { start: 4, end: 6, above: 2, count: 3 }],
  ['a\nbc', 9, { start: 2, end: 4, above: 1, count: 2 }],
  ['', 1, { start: 0, end: 0, above: 0, count: 1 }],
])('%j, line %i', (text, line, range) => {
  expect(lineRange(text, line)).toEqual(range)
})
