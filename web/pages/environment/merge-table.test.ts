import { expect, test } from 'vitest'
import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import { addVariable, EMPTY_DRAFT, isDirty, mendLine, removeLine, setValue, toEdits } from './env-draft.ts'
import { mergeRows, rebaseDraft } from './merge-table.ts'
import { assignment, comment, secret } from './test-environment.tsx'

function documentOf(etag: string, entries: EnvEntry[], findings: EnvDocument['findings'] = []): EnvDocument {
  return { path: '/e', exists: true, etag, isUtf8: true, entries, findings }
}

const a = assignment(2, 'A', 'one')
const token = secret(3, 'TOKEN', 6)
const secondA = assignment(4, 'A', 'two')
const before = documentOf('1', [comment(1, '# top'), a, token, secondA])

test('on another version each edit finds its variable again, and a line that went becomes a new variable', () => {
  let draft = setValue(EMPTY_DRAFT, secondA, 'mine')
  draft = setValue(draft, token, 'new-secret')
  draft = removeLine(draft, 1)
  draft = addVariable(draft, 'B', 'b')
  const after = documentOf('2', [
    assignment(1, 'NEW', 'x'),
    comment(2, '# top'),
    assignment(3, 'A', 'one'),
    assignment(4, 'A', 'theirs'),
    assignment(5, 'B', 'theirs'),
  ])
  const rebased = rebaseDraft(draft, before, after)
  expect(toEdits(rebased.draft, after)).toEqual([
    { op: 'remove', line: 2 },
    { op: 'set', key: 'A', value: 'mine', line: 4 },
    { op: 'set', key: 'B', value: 'b', line: 5 },
    { op: 'set', key: 'TOKEN', value: 'new-secret' },
  ])
  expect(rebased.notes).toEqual([expect.stringContaining('TOKEN was removed')])
})

test('their change that says the same as mine leaves nothing to save', () => {
  const draft = setValue(EMPTY_DRAFT, a, 'mine')
  const after = documentOf('2', [comment(1, '# top'), assignment(2, 'A', 'mine'), token, secondA])
  expect(isDirty(rebaseDraft(draft, before, after).draft)).toBe(false)
  expect(mergeRows(draft, before, after)).toMatchObject([{ name: 'A', outcome: 'both' }])
})

test('all three sides of what changed, in the order of the file, and nothing else', () => {
  let draft = setValue(EMPTY_DRAFT, a, 'mine')
  draft = addVariable(addVariable(draft, 'B', 'b'), 'SAME', 's')
  const after = documentOf('2', [
    assignment(1, 'A', 'theirs'),
    token,
    assignment(3, 'A', 'changed'),
    assignment(4, 'SAME', 's'),
  ])
  expect(
    mergeRows(draft, before, after).map(({ base, theirs, mine, outcome }) => [base, theirs, mine, outcome]),
  ).toEqual([
    ['# top', null, '# top', 'theirs'],
    ['A=one', 'A=theirs', 'A=mine', 'conflict'],
    ['A=two', 'A=changed', 'A=two', 'theirs'],
    [null, 'SAME=s', 'SAME=s', 'both'],
    [null, null, 'B=b', 'mine'],
  ])
})

test('of several lines of one key the last is the one to find again: it is the one that counts', () => {
  const draft = setValue(EMPTY_DRAFT, secondA, 'mine')
  const after = documentOf('2', [comment(1, '# top'), token, assignment(5, 'A', 'two')])
  expect(toEdits(rebaseDraft(draft, before, after).draft, after)).toEqual([
    { op: 'set', key: 'A', value: 'mine', line: 5 },
  ])
})

test('a choice for theirs drops mine, and only there', () => {
  let draft = setValue(EMPTY_DRAFT, a, 'mine')
  draft = setValue(draft, secondA, 'mine too')
  draft = addVariable(draft, 'B', 'b')
  const after = documentOf('2', [
    assignment(1, 'A', 'x'),
    assignment(2, 'A', 'y'),
    assignment(3, 'B', 'z'),
    token,
  ])
  const conflicts = mergeRows(draft, before, after).filter(({ outcome }) => outcome === 'conflict')
  expect(conflicts.map(({ name }) => name)).toEqual(['A', 'A', 'B'])
  const choices = new Map(conflicts.slice(1).map(({ place }) => [place, 'theirs' as const]))
  expect(toEdits(rebaseDraft(draft, before, after, choices).draft, after)).toEqual([
    { op: 'set', key: 'A', value: 'mine', line: 1 },
  ])
})

test('of a secret only the length is known: the same length is not taken for the same value', () => {
  const draft = setValue(EMPTY_DRAFT, token, 'secret')
  const same = mergeRows(draft, before, { ...before, etag: '2' })
  expect(same).toMatchObject([{ name: 'TOKEN', outcome: 'mine', isUnsure: true }])
  expect(JSON.stringify(same)).not.toContain('secret')
  const longer = documentOf('2', [comment(1, '# top'), a, secret(3, 'TOKEN', 9), secondA])
  expect(mergeRows(draft, before, longer)).toMatchObject([{ outcome: 'conflict', isUnsure: false }])
})

test('a mend stays while its finding is there, and is told when that has gone', () => {
  const fix = { label: 'Remove the quotes', preview: 'A=new' }
  const finding = { id: 'env.quotes', severity: 'warning' as const, title: '', evidence: '', line: 5, fix }
  const draft = mendLine(EMPTY_DRAFT, 4, {
    finding: 'env.quotes',
    label: 'Remove the quotes',
    preview: 'A=old',
  })
  const entries = [{ ...secondA, line: 5 }]
  const kept = rebaseDraft(draft, before, documentOf('2', entries, [finding]))
  expect(kept.draft.mends.get(5)).toEqual([
    { finding: 'env.quotes', label: 'Remove the quotes', preview: 'A=new' },
  ])
  expect(kept.notes).toEqual([])
  const gone = rebaseDraft(draft, before, documentOf('2', entries))
  expect(isDirty(gone.draft)).toBe(false)
  expect(gone.notes).toEqual([expect.stringContaining('A was changed by the others')])
})
