import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDifference } from './line-difference.ts'

const signs = (before: string, after: string) =>
  lineDifference(before, after).map(({ sign, text }) => `${sign}${text}`)

test('what changed, with two lines around it', () => {
  expect(signs('a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nX\ne\nf\n')).toEqual(['…', ' b', ' c', '-d', '+X', ' e', ' f'])
  expect(signs('a\n', 'a\n')).toEqual([])
  expect(signs('', 'a\n')).toEqual(['+a'])
  expect(signs('a\n', '')).toEqual(['-a'])
})

test('applying the difference to the old text gives the new one', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDifference(`${before}\n`, `${after}\n`)
      const count = (sign: string) => lines.filter((line) => line.sign === sign).length
      const lengthOf = (whole: string) => `${whole}\n`.split('\n').length - 1
      expect(lengthOf(after) - lengthOf(before)).toBe(count('+') - count('-'))
      expect(lines.length === 0).toBe(before === after)
    }),
  )
})
