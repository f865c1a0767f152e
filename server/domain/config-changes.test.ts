import { expect, test } from 'vitest'
import { changedConfigKeys } from './config-changes.ts'

const changed = (before: string, now: string) =>
  changedConfigKeys(new TextEncoder().encode(before), new TextEncoder().encode(now))

test('names the keys that differ, and no value', () => {
  const before = '{ gateway: { mode: "local", auth: { token: "canary-1" } }, a: [1], gone: 1 }'
  const now = '{ gateway: { mode: "local", auth: { token: "canary-2" } }, a: [1, 2], more: { b: 1 } }'
  expect(changed(before, now)).toEqual(['gateway.auth.token', 'a', 'more', 'gone'])
  expect(changed(before, `// a comment\n${before}`)).toEqual([])
})

test('a key that looks like a secret is not named, and a file that can not be read has none', () => {
  expect(changed('{}', '{ "sk-0123456789abcdefghij0": 1, ok: 1 }')).toEqual(['ok'])
  expect(changed('{', '{}')).toEqual([])
})
