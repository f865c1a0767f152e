import { expect, test } from 'vitest'
import { keyName } from './log-help.tsx'
import { keyIdOf, LOG_KEYS } from './log-keys.ts'

test('no key does two things', () => {
  const keys = LOG_KEYS.flatMap((one) => [...one.keys])
  expect(new Set(keys).size).toBe(keys.length)
})

test('a key is found, and named as it is printed', () => {
  expect([keyIdOf('n'), keyIdOf('N'), keyIdOf(' '), keyIdOf('q')]).toEqual([
    'nextMatch',
    'previousMatch',
    'pause',
    null,
  ])
  expect([keyName(' '), keyName('n')]).toEqual(['Space', 'n'])
})
