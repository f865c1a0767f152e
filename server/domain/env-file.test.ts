import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEnvKey } from '../../contract/rules.ts'
import { isUtf8, parseEnvFile, readEnv, renderEnvFile } from './env-file.ts'
import { anyEnvBytes } from './test-env-documents.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const file = (text: string) => parseEnvFile(bytes(text))
const text = (document: ReturnType<typeof parseEnvFile>) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(renderEnvFile(document))

test('10,000 documents of any bytes come out as they went in', () => {
  fc.assert(
    fc.property(anyEnvBytes, (input) => {
      const parsed = parseEnvFile(input)
      expect(renderEnvFile(parsed)).toEqual(input)
      expect(parsed.lines.map((line) => line.number)).toEqual(parsed.lines.map((_line, index) => index + 1))
    }),
    { numRuns: 10_000 },
  )
})

test('lines of 64 KiB and a file of empty lines come out as they went in', () => {
  for (const input of [`A=${'x'.repeat(65_536)}\nB=2`, '\n'.repeat(100_000)]) {
    expect(text(file(input))).toBe(input)
  }
  expect(readEnv(file(`A=${'x'.repeat(65_536)}\nB=2`)).get('B')).toBe('2')
})

// The podman column of docs/facts/env-dialects.md; null: the line sets nothing.
test.each([
  ['A="x y"', 'A', '"x y"'],
  ["A='x y'", 'A', "'x y'"],
  ['A=x y', 'A', 'x y'],
  ['A=x   ', 'A', 'x   '],
  ['A= x', 'A', ' x'],
  ['A =x', 'A ', 'x'],
  ['  A=x', 'A', 'x'],
  ['\tA=x', 'A', 'x'],
  ['A=x # c', 'A', 'x # c'],
  ['A=x#y', 'A', 'x#y'],
  ['A="x" # c', 'A', '"x" # c'],
  ['# c', null, ''],
  ['  # A=1', null, ''],
  [';A=1', ';A', '1'],
  ['A=a$HOME', 'A', 'a$HOME'],
  ['A=$(cmd)', 'A', '$(cmd)'],
  ['A="a\\nb"', 'A', '"a\\nb"'],
  ['A=a\\\\b', 'A', 'a\\\\b'],
  ["A='it'\\''s'", 'A', "'it'\\''s'"],
  ["A=it's", 'A', "it's"],
  ['A={"k":"v"}', 'A', '{"k":"v"}'],
  ['A="abc', 'A', '"abc'],
  ['export A=x', 'export A', 'x'],
  ['A=x\r', 'A', 'x'],
  ['\ufeffA=x', '\ufeffA', 'x'],
  ['A', null, ''],
  ['PRE*', null, ''],
  ['a-b=1', 'a-b', '1'],
  ['1A=1', '1A', '1'],
  ['=x', null, ''],
  ['  =x', null, ''],
  ['A: x', null, ''],
  ['A=url?a=1&b=2', 'A', 'url?a=1&b=2'],
  ['A=', 'A', ''],
  ['A=a\0b', 'A', 'a'],
])('podman reads %j', (line, key, value) => {
  const env = readEnv(file(`${line}\n`))
  expect([...env]).toEqual(key === null ? [] : [[key, value]])
  expect([...readEnv(file(line))]).toEqual([...env])
})

test('what is no assignment has its kind', () => {
  const kinds = file('# c\n\n \t\nA\n=x\nA=1\nA\0B=1\n').lines.map((line) => line.kind)
  expect(kinds).toEqual(['comment', 'blank', 'blank', 'other', 'other', 'assignment', 'other'])
})

test('two quoted lines: the first with its quote, the second sets nothing', () => {
  expect([...readEnv(file('A="x\ny"\nA2=1'))]).toEqual([
    ['A', '"x'],
    ['A2', '1'],
  ])
})

test('of a key that is set twice the last one counts', () => {
  expect(readEnv(file('A=1\nB=2\nA=3\n')).get('A')).toBe('3')
})

test('invalid UTF-8 is told', () => {
  expect(isUtf8(Uint8Array.of(0x41, 0x3d, 0xff, 0xc3, 0x0a))).toBe(false)
  expect(isUtf8(bytes('é\n'))).toBe(true)
})

test('a variable name of the editor is a key to podman as it stands', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,40}$/), (name) => {
      expect(isEnvKey(name)).toBe(true)
      expect([...readEnv(file(`${name}=x`)).keys()]).toEqual([name])
    }),
  )
})
