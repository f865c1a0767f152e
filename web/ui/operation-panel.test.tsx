import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { OperationPanel } from './operation-panel.tsx'

const START = '2026-01-01T00:00:00Z'
const operation: Operation = {
  id: 'a',
  kind: 'setup',
  state: 'running',
  startedAt: START,
  startedBy: 'page',
  steps: [
    { id: 'one', title: 'Look', state: 'done', found: 'Debian', did: 'made it', command: 'sudo true' },
    { id: 'two', title: 'Build', state: 'running', startedAt: START },
  ],
  output: [{ stepId: 'two', stream: 'stdout', text: '<b>bold</b>' }],
  changed: true,
}

afterEach(cleanup)

test('a running operation shows its steps, its output as text, and can be cancelled', () => {
  const onCancel = vi.fn()
  render(<OperationPanel operation={operation} now={Date.parse(START) + 65_000} onCancel={onCancel} />)
  expect(screen.getByRole('heading').textContent).toBe('Setting up the gateway')
  expect(screen.getAllByText('1 min 5 s')).toHaveLength(2)
  expect(screen.getByText('Found: Debian')).toBeTruthy()
  expect(screen.getByText('Did: made it')).toBeTruthy()
  expect(screen.getByText('sudo true')).toBeTruthy()
  expect(screen.getByText('<b>bold</b>')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(onCancel).toHaveBeenCalledOnce()
})

test('a failed operation says why, what mends it, and which command it was', () => {
  const problem = {
    type: 'about:blank',
    title: 'The image could not be built',
    status: 502,
    code: 'IMAGE_BUILD_FAILED',
    hint: 'Run: sudo razroom-panel setup',
    detail: 'exit status 1',
    command: 'podman build .',
  }
  render(
    <OperationPanel
      operation={{ ...operation, state: 'failed', finishedAt: START, problem }}
      now={0}
      onCancel={() => {}}
    />,
  )
  const alert = screen.getByRole('alert').textContent
  for (const part of ['The image could not be built', 'exit status 1', 'podman build .']) {
    expect(alert).toContain(part)
  }
  expect(screen.getByRole('button', { name: 'Copy command: sudo razroom-panel setup' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull()
})

test('an operation that changed nothing says so', () => {
  render(
    <OperationPanel
      operation={{ ...operation, state: 'succeeded', changed: false }}
      now={0}
      onCancel={() => {}}
    />,
  )
  expect(screen.getByText(/Nothing was changed/)).toBeTruthy()
})
