import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changedLines, lineDifference, maskedDifference } from './line-difference.ts'

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

test('counts the lines of each side', () => {
  expect(changedLines('a\nb\n', 'a\nc\nd\n')).toEqual({ added: 2, removed: 1 })
  expect(changedLines('', '')).toEqual({ added: 0, removed: 0 })
})

test('compares what is, and shows what may be shown', () => {
  const mask = (text: string) => text.split('\n').map((line) => line.replace(/=.*/, '=*'))
  const shown = maskedDifference('x\nA=1\nB=2\n', 'x\nA=3\nB=2\nC=4\n', mask)
  expect(shown.map(({ sign, text }) => `${sign}${text}`)).toEqual([' x', '-A=*', '+A=*', ' B=*', '+C=*'])
})

test('a masked difference has the signs of the plain one', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lettered = maskedDifference(before, after, (whole) => whole.split('\n'))
      expect(lettered).toEqual(lineDifference(before, after))
    }),
  )
})

test('texts of more lines than a person writes are counted, and not compared', () => {
  const long = '\n'.repeat(4_000_000)
  const begun = process.cpuUsage()
  expect(changedLines('a\nb', long)).toEqual({ added: 4_000_000, removed: 2 })
  expect(maskedDifference('a\n', long, () => [])).toEqual([{ sign: '…', text: 'too many lines to compare' }])
  expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000)
})
