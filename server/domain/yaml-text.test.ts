import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { yamlText } from './yaml-text.ts'

test('to the last byte', () => {
  const document = {
    word: 'localhost/razroom:bundled',
    number: 18789,
    flag: true,
    list: ['yes', '12:30:45', '--bind', '', ' a', '1e3', 'E0', '0x1f', '~', '=', '<<', '*a', 'a: b', 'a #b'],
    NO: 'a\u2028b\u0085c\ufeffd\ttab "quoted" \\ $x',
    empty: {},
  }
  expect(yamlText(['One.', '', 'Two.'], [document, { kind: 'Other' }])).toBe(`# One.
#
# Two.
word: localhost/razroom:bundled
number: 18789
flag: true
list:
  - "yes"
  - "12:30:45"
  - "--bind"
  - ""
  - " a"
  - "1e3"
  - "E0"
  - "0x1f"
  - "~"
  - "="
  - "<<"
  - "*a"
  - "a: b"
  - "a #b"
"NO": "a\\u2028b\\u0085c\\ufeffd\\ttab \\"quoted\\" \\\\ $x"
empty: {}
---
kind: Other
`)
})

const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom(...'ynoYNOtrue01.:-_~#&*!|>%@`"\'\\$ \t\n\r\u0085\u2028\ufeff'),
    maxLength: 8,
  }),
)

test('every string is read back, by YAML 1.1 and 1.2, and no line break comes in', () => {
  fc.assert(
    fc.property(fc.array(anyString, { maxLength: 4 }), anyString, (values, key) => {
      const text = yamlText([], [{ values, map: { [key]: key } }])
      const expected = { values, map: { [key]: key } }
      for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual(expected)
      expect(text).toMatch(/^[\n\x20-\x7e\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]*$/)
    }),
  )
})

test('documents stay apart', () => {
  expect(parseAllDocuments(yamlText([], [{ a: 1 }, { a: '---' }])).map((doc) => doc.toJS())).toEqual([
    { a: 1 },
    { a: '---' },
  ])
})
