import { expect, test } from 'vitest'
import { mergeOnto } from './merge-onto.ts'

const before = '{\n  // why\n  a: 1,\n  b: 2,\n  c: 3,\n}\n'

test('changes of different lines are both taken', () => {
  expect(mergeOnto(before, before.replace('a: 1', 'a: 9'), before.replace('c: 3', 'c: 8'))).toEqual({
    text: '{\n  // why\n  a: 9,\n  b: 2,\n  c: 8,\n}\n',
    conflicts: 0,
  })
})

test('where both changed a line, the edits are kept, and it is said', () => {
  const theirs = before.replace('a: 1', 'a: 7').replace('// why', '// because')
  expect(mergeOnto(before, before.replace('a: 1', 'a: 9'), theirs)).toMatchObject({ conflicts: 1 })
  expect(mergeOnto(before, before.replace('a: 1', 'a: 9'), theirs).text).toContain('a: 9')
  expect(mergeOnto(before, before.replace('a: 1', 'a: 9'), theirs).text).not.toContain('a: 7')
})
