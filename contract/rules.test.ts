import { expect, it } from 'vitest'
import { isSecretVariable } from './rules.ts'

it.each([
  ['GROQ_API_KEY', 'x', true],
  ['GROQ_TWO', 'gsk_page', true],
  ['MODEL', 'sk-ant-1', true],
  ['DATABASE', 'postgres://user:word@db/x', true],
  ['OTHER', 'abcdefghij0123456789', true],
  ['LOG_LEVEL', 'debug', false],
  ['RAZROOM_GATEWAY_PORT', '18789', false],
  ['SKIN', 'skyblue', false],
])('masks %s=%s: %s', (key, value, isSecret) => {
  expect(isSecretVariable(key, value)).toBe(isSecret)
})
