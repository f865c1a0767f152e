import { expect, test } from 'vitest'
import { blockOf, isErrorDetail, isStackLine } from './log-blocks.ts'

test.each([
  '    at run (file:///app/index.js:1:2)',
  '\tat java.base/java.lang.Thread.run(Thread.java:1583)',
  '    ... 3 more',
  '    ... 12 lines matching cause stack trace ...',
  'Caused by: java.io.IOException: no',
  '  [cause]: Error: deeper',
])('goes on with the error above: %j', (text) => {
  expect(isStackLine(text)).toBe(true)
})

test.each(['at last', 'Error: x', '  attention', '', '    - a list'])('a line of its own: %j', (text) => {
  expect(isStackLine(text)).toBe(false)
})

test('the properties of an error below its stack', () => {
  for (const text of ["  code: 'ENOENT',", '  [cause]: x', '}', '  },'])
    expect(isErrorDetail(text)).toBe(true)
  for (const text of ['code: x', '  a word', '[gateway] ready', '']) expect(isErrorDetail(text)).toBe(false)
})

test('a stack with the error above it is one block', () => {
  const lines = ['before', 'TypeError: x', '    at a (b.js:1:1)', '    at c (d.js:1:1)', 'after']
  const parts = lines.map((text, index) => blockOf(text, lines[index - 1] ?? null, lines[index + 1] ?? null))
  expect(parts).toEqual([
    null,
    { kind: 'stack', isFirst: true, isLast: false },
    { kind: 'stack', isFirst: false, isLast: false },
    { kind: 'stack', isFirst: false, isLast: true },
    null,
  ])
})

test('a box is one block, also behind a time and a subsystem; a single line of it is none', () => {
  const lines = [
    '2026-11-23T11:40:08.850Z [canvas] ╭────╮',
    '2026-11-23T11:40:08.851Z [canvas] │ hi │',
    '╰────╯',
    'after',
  ]
  const parts = lines.map((text, index) => blockOf(text, lines[index - 1] ?? null, lines[index + 1] ?? null))
  expect(parts).toEqual([
    { kind: 'box', isFirst: true, isLast: false },
    { kind: 'box', isFirst: false, isLast: false },
    { kind: 'box', isFirst: false, isLast: true },
    null,
  ])
  expect(blockOf('────────', 'before', 'after')).toBeNull()
})

test('a stack whose error is not here begins by itself', () => {
  expect(blockOf('    at a (b.js:1:1)', null, null)).toEqual({ kind: 'stack', isFirst: true, isLast: true })
})

test('the head of a box belongs to it, a bullet to no box', () => {
  const lines = ['│', '◇  Note ───╮', '│  hi      │', '├──────────╯', '● a point']
  const parts = lines.map((text, index) => blockOf(text, lines[index - 1] ?? null, lines[index + 1] ?? null))
  expect(parts.map((part) => part?.kind)).toEqual(['box', 'box', 'box', 'box', undefined])
})
