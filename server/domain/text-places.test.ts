import fc from 'fast-check'
import { expect, it } from 'vitest'
import { textPlaces } from './text-places.ts'

it('counts lines and columns from 1, as one would by cutting the text', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', '\r', '😀')), fc.nat(), (parts, number) => {
      const text = parts.join('')
      const position = number % (text.length + 1)
      const lines = text.slice(0, position).split('\n')
      const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
      expect(textPlaces(text).of(position)).toEqual(place)
      expect(textPlaces(text).at(place)).toBe(position)
    }),
  )
})

it('takes a place behind the text for its end', () => {
  expect(textPlaces('ab\nc').at({ line: 2, column: 9 })).toBe(4)
  expect(textPlaces('ab\nc').at({ line: 7, column: 1 })).toBe(4)
})
