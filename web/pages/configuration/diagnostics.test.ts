import { Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import type { Finding } from '../../../contract/schemas.ts'
import { diagnosticsOf, placeOf } from './diagnostics.ts'

const doc = Text.of(['{', "  mode: 'remote', // why", '', '}'])
const finding = (part: Partial<Finding>): Finding => ({
  id: 'x',
  severity: 'error',
  title: 'Wrong',
  evidence: '',
  ...part,
})
const marked = (part: Partial<Finding>) =>
  diagnosticsOf(doc, [finding(part)]).map(({ from, to }) => doc.sliceString(from, to))

test.each([
  ['a word at its column', { line: 2, column: 3 }, 'mode'],
  ['what stands between quotes', { line: 2, column: 9 }, "'remote'"],
  ['a single mark', { line: 2, column: 17 }, ','],
  ['a whole line without its blanks', { line: 2 }, "mode: 'remote', // why"],
  ['an empty line', { line: 3 }, ''],
  ['a column beyond the line', { line: 1, column: 9 }, ''],
  ['a line beyond the text', { line: 99, column: 1 }, '}'],
])('%s', (_what, part, text) => {
  expect(marked(part)).toEqual([text])
})

test('a finding about the whole file has no mark, and the others say all that is known', () => {
  expect(marked({})).toEqual([])
  const [diagnostic] = diagnosticsOf(doc, [
    finding({ line: 2, evidence: 'It is "remote".', hint: 'Set it.' }),
  ])
  expect(diagnostic).toMatchObject({ severity: 'error', message: 'Wrong\nIt is "remote".\nSet it.' })
})

test('places are held within the text', () => {
  expect(placeOf(doc, 2, 3)).toBe(4)
  expect(placeOf(doc, 0, 0)).toBe(0)
  expect(placeOf(doc, 9, 9)).toBe(doc.length)
})
