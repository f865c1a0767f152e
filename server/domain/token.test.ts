import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { readConfig } from './razroom-config.ts'
import { effectiveToken, generateToken, maskToken, refuseBadToken, requireToken } from './token.ts'
import { MIN_TOKEN_LENGTH } from './variable-rules.ts'

const config = (auth: unknown) => readConfig(new TextEncoder().encode(JSON.stringify({ gateway: { auth } })))
const env = (variables: Record<string, string>) => new Map(Object.entries(variables))
const none = env({})
const withEnv = env({ RAZROOM_GATEWAY_TOKEN: 'from-env' })

test('a new token has 256 bits in hex, and is another each time', () => {
  const tokens = Array.from({ length: 100 }, generateToken)
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(tokens).size).toBe(100)
  expect(generateToken().length).toBeGreaterThan(MIN_TOKEN_LENGTH)
})

test.each([
  ['only .env', withEnv, null, { token: 'from-env', source: 'env', sourcesAgree: true }],
  ['a config without token', withEnv, config({}), { token: 'from-env', source: 'env', sourcesAgree: true }],
  [
    'an empty one in the config',
    withEnv,
    config({ token: ' ' }),
    { token: 'from-env', source: 'env', sourcesAgree: true },
  ],
  ['only the config', none, config({ token: 'c' }), { token: 'c', source: 'config', sourcesAgree: true }],
  ['both, different', withEnv, config({ token: 'c' }), { token: 'c', source: 'config', sourcesAgree: false }],
  [
    'both, the same',
    withEnv,
    config({ token: 'from-env' }),
    { token: 'from-env', source: 'config', sourcesAgree: true },
  ],
  [
    'blanks around it',
    env({ RAZROOM_GATEWAY_TOKEN: ' x ' }),
    null,
    { token: 'x', source: 'env', sourcesAgree: true },
  ],
  ['neither', none, null, null],
  ['an empty one in .env', env({ RAZROOM_GATEWAY_TOKEN: '' }), config({}), null],
  [
    'a reference to the variable of .env',
    withEnv,
    config({ token: `\${RAZROOM_GATEWAY_TOKEN}` }),
    { token: 'from-env', source: 'env', sourcesAgree: true },
  ],
  [
    'a reference to another variable',
    env({ MY_TOKEN: 'mine', RAZROOM_GATEWAY_TOKEN: 'from-env' }),
    config({ token: `\${MY_TOKEN}` }),
    { token: 'mine', source: 'config', sourcesAgree: false },
  ],
  ['a reference to a variable that is not set', withEnv, config({ token: `\${MY_TOKEN}` }), null],
  ['an object', withEnv, config({ token: { source: 'env' } }), null],
  ['a password in the config', withEnv, config({ password: 'p' }), null],
  ['a password in .env', env({ RAZROOM_GATEWAY_TOKEN: 'a', RAZROOM_GATEWAY_PASSWORD: 'p' }), null, null],
  [
    'a password, but the mode says token',
    withEnv,
    config({ password: 'p', mode: 'token' }),
    { token: 'from-env', source: 'env', sourcesAgree: true },
  ],
])('effective token: %s', (_name, variables, file, wanted) => {
  expect(effectiveToken(variables, file)).toEqual(wanted)
})

test('a masked token has no character of it, nor its length', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{1,80}$/), (token) => {
      const masked = maskToken(token)
      expect(masked).toBe(maskToken('x'))
      for (const char of token) expect(masked).not.toContain(char)
    }),
  )
})

const errorOf = (run: () => unknown): PanelError => {
  try {
    run()
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['nothing at all', none, null, 'TOKEN_MISSING', undefined],
  [
    'a reference to what is not set',
    withEnv,
    config({ token: `\${A_B}-\${RAZROOM_GATEWAY_TOKEN}` }),
    'TOKEN_MISSING',
    'razroom.json takes it from A_B and RAZROOM_GATEWAY_TOKEN, not all of which .env sets',
  ],
  [
    'an object in razroom.json',
    withEnv,
    config({ token: { source: 'env' } }),
    'TOKEN_MISSING',
    'gateway.auth.token in razroom.json is no text',
  ],
  [
    'a mode that is not token',
    withEnv,
    config({ mode: 'password', token: 'c' }),
    'TOKEN_NOT_USED',
    'gateway.auth.mode in razroom.json is not "token"',
  ],
  [
    'a password in razroom.json',
    withEnv,
    config({ password: 'p' }),
    'TOKEN_NOT_USED',
    'razroom.json sets gateway.auth.password',
  ],
  [
    'a password in .env',
    env({ RAZROOM_GATEWAY_PASSWORD: 'p' }),
    null,
    'TOKEN_NOT_USED',
    '.env sets RAZROOM_GATEWAY_PASSWORD',
  ],
])('says why there is no token: %s', (_name, variables, file, code, detail) => {
  const error = errorOf(() => requireToken(variables, file))
  expect([error.code, error.detail]).toEqual([code, detail])
  expect(effectiveToken(variables, file)).toBeNull()
})

test('a token that is there is the effective one', () => {
  expect(requireToken(withEnv, config({}))).toEqual(effectiveToken(withEnv, config({})))
})

test('a bad token is refused with its field, and without the token', () => {
  const error = errorOf(() => refuseBadToken('my own "token", rather long'))
  expect(error).toMatchObject({
    code: 'TOKEN_REFUSED',
    status: 400,
    detail: 'it has a blank or a line break',
  })
  expect(error.fields).toEqual([{ path: 'body.token', message: 'has a blank or a line break' }])
  expect(JSON.stringify([error.detail, error.message, error.fields])).not.toContain('own')
  expect(refuseBadToken(`${'a'.repeat(20)}bcdefgh-.~`)).toBeUndefined()
})
