import { expect, test } from 'vitest'
import { exportVariables, PLACEHOLDER } from './export-variables.ts'

const env = new Map([
  ['RAZROOM_GATEWAY_TOKEN', 'aa11'],
  ['OPENAI_API_KEY', 'sk-1'],
  ['IRC_HOST', 'irc.example.org'],
  ['export A', 'x'],
])

test('secrets are placeholders unless they are asked for', () => {
  const { values, leftOut, hidden } = exportVariables(env, 'aa11', false)
  expect([...values]).toEqual([
    ['RAZROOM_GATEWAY_TOKEN', PLACEHOLDER],
    ['OPENAI_API_KEY', PLACEHOLDER],
    ['IRC_HOST', 'irc.example.org'],
  ])
  expect(leftOut).toEqual(['export A'])
  expect(hidden).toEqual(['RAZROOM_GATEWAY_TOKEN', 'OPENAI_API_KEY'])
})

test('with secrets, the token is the one the gateway checks', () => {
  const { values, hidden } = exportVariables(env, 'from-config', true)
  expect(values.get('RAZROOM_GATEWAY_TOKEN')).toBe('from-config')
  expect(values.get('OPENAI_API_KEY')).toBe('sk-1')
  expect(hidden).toEqual([])
})

test('without any token there is a place for one', () => {
  const { values, hidden } = exportVariables(new Map(), null, true)
  expect([...values]).toEqual([['RAZROOM_GATEWAY_TOKEN', PLACEHOLDER]])
  expect(hidden).toEqual(['RAZROOM_GATEWAY_TOKEN'])
})
