import { expect, test } from 'vitest'
import { isHalfMade, makingEntry } from './check-user.ts'

const made = { name: 'razroom', uid: 999, gid: 999, home: '/home/razroom', shell: '/usr/sbin/nologin' }

test('an account is half made while the record says so, and it is one that setup would make', () => {
  const created = [makingEntry('razroom')]
  expect(isHalfMade(created, made)).toBe(true)
  expect(isHalfMade(['user:razroom'], made)).toBe(false)
  expect(isHalfMade(created, { ...made, name: 'bob' })).toBe(false)
  // Somebody made it since.
  expect(isHalfMade(created, { ...made, shell: '/bin/bash' })).toBe(false)
  expect(isHalfMade(created, { ...made, home: '/srv/razroom' })).toBe(false)
})
