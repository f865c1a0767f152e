import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableJson } from './terminal-text.ts'

const UNSAFE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

/** Text in which control characters are common. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\x1b', '\x1b[', '\x9b', '\x1b]0;', '\x07', ';', '3', '1', 'm', 'H', '\r\n', '\u202e'),
    ),
  )
  .map((parts) => parts.join(''))

test('nothing that steers a terminal is left', () => {
  fc.assert(fc.property(hostile, (text) => !UNSAFE.test(printable(text))))
})

test('with colours, colours are all that is left, and they are closed', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const kept = printable(text, true)
      expect(kept.replace(/\x1b\[[0-9;:]*m/g, '')).not.toMatch(UNSAFE)
      if (kept.includes('\x1b')) expect(kept.endsWith('\x1b[0m')).toBe(true)
    }),
  )
})

test('takes sequences away whole, keeps tabs and letters, joins lines', () => {
  expect(printable('\x1b[31mred\x1b[0m\x1b[2J\tok\r\nnext é')).toBe('red\tok next é')
  expect(printable('\x1b[31mred\x1b[2J', true)).toBe('\x1b[31mred\x1b[0m')
})

test('colours stay, what blinks or hides goes', () => {
  for (const [colour, kept] of [
    ['8', ''],
    ['5;31', '31'],
    ['08;1', '1'],
    ['38;5;8', '38;5;8'],
    ['38;2;5;6;8;8', '38;2;5;6;8'],
    ['48;5;5;6', '48;5;5'],
    ['8:1', ''],
    ['', ''],
  ] as const) {
    const sequence = kept === '' && colour !== '' ? '' : `\x1b[${kept}m`
    expect(printable(`\x1b[${colour}mx`, true), colour).toBe(`${sequence}x\x1b[0m`)
  }
})

test('a JSON document says the same and cannot steer a terminal', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const document = printableJson({ text })
      expect(JSON.parse(document)).toEqual({ text })
      expect(document).not.toMatch(UNSAFE)
    }),
  )
})
