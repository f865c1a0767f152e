import { expect, test } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { dismissReport, operationToShow, reportOf } from './operation-report.ts'
import { operations } from './operations.ts'

const END = '2026-01-01T00:00:00Z'
const ended = (state: Operation['state'], id = 'a'): Operation => ({
  id,
  kind: 'backup',
  state,
  startedAt: END,
  finishedAt: END,
  startedBy: 'page',
  steps: [],
  output: [],
  changed: true,
})
const show = (
  operation: Operation,
  options: { dismissed?: string; followed?: string; afterMs?: number } = {},
) =>
  operationToShow([operation], {
    dismissed: options.dismissed ?? null,
    followed: new Set(options.followed === undefined ? [] : [options.followed]),
    now: Date.parse(END) + (options.afterMs ?? 0),
  })?.id

test('an end is shown to who saw the beginning; a failure is news for ten minutes to everybody', () => {
  expect(show(ended('running'), { dismissed: 'a' })).toBe('a')
  expect(show(ended('succeeded'))).toBeUndefined()
  expect(show(ended('succeeded'), { followed: 'a' })).toBe('a')
  expect(show(ended('succeeded'), { followed: 'a', dismissed: 'a' })).toBeUndefined()
  expect(show(ended('failed'), { afterMs: 9 * 60_000 })).toBe('a')
  expect(show(ended('failed'), { afterMs: 11 * 60_000 })).toBeUndefined()
})

test('a card shows the operations of its kinds, until they are dismissed', () => {
  operations.value = [ended('running', 'b')]
  expect(reportOf(['backup', 'restore'])?.id).toBe('b')
  expect(reportOf(['update-image'])).toBeNull()
  operations.value = [ended('succeeded', 'b')]
  expect(reportOf(['backup'])?.id).toBe('b')
  dismissReport('b')
  expect(reportOf(['backup'])).toBeNull()
})
