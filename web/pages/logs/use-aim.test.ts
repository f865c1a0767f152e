import { renderHook } from '@testing-library/preact'
import { expect, test } from 'vitest'
import { EDGE_PX } from './log-edge.tsx'
import { LogIndex } from './log-index.ts'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import { rowsOf } from './test-rows.ts'
import { ROW_PX, useAim, useHeldTarget, useView } from './use-aim.ts'

function listOf(count: number) {
  const ring = new LogRing()
  ring.append(rowsOf(Array.from({ length: count }, (_, index) => ({ text: `line ${index}` }))))
  const view = new LogView(ring)
  view.configure({ filter: '', columns: null })
  return { ring, view }
}
const topOf = (number: number) => EDGE_PX + number * ROW_PX
const sight = { scrollTop: 0, height: 400 }

test('a line is brought a third down the list, once', () => {
  const { ring, view } = listOf(1_000)
  const target = { number: 500, offsetPx: null }
  const { result, rerender } = renderHook(() => useAim(view, { ring, target, isFollowing: false }, sight))
  expect([result.current.scrollTop, result.current.isPending]).toEqual([null, true])
  view.sync(1_000)
  rerender()
  expect(result.current.scrollTop).toBe(topOf(500) - 140)
  result.current.reached(true)
  rerender()
  expect([result.current.scrollTop, result.current.isPending]).toEqual([null, false])
})

test('it can be told where the line is to be, and leaves one that is in sight', () => {
  const { ring, view } = listOf(1_000)
  view.sync(1_000)
  let target = { number: 500, offsetPx: 7 as number | null }
  const { result, rerender } = renderHook(() =>
    useAim(view, { ring, target, isFollowing: false }, { scrollTop: topOf(495), height: 400 }),
  )
  expect(result.current.scrollTop).toBe(topOf(500) - 7)
  result.current.reached(true)
  target = { number: 501, offsetPx: null }
  rerender()
  expect(result.current.scrollTop).toBe(topOf(495))
})

test('a list that follows the log aims at nothing, nor does one without the line', () => {
  const { ring, view } = listOf(10)
  view.sync(1_000)
  const aim = (number: number, isFollowing: boolean) =>
    renderHook(() => useAim(view, { ring, target: { number, offsetPx: null }, isFollowing }, sight)).result
      .current.isPending
  expect([aim(5, false), aim(5, true), aim(10, false), aim(-1, false)]).toEqual([true, false, false, false])
})

test('the view of a ring that is come back to is the same', () => {
  const rings = [listOf(1).ring, listOf(1).ring]
  let ring = rings[0] as LogRing
  const { result, rerender } = renderHook(() => useView({ ring, index: new LogIndex(ring) }))
  const first = result.current
  ring = rings[1] as LogRing
  rerender()
  expect(result.current).not.toBe(first)
  ring = rings[0] as LogRing
  rerender()
  expect(result.current).toBe(first)
})

test('when all lines get new heights the one at the top is aimed at, until something else is', () => {
  const { view } = listOf(100)
  let isReset = false
  let target: { number: number; offsetPx: number | null } | null = null
  let isFollowing = false
  const { result, rerender } = renderHook(() => useHeldTarget(view, isReset, { target, isFollowing }))
  result.current.note({ number: 40, offsetPx: -5 })
  isReset = true
  rerender()
  expect(result.current.target).toEqual({ number: 40, offsetPx: -5 })
  isReset = false
  result.current.note(null)
  rerender()
  expect(result.current.target).toEqual({ number: 40, offsetPx: -5 })
  target = { number: 7, offsetPx: null }
  rerender()
  expect(result.current.target).toBe(target)
  result.current.note({ number: 1, offsetPx: 0 })
  isReset = true
  isFollowing = true
  rerender()
  expect(result.current.target).toBe(target)
})
