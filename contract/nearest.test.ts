import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

const COMMANDS = ['login', 'status', 'setup', 'launch', 'stop', 'restart', 'remove', 'token', 'env', 'logs']

test.each([
  ['stauts', 'status'],
  ['sotp', 'stop'],
  ['set', 'setup'],
  ['lgin', 'login'],
  ['log', 'logs'],
  ['restrat', 'restart'],
  ['evn', 'env'],
])('%s was meant as %s', (word, meant) => {
  expect(nearest(word, COMMANDS)).toBe(meant)
})

test.each([['frobnicate'], ['x'], ['']])('nothing is near %j', (word) => {
  expect(nearest(word, COMMANDS)).toBeUndefined()
})

test('a very long word is near nothing, and costs nothing', () => {
  expect(nearest('y'.repeat(1_000_000), COMMANDS)).toBeUndefined()
})
