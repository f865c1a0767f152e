import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../contract/error-codes.ts'
import { hintCommand } from './problem-view.tsx'

test('a command in a hint is told apart from its words', () => {
  expect(hintCommand(ERROR_CODES.SETUP_REQUIRED.hint)).toEqual({
    text: 'Run:',
    command: 'sudo razroom-panel setup',
  })
  expect(hintCommand(ERROR_CODES.PODMAN_MISSING.hint).command).toBe('sudo apt install podman uidmap')
  expect(hintCommand(ERROR_CODES.DISK_FULL.hint).command).toBeNull()
})

test('no hint of the contract loses a word', () => {
  for (const { hint } of Object.values(ERROR_CODES)) {
    const { text, command } = hintCommand(hint)
    expect(command === null ? text : `${text} ${command}`).toBe(hint)
  }
})
