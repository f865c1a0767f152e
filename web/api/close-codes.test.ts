import { expect, test } from 'vitest'
import { CLOSE_CODES as CONTRACT } from '../../contract/events.ts'
import { CLOSE_CODES } from './close-codes.ts'

test('the close codes are those of the contract', () => {
  expect(CLOSE_CODES).toEqual(CONTRACT)
})
