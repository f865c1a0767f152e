import { expect, test } from 'vitest'
import { hasAddress } from './bind-address.ts'

test('an address of this machine can be bound, another one cannot', async () => {
  expect(await hasAddress('127.0.0.1')).toBe(true)
  expect(await hasAddress('0.0.0.0')).toBe(true)
  // TEST-NET-3 (RFC 5737).
  expect(await hasAddress('203.0.113.7')).toBe(false)
})
