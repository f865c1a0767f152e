import { expect, test } from 'vitest'
import { EMPTY_HISTORY, type History, recordStep, redoStep, undoStep } from './env-history.ts'

const start: History<string> = EMPTY_HISTORY

test('steps are taken back in their order, and made again', () => {
  const two = recordStep(recordStep(start, 'a'), 'b')
  const first = undoStep(two, 'c')
  expect(first?.next).toBe('b')
  const second = first && undoStep(first.history, first.next)
  expect(second?.next).toBe('a')
  expect(second && undoStep(second.history, second.next)).toBeUndefined()
  expect(second && redoStep(second.history, second.next)?.next).toBe('b')
})

test('typing into one field is one step; another field, or a way back, begins a new one', () => {
  const typed = recordStep(recordStep(recordStep(start, 'a', 'x'), 'b', 'x'), 'c', 'y')
  expect(typed.past).toEqual(['a', 'c'])
  const undone = undoStep(typed, 'd')
  expect(undone && recordStep(undone.history, 'c', 'y').past).toEqual(['a', 'c'])
})

test('a new step ends the way forward', () => {
  const undone = undoStep(recordStep(start, 'a'), 'b')
  expect(undone && redoStep(recordStep(undone.history, 'a'), 'c')).toBeUndefined()
})

test('the oldest steps are given up', () => {
  let history = start
  for (let step = 0; step < 150; step += 1) history = recordStep(history, String(step))
  expect(history.past).toHaveLength(100)
  expect(history.past[0]).toBe('50')
})
