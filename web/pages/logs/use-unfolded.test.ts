import { act, renderHook } from '@testing-library/preact'
import { expect, test } from 'vitest'
import { LogSession } from './log-session.ts'
import { useUnfolded } from './use-unfolded.ts'

test('what is unfolded in one place is not in another, where numbers mean other lines', () => {
  const [one, other] = [new LogSession(), new LogSession()]
  const { result, rerender } = renderHook(({ place }) => useUnfolded(place), {
    initialProps: { place: one },
  })
  act(() => result.current.toggle(3))
  expect([...result.current.numbers]).toEqual([3])
  rerender({ place: other })
  expect([...result.current.numbers]).toEqual([])
  act(() => result.current.toggle(4))
  expect([...result.current.numbers]).toEqual([4])
  act(() => result.current.toggle(4))
  expect([...result.current.numbers]).toEqual([])
})
