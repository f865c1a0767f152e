import { describe, expect, test } from 'vitest'
import { importRefusal, readImport } from './read-import.ts'

describe('as other programs read it', () => {
  test.each([
    ['A=x', 'x', []],
    ['A="x y"', 'x y', ['quotes']],
    ["A='x y' # why", 'x y', ['quotes', 'a comment']],
    ['export A=x', 'x', ['export']],
    ['  A =  x  ', 'x', []],
    ['A=x # why', 'x', ['a comment']],
    ['A=x#y', 'x#y', []],
    ['A="say \\"hi\\""', 'say "hi"', ['quotes']],
    ["A='a\\nb'", 'a\\nb', ['quotes']],
    ["A=it's", "it's", []],
    ['A={"k":"v"}', '{"k":"v"}', []],
    ['A=', '', []],
    ['A="x" y', '"x" y', []],
    ['A="abc', '"abc', []],
    ['\ufeffA=x', 'x', []],
    ['A=a=b', 'a=b', []],
  ])('%j gives %j', (text, value, changes) => {
    expect(readImport(text, 'dotenv').variables).toEqual([{ line: 1, key: 'A', value, changes }])
  })

  test.each([
    ['# why', 'a comment'],
    ['A: x', 'it sets nothing'],
    ['A', 'it sets nothing'],
    ['=x', 'it sets nothing'],
    ['a-b=1', 'not a name'],
    ['1A=1', 'not a name'],
    ['A="a\\nb"', 'a line break'],
  ])('%j is left out: %s', (text, reason) => {
    const read = readImport(text, 'dotenv')
    expect(read.variables).toEqual([])
    expect(read.ignored).toMatchObject([{ line: 1, reason: expect.stringContaining(reason) }])
  })

  test('a value over several lines is left out as a whole, and what follows is read', () => {
    const read = readImport('PRIVATE="-----BEGIN\nabc=\n-----END"\r\nB=2\n', 'dotenv')
    expect(read.variables).toEqual([{ line: 4, key: 'B', value: '2', changes: [] }])
    expect(read.ignored).toEqual([
      {
        line: 1,
        text: expect.not.stringContaining('BEGIN'),
        reason: expect.stringContaining('several lines'),
      },
    ])
  })
})

test('as podman reads it nothing is left out of a line', () => {
  const read = readImport('export A="x" # y\r\nB=2 \nPATH*\n', 'podman')
  expect(read.variables).toEqual([
    { line: 1, key: 'export A', value: '"x" # y', changes: [] },
    { line: 2, key: 'B', value: '2 ', changes: [] },
  ])
  expect(read.ignored).toEqual([{ line: 3, text: 'PATH*', reason: 'it sets nothing' }])
})

test('of a name that is set twice the last one counts, and the other is told without its secret', () => {
  const read = readImport('MY_TOKEN=first\nMY_TOKEN=second\n', 'dotenv')
  expect(read.variables.map(({ value }) => value)).toEqual(['second'])
  expect(read.ignored).toEqual([
    { line: 1, text: 'MY_TOKEN=•••••••• (5 characters)', reason: 'set again in line 2' },
  ])
})

test.each([
  ['a\0b', /text file/],
  ['caf\ufffd', /text file/],
  ['x'.repeat(1_048_577), /bytes at most/],
  ['\n'.repeat(5_001), /lines/],
])('a text that can not be read is refused', (text, reason) => {
  expect(importRefusal(text)).toMatch(reason)
})

test('a text that fits is not refused', () => {
  expect(importRefusal('A=1\n')).toBeUndefined()
})
