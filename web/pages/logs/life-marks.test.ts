import { expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/audit.ts'
import { lifeMarksOf } from './life-marks.ts'
import { type LifeMark, marksBetween } from './marks-between.ts'

const entry = (seq: number, more: Partial<AuditEntry>): AuditEntry => ({
  ...{ seq, at: '2026-01-01T00:00:10Z', kind: 'gateway', action: 'gateway.started', details: [] },
  ...{ what: 'The gateway started', who: { by: 'panel' }, outcome: 'done' },
  ...more,
})
const at = (second: number) => Date.parse('2026-01-01T00:00:00Z') + second * 1_000

test('a start says its image and an end its exit code, at the time that podman tells', () => {
  const details = [
    { name: 'at', value: '2026-01-01T00:00:08Z' },
    { name: 'image', value: 'localhost/razroom:1' },
  ]
  const end = { action: 'gateway.ended', what: 'The gateway ended', outcome: 'failed' } as const
  const marks = lifeMarksOf([
    entry(2, { ...end, details: [{ name: 'exit code', value: '1' }] }),
    entry(1, { details }),
  ])
  expect(marks).toEqual([
    { time: at(8), words: 'The gateway started: localhost/razroom:1', tone: 'good', of: 'start' },
    { time: at(10), words: 'The gateway ended, exit code 1', tone: 'bad', of: 'end' },
  ])
})

test('the end of a container that was replaced stands before the start of the other one', () => {
  const details = [{ name: 'at', value: '2026-01-01T00:00:08Z' }]
  const end = entry(1, { action: 'gateway.ended', what: 'The gateway ended' })
  const words = (...entries: AuditEntry[]) => lifeMarksOf(entries).map((mark) => mark.words)
  expect(words(entry(2, { details }), end)).toEqual(['The gateway ended', 'The gateway started'])
  expect(lifeMarksOf([end])[0]?.time).toBe(at(10))
})

test('an operation stands once, where it began, with who asked for it and how it went wrong', () => {
  const restart = {
    kind: 'operation',
    action: 'operation.restart-gateway',
    what: 'Restart the gateway',
    who: { by: 'page', uid: 1000, user: 'alice' },
  } as const
  const marks = lifeMarksOf([
    entry(2, { ...restart, operationId: 'a', tookMs: 4_000 }),
    entry(1, { ...restart, at: '2026-01-01T00:00:06Z', operationId: 'a', outcome: 'started' }),
    entry(3, { ...restart, operationId: 'b', outcome: 'failed', who: { by: 'cli', uid: 0 } }),
  ])
  expect(marks).toEqual([
    { time: at(6), words: 'Restart the gateway, by alice', tone: 'accent' },
    { time: at(10), words: 'Restart the gateway, by user 0, failed', tone: 'bad' },
  ])
})

test('marks between two lines are those behind the one, up to the other', () => {
  const marks = [1, 2, 3, 4].map((time): LifeMark => ({ time, words: '', tone: 'good' }))
  const times = (after: number, upTo: number) => marksBetween(marks, after, upTo).map(({ time }) => time)
  expect([times(1, 3), times(0, 0.5), times(4, 9), times(3, Infinity)]).toEqual([[2, 3], [], [], [4]])
})
