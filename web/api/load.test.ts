import { expect, test } from 'vitest'
import { createRemote, forgetRemotes, knownValue } from '../state/remote.ts'
import { loadInto } from './load.ts'

test('an answer that was overtaken by a later one is dropped', async () => {
  const place = createRemote<string>()
  const first = Promise.withResolvers<string>()
  const slow = loadInto(place, () => first.promise)
  await loadInto(place, async () => 'second')
  first.resolve('first')
  await slow
  expect(knownValue(place.value)).toBe('second')
})

test('what was known stays until the next answer; a failure becomes part of the state', async () => {
  const place = createRemote<string>()
  await loadInto(place, async () => 'known')
  const next = Promise.withResolvers<string>()
  const reading = loadInto(place, () => next.promise)
  expect(knownValue(place.value)).toBe('known')
  next.reject(new Error('gone'))
  await reading
  expect(place.value).toMatchObject({ kind: 'failed', problem: { detail: 'Error: gone' } })
})

test('nothing stays after the end of a session', async () => {
  const place = createRemote<string>()
  await loadInto(place, async () => 'secret')
  forgetRemotes()
  expect(place.value).toEqual({ kind: 'loading' })
})
