import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readConfig } from './razroom-config.ts'
import { effectiveToken, generateToken, maskToken } from './token.ts'
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
