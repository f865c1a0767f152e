import { expect, it } from 'vitest'
import { isSecretVariable, isWeakToken, tokenProblem } from './rules.ts'

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

const GOOD = 'abcdefgh0123456789ABCDEF'

it.each([GOOD, 'a.b_c~d+e/f=g-h.a.b.c.d.e==', `${GOOD}~`, `${'x'.repeat(504)}abcdefgh`])(
  'takes the token %s',
  (token) => {
    expect(tokenProblem(token)).toBeNull()
    expect(isWeakToken(token)).toBe(false)
  },
)

it.each([
  ['', 'is empty'],
  [GOOD.slice(1), 'has 23 of the 24 characters that it needs'],
  ['aaaabbbbccccddddeeeeffffgggg', 'has fewer than 8 different characters'],
  [`~${GOOD}`, 'begins with ~, which a shell takes for a home directory'],
  [`${GOOD} ${GOOD}`, 'has a blank or a line break'],
  [`${GOOD}\n`, 'has a blank or a line break'],
  [`${GOOD}\u00a0`, 'has a blank or a line break'],
  ...['"', "'", '#', '$', '\\', '`', ':', '&', '{', '%', '\0', 'é', '😀'].map(
    (character): [string, string] => [
      `${GOOD}${character}`,
      'has a character other than letters, digits and . _ ~ + / = -',
    ],
  ),
  [`${'x'.repeat(505)}abcdefgh`, 'has more than 512 characters'],
])('refuses the token %j: it %s', (token, problem) => {
  expect(tokenProblem(token)).toBe(problem)
})

it.each([
  ['short', true],
  ['aaaabbbbccccddddeeeeffffgggg', true],
  ['"quoted, of more than 24 signs"', false],
])('calls %j weak: %s', (token, isWeak) => {
  expect(isWeakToken(token)).toBe(isWeak)
})

it.each([
  ['X-Api-Key', 'x'],
  ['access-key', 'x'],
  ['MYSQL_PWD', 'x'],
  ['DATABASE', 'jdbc:postgresql://bob:hunter2@db/x'],
  ['HOSTS', 'http://a,http://u:p@b'],
])('%s=%s is a secret', (key, value) => {
  expect(isSecretVariable(key, value)).toBe(true)
})

it('the working directory, an address and a path with an @ are none', () => {
  for (const [key, value] of [
    ['PWD', '/home'],
    ['MAIL', 'me@example.org'],
    ['URL', 'https://example.org/@name'],
  ])
    expect(isSecretVariable(key ?? '', value ?? '')).toBe(false)
  expect(isSecretVariable('A', 'a'.repeat(200_000))).toBe(false)
})
