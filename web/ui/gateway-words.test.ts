import { expect, test } from 'vitest'
import type { OperationStep } from '../../contract/schemas.ts'
import { operationWords } from './gateway-words.ts'

const update = (steps: OperationStep[]) => operationWords({ kind: 'update-image', state: 'succeeded', steps })
const backup: OperationStep = { id: 'backup', title: '', state: 'done', did: 'wrote a backup' }
const finish: OperationStep = { id: 'finish-update', title: '', state: 'unchanged', found: 'the same image' }

test('an update says that a new image runs only when there was one', () => {
  expect(update([backup, finish])).toBe('The image is up to date')
  expect(update([backup, { ...finish, state: 'done', did: 'a step back brings 123' }])).toBe(
    'The new image runs',
  )
  expect(operationWords({ kind: 'update-image', state: 'failed', steps: [backup, finish] })).toBe(
    'The update failed',
  )
})
