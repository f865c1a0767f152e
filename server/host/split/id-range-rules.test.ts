import { expect, test } from 'vitest'
import { rangeObstacle } from './id-range-rules.ts'

const user = { name: 'razroom', uid: 999 }
const range = (start: number, count = 65_536, owner = 'razroom') => ({ owner, start, count })
const present = [range(100_000, 65_536, 'alice'), range(300_000, 65_536, '1001')]
const ids = [0, 1_000, 500_123]

test.each([
  ['below what login.defs gives', range(0), 'is not between'],
  ['one that reaches root', range(1, 4_294_967_294), 'is not between'],
  ['one below the first', range(99_999, 1), 'is not between'],
  ['one above the last', range(600_100_000, 2), 'is not between'],
  ['another’s', range(165_535), 'is taken by alice'],
  ['one around another’s', range(299_999, 65_538), 'is taken by 1001'],
  ['one for another user', range(200_000, 65_536, 'root'), 'is of root'],
  ['one with the id of an account', range(500_000), 'holds the id 500123'],
])('%s is refused', (_what, wanted, says) => {
  expect(rangeObstacle(wanted, user, present, ids)).toContain(says)
})

test('a free one is given, and not without end', () => {
  expect(rangeObstacle(range(165_536), user, present, ids)).toBe(null)
  expect(rangeObstacle(range(165_536, 65_536, '999'), user, present, ids)).toBe(null)
  const many = [0, 1, 2, 3].map((number) => range(1_000_000 + number * 65_536))
  expect(rangeObstacle(range(165_536), user, [...present, ...many], ids)).toContain('one too many')
})
