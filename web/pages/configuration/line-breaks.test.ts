import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { indentUnitOf, lineBreakOf } from './line-breaks.ts'

test.each([
  '',
  'a',
  'a\n',
  'a\r\nb\r\n',
  'a\r\nb\n',
  'a\rb\r\n',
  'a\rb',
  '\uFEFF{\r\n}',
  '\r\n',
  'a\u2028b\n',
])('the editor gives back %j as it took it', (text) => {
  const state = EditorState.create({
    doc: text,
    extensions: EditorState.lineSeparator.of(lineBreakOf(text)),
  })
  expect(state.sliceDoc()).toBe(text)
})

test.each([
  ['{\n  a: 1\n}', '  '],
  ['{\n    a: 1\n}', '    '],
  ['{\n\ta: 1\n}', '\t'],
  ['{ a: 1 }', '  '],
])('the indentation of %j is %j', (text, unit) => {
  expect(indentUnitOf(text)).toBe(unit)
})
