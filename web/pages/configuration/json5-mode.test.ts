import { StringStream } from '@codemirror/language'
import { expect, test } from 'vitest'
import { json5Parser } from './json5-mode.ts'

/** Each token with what it is; blanks are left out. */
function tokensOf(text: string): string[] {
  const state = json5Parser.startState?.(2)
  if (!state) throw new Error('the mode has no start')
  const tokens: string[] = []
  for (const line of text.split('\n')) {
    const stream = new StringStream(line, 2, 2)
    while (!stream.eol()) {
      stream.start = stream.pos
      const kind = json5Parser.token(stream, state)
      if (kind !== null) tokens.push(`${stream.current()} ${kind}`)
    }
  }
  return tokens
}

function depthAfter(text: string, textAfter: string): number | null | undefined {
  const state = json5Parser.startState?.(2)
  if (!state) throw new Error('the mode has no start')
  for (const line of text.split('\n')) {
    const stream = new StringStream(line, 2, 2)
    while (!stream.eol()) {
      stream.start = stream.pos
      json5Parser.token(stream, state)
    }
  }
  return json5Parser.indent?.(state, textAfter, { unit: 2 })
}

test('what JSON5 has over JSON: comments, bare keys, single quotes, other numbers, a comma at the end', () => {
  expect(tokensOf(`{ // why\n  mode: 'local', /* two\nlines */ "port": +0x1F,\n}`)).toEqual([
    '{ bracket',
    '// why lineComment',
    'mode propertyName',
    ': punctuation',
    "'local' string",
    ', punctuation',
    '/* two blockComment',
    'lines */ blockComment',
    '"port" propertyName',
    ': punctuation',
    '+0x1F number',
    ', punctuation',
    '} bracket',
  ])
})

test.each([
  [String.raw`"a\"b" : 1`, [String.raw`"a\"b" propertyName`, ': punctuation', '1 number']],
  ["'one\\\ntwo', 3", ["'one\\ string", "two' string", ', punctuation', '3 number']],
  ['"open\ntrue', ['"open string', 'true bool']],
  ['"http://x", null', ['"http://x" string', ', punctuation', 'null null']],
  ['-Infinity, NaN, .5', ['-Infinity number', ', punctuation', 'NaN number', ', punctuation', '.5 number']],
  ['local / x', ['local invalid', '/ invalid', 'x invalid']],
  ['"" ""', ['"" string', '"" string']],
])('%j', (text, tokens) => {
  expect(tokensOf(text)).toEqual(tokens)
})

test('a new line is indented by what is open, and a closing brace by one less', () => {
  expect(depthAfter('{ a: { // {', '')).toBe(4)
  expect(depthAfter('{ a: { // {', '}')).toBe(2)
  expect(depthAfter('{ a: [1, 2],', '')).toBe(2)
  expect(depthAfter('}} ', '')).toBe(0)
})
