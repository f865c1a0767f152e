import { expect, test } from 'vitest'
import { readLoginCode, takeCodeFromAddress } from './session.ts'

test.each([
  ['abc_DEF-123', 'abc_DEF-123'],
  ['  abc  \n', 'abc'],
  ['http://127.0.0.1:18780/#code=abc_DEF', 'abc_DEF'],
  ['Open http://127.0.0.1:18780/#code=abc&x=1 within two minutes', 'abc'],
  ['http://127.0.0.1:18780/', ''],
  ['two words', ''],
  ['', ''],
  ['#code=%E0%A4%A', '%E0%A4%A'],
])('the code in %j is %j', (pasted, code) => {
  expect(readLoginCode(pasted)).toBe(code)
})

test('the code leaves the address bar and its history entry', () => {
  history.replaceState(null, '', '/logs?x=1#code=secret')
  const entries = history.length
  expect(takeCodeFromAddress()).toBe('secret')
  expect(location.href).not.toContain('secret')
  expect(location.pathname + location.search).toBe('/logs?x=1')
  expect(history.length).toBe(entries)
  expect(takeCodeFromAddress()).toBe('')
})
