import { expect, test } from 'vitest'
import type { AuditEntry, AuditPage } from '../../contract/audit.ts'
import { joinNewer, joinOlder, withoutStarts } from './audit.ts'

const entry = (seq: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ seq, at: '2026-01-01T00:00:00Z', kind: 'change', action: 'PUT /api/env', what: 'Save .env' },
  ...{ details: [], who: { by: 'cli', uid: 0 }, outcome: 'done' },
  ...more,
})
const page = (seqs: number[], hasMore = false): AuditPage => ({
  ...{ entries: seqs.map((seq) => entry(seq)), hasMore, unreadable: 0 },
})
const seqs = ({ entries }: AuditPage) => entries.map(({ seq }) => seq)

test('newer entries come before those that were read', () => {
  const joined = joinNewer(page([9, 8, 7], true), page([8, 7, 6, 5], false))
  expect([seqs(joined), joined.hasMore]).toEqual([[9, 8, 7, 6, 5], false])
})

test('where the two do not meet the older ones are read again', () => {
  const joined = joinNewer(page([90, 89], true), page([8, 7], false))
  expect([seqs(joined), joined.hasMore]).toEqual([[90, 89], true])
})

test('older entries come behind, and say whether there are more', () => {
  const joined = joinOlder(page([9, 8], true), page([7], false))
  expect([seqs(joined), joined.hasMore]).toEqual([[9, 8, 7], false])
})

test('the start of an operation goes when its end is there, and stays while it is not', () => {
  const started = (seq: number, operationId: string) => entry(seq, { outcome: 'started', operationId })
  const shown = withoutStarts([
    entry(5, { action: 'DELETE /api/operations/:id', operationId: 'b' }),
    started(4, 'b'),
    entry(3, { action: 'operation.backup', operationId: 'a' }),
    started(2, 'a'),
    entry(1, { outcome: 'started' }),
  ])
  expect(shown.map(({ seq }) => seq)).toEqual([5, 4, 3, 1])
})
