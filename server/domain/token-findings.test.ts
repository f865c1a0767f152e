import { expect, test } from 'vitest'
import { readConfig } from './razroom-config.ts'
import { isSendable, tokenFindings } from './token-findings.ts'

const GOOD = 'abcdefgh0123456789ABCDEF'
const config = (auth: unknown) => readConfig(new TextEncoder().encode(JSON.stringify({ gateway: { auth } })))
const env = (variables: Record<string, string>) => new Map(Object.entries(variables))
const token = (value: string) => env({ RAZROOM_GATEWAY_TOKEN: value })

test.each([
  ['a good one', token(GOOD), null, []],
  ['none', env({}), null, []],
  ['a password instead', env({ RAZROOM_GATEWAY_PASSWORD: 'p' }), null, []],
  ['two', token(GOOD), config({ token: `${GOOD}2` }), ['token.sources-differ']],
  ['the same twice', token(GOOD), config({ token: GOOD }), []],
  ['a short one', token('short'), null, ['token.weak']],
  ['few characters', token('ab'.repeat(20)), null, ['token.weak']],
  ['quotes', token(`"${GOOD}"`), null, ['token.characters']],
  ['a colon', token(`${GOOD}:x`), null, ['token.characters']],
  ['what no header carries', token(`${GOOD}😀`), null, ['token.characters']],
  ['blanks around it', token(` ${GOOD} `), config({ token: `${GOOD} ` }), ['token.blank-around']],
  ['blanks only', token(GOOD), config({ token: ' ' }), []],
  ['a reference', env({ MINE: GOOD }), config({ token: `\${MINE}` }), ['token.reference']],
  [
    'a password beside it',
    env({ RAZROOM_GATEWAY_TOKEN: GOOD, RAZROOM_GATEWAY_PASSWORD: 'p' }),
    config({ mode: 'token', password: 'q' }),
    ['token.password-set'],
  ],
  [
    'all at once',
    env({ RAZROOM_GATEWAY_TOKEN: ' x', RAZROOM_GATEWAY_PASSWORD: 'p' }),
    config({ mode: 'token', token: 'y ' }),
    ['token.sources-differ', 'token.weak', 'token.blank-around', 'token.password-set'],
  ],
])('finds: %s', (_name, variables, file, ids) => {
  expect(tokenFindings(variables, file).map(({ id }) => id)).toEqual(ids)
})

test('the difference is mended by one click, and says which one counts', () => {
  const [finding] = tokenFindings(token(GOOD), config({ token: 'another-token-0123456789' }))
  expect(finding).toMatchObject({
    severity: 'warning',
    evidence: expect.stringContaining('the gateway checks the one of razroom.json'),
    fix: { label: 'Use the gateway’s token in .env' },
  })
})

test('quotes are told from other characters', () => {
  const titleOf = (value: string) => tokenFindings(token(value), null)[0]?.title
  expect(titleOf(`'${GOOD}'`)).toBe('The quotes are a part of the token')
  expect(titleOf(`${GOOD}'`)).toBe('The token has unusual characters')
  expect(titleOf(`${GOOD}\u0100`)).toBe('The token can not be sent over HTTP')
})

test('no finding has a token in it', () => {
  const values = ['s3cret', '"s3cret-with-quotes-0123456789"', 's3cret-😀-0123456789-abcdefgh']
  for (const value of values) {
    const variables = env({ RAZROOM_GATEWAY_TOKEN: value, RAZROOM_GATEWAY_PASSWORD: 's3cret' })
    const found = tokenFindings(variables, config({ mode: 'token', token: ` ${value}2`, password: 's3cret' }))
    expect(found.length).toBeGreaterThan(1)
    expect(JSON.stringify(found)).not.toContain('s3cret')
  }
})

test.each([
  ['abc', true],
  ['a b', true],
  ['ü', true],
  ['a\nb', false],
  [' a', false],
  ['', false],
  ['ā', false],
])('can be sent in a header: %j %s', (value, can) => {
  expect(isSendable(value)).toBe(can)
})
