import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { ERROR_CODES } from '../../contract/error-codes.ts'
import { hintCommand, ProblemView } from './problem-view.tsx'

afterEach(cleanup)

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

test('before there is a gateway it leads to the setup, and is no error', () => {
  render(<ProblemView problem={{ type: '', code: 'SETUP_REQUIRED', ...ERROR_CODES.SETUP_REQUIRED }} />)
  expect(screen.getByRole('link', { name: 'Go to the setup' }).getAttribute('href')).toBe('/setup')
  expect(screen.getByText('sudo razroom-panel setup')).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
})
