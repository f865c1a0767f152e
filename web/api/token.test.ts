import { expect, test } from 'vitest'
import { controlUiLink } from './token.ts'

test('the link carries the token in its fragment, encoded', () => {
  expect(controlUiLink('http://127.0.0.1:18789/', 'a b&c#d')).toBe(
    'http://127.0.0.1:18789/#token=a%20b%26c%23d',
  )
  expect(controlUiLink('http://127.0.0.1:18789', 'x')).toBe('http://127.0.0.1:18789/#token=x')
})
