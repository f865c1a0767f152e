import { signal } from '@preact/signals'
import { expect, test, vi } from 'vitest'
import { EDGE_PX } from './log-edge.tsx'
import { LogIndex } from './log-index.ts'
import { loadNear, loadsByItself, topLine } from './log-near.ts'
import { appendPage } from './log-pieces.ts'
import type { LogPlace, Newer, Older } from './log-place.ts'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import { lineOf } from './test-log-api.ts'
import { cursorOf } from './test-rows.ts'
import { ROW_PX } from './use-aim.ts'

function placeOf(older: Older, newer: Newer | null) {
  const ring = new LogRing()
  appendPage(ring, { lines: Array.from({ length: 100 }, (_, index) => lineOf(index)) })
  return {
    ring,
    index: new LogIndex(ring),
    version: signal(0),
    isLive: signal(true),
    isCleared: signal(false),
    older: signal(older),
    newer: newer && signal(newer),
    askFrame: () => undefined,
    loadOlder: vi.fn(async () => undefined),
    loadNewer: vi.fn(async () => undefined),
  } satisfies LogPlace
}
const idle = { kind: 'idle' } as const
const sight = (scrollTop: number) => ({ scrollTop, clientHeight: 400, scrollHeight: 2_000 })
const asked = (scrollTop: number, place: ReturnType<typeof placeOf>) => {
  loadNear(sight(scrollTop), place)
  return [place.loadOlder.mock.calls.length, place.loadNewer.mock.calls.length]
}

test('lines are asked for at the end that is near', () => {
  expect(asked(100, placeOf(idle, idle))).toEqual([1, 0])
  expect(asked(800, placeOf(idle, idle))).toEqual([0, 0])
  expect(asked(1_500, placeOf(idle, idle))).toEqual([0, 1])
})

test('not while they are on their way, where there are none, nor after clearing', () => {
  expect(asked(100, placeOf({ kind: 'loading' }, idle))).toEqual([0, 0])
  expect(asked(1_500, placeOf(idle, { kind: 'end' }))).toEqual([0, 0])
  expect(asked(1_500, placeOf(idle, null))).toEqual([0, 0])
  const cleared = placeOf(idle, null)
  cleared.isCleared.value = true
  expect(asked(0, cleared)).toEqual([0, 0])
})

test('where there is no room for older lines another stretch is needed', () => {
  const full = placeOf({ kind: 'end', reason: 'full' }, null)
  expect([loadNear(sight(100), full), loadNear(sight(800), full)]).toEqual([true, false])
  expect(loadNear(sight(100), placeOf({ kind: 'end', reason: 'beginning' }, null))).toBe(false)
})

test('with a filter an earlier stretch alone grows by itself, and not for ever', () => {
  const history = placeOf(idle, idle)
  expect([loadsByItself(history, true), loadsByItself(placeOf(idle, null), true)]).toEqual([true, false])
  expect(loadsByItself(placeOf(idle, null), false)).toBe(true)
  appendPage(history.ring, { lines: Array.from({ length: 10_000 }, (_, index) => lineOf(100 + index)) })
  expect(loadsByItself(history, true)).toBe(false)
})

test('the line at the top, with what is above it', () => {
  const { ring } = placeOf(idle, null)
  const view = new LogView(ring)
  view.sync(1_000)
  expect(topLine(sight(EDGE_PX + 5 * ROW_PX + 7), view, ring)).toEqual({ cursor: cursorOf(5), offsetPx: -7 })
  const empty = new LogRing()
  expect(topLine(sight(0), new LogView(empty), empty)).toBeNull()
})
