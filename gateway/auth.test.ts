import { describe, expect, test } from 'vitest'
import { isAuthorized, isSameSecret, resolveClientAuth, resolveServerAuth } from './auth.ts'

const config = { gateway: { auth: { token: 'from-config' } } }
const env = { RAZROOM_GATEWAY_TOKEN: 'from-env' }

describe('two tokens', () => {
  test('the server takes razroom.json first, the CLI the environment', () => {
    expect(resolveServerAuth(config, env, {})).toEqual({
      mode: 'token',
      secret: 'from-config',
      source: 'config',
    })
    expect(resolveClientAuth(config, env, {})).toEqual({ mode: 'token', secret: 'from-env', source: 'env' })
  })

  test('each falls back to the other, and a flag beats both', () => {
    expect(resolveServerAuth({}, env, {})?.secret).toBe('from-env')
    expect(resolveClientAuth(config, {}, {})?.secret).toBe('from-config')
    expect(resolveServerAuth(config, env, { token: 'flag' })?.source).toBe('flag')
    expect(resolveClientAuth(config, env, { token: 'flag' })?.source).toBe('flag')
  })

  test('blank values count as none', () => {
    expect(
      resolveServerAuth({ gateway: { auth: { token: ' ' } } }, { RAZROOM_GATEWAY_TOKEN: '' }, {}),
    ).toBeUndefined()
  })

  test('a password anywhere means password mode, unless the mode is given', () => {
    const password = { RAZROOM_GATEWAY_PASSWORD: 'pw', RAZROOM_GATEWAY_TOKEN: 'tk' }
    expect(resolveServerAuth({}, password, {})).toEqual({ mode: 'password', secret: 'pw', source: 'env' })
    expect(resolveServerAuth({ gateway: { auth: { mode: 'token' } } }, password, {})?.secret).toBe('tk')
  })
})

test.each([
  [undefined, false],
  ['', false],
  ['Bearer', false],
  ['Bearer ', false],
  ['Bearer secre', false],
  ['Bearer secrets', false],
  ['Basic secret', false],
  ['secret', false],
  ['Bearer secret', true],
  ['bearer  secret', true],
])('Authorization %j is accepted: %s', (header, expected) => {
  expect(isAuthorized(header, { mode: 'token', secret: 'secret', source: 'env' })).toBe(expected)
})

test('secrets of different length are compared, not thrown upon', () => {
  expect(isSameSecret('a', 'aa')).toBe(false)
  expect(isSameSecret('ä', 'ä')).toBe(true)
})
