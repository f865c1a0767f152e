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

test('an update and a step back say when a unit of one’s own keeps another image', () => {
  const other = 'the gateway runs 123: its unit was edited by hand, and names its image itself'
  expect(update([backup, { ...finish, found: `the new image is here, but ${other}` }])).toBe(
    'Done, but the gateway runs another image',
  )
  const end: OperationStep = {
    ...finish,
    id: 'finish-rollback',
    found: other,
    did: 'another step brings 456 again',
  }
  expect(operationWords({ kind: 'rollback-image', state: 'succeeded', steps: [end] })).toBe(
    'Done, but the gateway runs another image',
  )
})
