import { expect, test } from 'vitest'
import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import {
  addVariable,
  changeAdded,
  draftErrors,
  dropAdded,
  EMPTY_DRAFT,
  isDirty,
  mendAll,
  mendLine,
  removeLine,
  setValue,
  toEdits,
  undoLine,
} from './env-draft.ts'

function entry(line: number, key: string, value: string, masked = false): EnvEntry {
  return {
    line,
    kind: 'assignment',
    key,
    ...(masked ? {} : { value }),
    masked,
    length: value.length,
    isEffective: true,
  }
}
const comment = (line: number, text: string): EnvEntry => ({
  line,
  kind: 'comment',
  text,
  masked: false,
  length: 0,
  isEffective: true,
})
function documentOf(etag: string, entries: EnvEntry[]): EnvDocument {
  return { path: '/e', exists: true, etag, isUtf8: true, entries, findings: [] }
}

const a = entry(2, 'A', 'one')
const secret = entry(3, 'TOKEN', 'abcdef', true)
const before = documentOf('1', [comment(1, '# top'), a, secret, entry(4, 'A', 'two')])

test('a new value, and the same value again, which is no edit', () => {
  const changed = setValue(EMPTY_DRAFT, a, 'three')
  expect(isDirty(changed)).toBe(true)
  expect(isDirty(setValue(changed, a, 'one'))).toBe(false)
  expect(isDirty(undoLine(changed, 2))).toBe(false)
})

test('a secret that is emptied is an edit: its value is not known here', () => {
  expect(toEdits(setValue(EMPTY_DRAFT, secret, ''), before)).toEqual([
    { op: 'set', key: 'TOKEN', value: '', line: 3 },
  ])
})

test('removing takes back a new value, and undoing takes back the removal', () => {
  const removed = removeLine(setValue(EMPTY_DRAFT, a, 'x'), 2)
  expect(toEdits(removed, before)).toEqual([{ op: 'remove', line: 2 }])
  expect(isDirty(undoLine(removed, 2))).toBe(false)
})

test('edits name lines of the document; added variables come last and without a line', () => {
  let draft = addVariable(EMPTY_DRAFT, 'NEW', 'v')
  draft = addVariable(draft)
  draft = setValue(removeLine(draft, 2), entry(4, 'A', 'two'), 'three')
  expect(toEdits(draft, before)).toEqual([
    { op: 'remove', line: 2 },
    { op: 'set', key: 'A', value: 'three', line: 4 },
    { op: 'set', key: 'NEW', value: 'v' },
  ])
})

test('added variables are changed and dropped by their own id', () => {
  const draft = addVariable(addVariable(EMPTY_DRAFT, 'B'), 'C')
  const changed = changeAdded(draft, 1, { value: 'x' })
  expect(changed.added).toEqual([
    { id: 1, key: 'B', value: 'x' },
    { id: 2, key: 'C', value: '' },
  ])
  expect(dropAdded(changed, 1).added).toEqual([{ id: 2, key: 'C', value: '' }])
})

test('an empty added row is nothing to save and nothing to complain about', () => {
  const draft = addVariable(EMPTY_DRAFT)
  expect(isDirty(draft)).toBe(false)
  expect(draftErrors(draft, before).size).toBe(0)
})

test.each([
  ['1A', 'x', /letters, digits/],
  ['', 'x', /letters, digits/],
  ['A-B', 'x', /letters, digits/],
  ['A', 'x', /line 4 already/],
  ['B', 'x\ny', /one line/],
  ['B', 'x\0', /one line/],
  ['B', 'x'.repeat(65_535), /65535 at most/],
])('%j=%j… is refused', (key, value, message) => {
  expect(draftErrors(addVariable(EMPTY_DRAFT, key, value), before).get('new1')).toMatch(message)
})

test('a key may be added again when its lines go, and not twice', () => {
  let draft = removeLine(removeLine(EMPTY_DRAFT, 2), 4)
  draft = addVariable(addVariable(draft, 'A', '1'), 'A', '2')
  expect(draftErrors(draft, before).has('new1')).toBe(false)
  expect(draftErrors(draft, before).get('new2')).toMatch(/twice/)
})

const quotes = { finding: 'env.quotes', label: 'Remove the quotes', preview: 'A=one' }

test('mends of a line are one edit each, in their order, and end with a new value for it', () => {
  let draft = mendLine(EMPTY_DRAFT, 2, quotes)
  draft = mendLine(draft, 2, { finding: 'env.blanks', label: 'Remove the blanks' })
  expect(mendLine(draft, 2, quotes)).toBe(draft)
  expect(toEdits(draft, before)).toEqual([
    { op: 'mend', line: 2, finding: 'env.quotes' },
    { op: 'mend', line: 2, finding: 'env.blanks' },
  ])
  expect(toEdits(setValue(draft, a, 'x'), before)).toEqual([{ op: 'set', key: 'A', value: 'x', line: 2 }])
  expect(isDirty(undoLine(draft, 2))).toBe(false)
})

test('a mend that removes the line leaves nothing for others to do', () => {
  const removing = { finding: 'env.twice', label: 'Remove this line', preview: '' }
  const draft = mendLine(mendLine(EMPTY_DRAFT, 2, quotes), 2, removing)
  expect(toEdits(mendLine(draft, 2, quotes), before)).toEqual([{ op: 'mend', line: 2, finding: 'env.twice' }])
})

test('mending all leaves out what has no mend, and lines that are being edited', () => {
  const finding = (line: number, fix?: { label: string }) => ({
    id: 'env.quotes',
    severity: 'warning' as const,
    title: '',
    evidence: '',
    line,
    ...(fix && { fix }),
  })
  const edited = removeLine(setValue(EMPTY_DRAFT, secret, 'x'), 4)
  const label = { label: 'Remove the quotes' }
  const all = mendAll(edited, [finding(1), finding(2, label), finding(3, label), finding(4, label)])
  expect(toEdits(all, before)).toEqual([
    { op: 'mend', line: 2, finding: 'env.quotes' },
    { op: 'set', key: 'TOKEN', value: 'x', line: 3 },
    { op: 'remove', line: 4 },
  ])
})
