import { act, cleanup, fireEvent, screen } from '@testing-library/preact'
import { expect, test, vi } from 'vitest'
import { connection } from '../../state/connection.ts'
import { envDocument, envLatestEtag } from '../../state/env.ts'
import {
  addOwn,
  assignment,
  calls,
  comment,
  difference,
  panel,
  press,
  problem,
  row,
  SECRET,
  saves,
  secret,
  settle,
  setUpPage,
  show,
  type,
} from './test-environment.tsx'

setUpPage()

test('a secret is not in the page until it is asked for, and for 30 seconds only', async () => {
  expect(document.body.innerHTML).not.toContain(SECRET)
  expect(row('API_KEY').textContent).toContain('25 characters')
  await press('Reveal API_KEY')
  expect(row('API_KEY').textContent).toContain(SECRET)
  expect(calls.at(-1)?.slice(0, 3)).toEqual(['POST', '/api/env/reveal', { line: 2 }])
  await act(async () => {
    await vi.advanceTimersByTimeAsync(30_100)
  })
  expect(document.body.innerHTML).not.toContain(SECRET)
})

test('comments stand in their place, and findings at their line', () => {
  const rows = screen.getAllByRole('row').map((element) => element.textContent)
  expect(rows[1]).toBe('# top')
  expect(row('NAME').textContent).toContain('podman keeps the quotes')
})

test('edits are shown as a difference and saved with the version they were made on', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'y')
  await press('Edit API_KEY')
  await type('Value of API_KEY', 'another-secret-1')
  await addOwn('NEW=value')
  expect(difference()).toEqual([
    '-API_KEY=•••••••• (25 characters)',
    '+API_KEY=•••••••• (16 characters)',
    '-NAME="x"',
    '+NAME=y',
    '+NEW=value',
  ])
  await press('Save')
  expect(saves()).toEqual([
    {
      edits: [
        { op: 'set', key: 'API_KEY', value: 'another-secret-1', line: 2 },
        { op: 'set', key: 'NAME', value: 'y', line: 3 },
        { op: 'set', key: 'NEW', value: 'value' },
      ],
    },
  ])
  expect(calls.find(([method]) => method === 'PUT')?.[3]).toBe('"v1"')
  expect(screen.getByText('Saved.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
})

test('a bad name can not be saved', async () => {
  await addOwn('1X')
  const save = screen.getByRole('button', { name: 'Save' })
  expect(save.getAttribute('aria-disabled')).toBe('true')
  await press('Save')
  expect(saves()).toEqual([])
})

test('edits survive another page and news of the machine; without edits the file is read anew', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'typed')
  cleanup()
  await show()
  panel.etag = 'v5'
  envLatestEtag.value = 'v5'
  await settle()
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'typed')
  expect(screen.getByRole('alert').textContent).toContain('was changed meanwhile')
  await press('Discard')
  expect(row('NAME').textContent).toContain('"x"')
  const reads = calls.length
  panel.etag = 'v6'
  envLatestEtag.value = 'v6'
  await settle()
  expect(calls.slice(reads).map(([method, url]) => `${method} ${url}`)).toEqual(['GET /api/env'])
})

test('the end of the session and the next login keep what was typed', async () => {
  await press('Edit API_KEY')
  await type('Value of API_KEY', 'typed-secret-1')
  panel.answerToSave = () => problem(401, 'SESSION_REQUIRED')
  await press('Save')
  // The page goes, and with it all that was read of the machine.
  cleanup()
  envDocument.value = null
  envLatestEtag.value = null
  panel.answerToSave = () => problem(500, 'INTERNAL')
  await show()
  expect(screen.getByLabelText('Value of API_KEY')).toHaveProperty('value', 'typed-secret-1')
  expect(difference()).toContain('+API_KEY=•••••••• (14 characters)')
})

test('a lost connection keeps what was typed, and tells of what was changed meanwhile', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'typed')
  connection.value = { kind: 'waiting', retryAt: 0, reason: 'lost' }
  await settle()
  panel.etag = 'v7'
  panel.entries = [comment(1, '# top'), secret(2, 'API_KEY', 25), assignment(3, 'NAME', 'theirs')]
  connection.value = { kind: 'open' }
  await settle()
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'typed')
  expect(screen.getByRole('alert').textContent).toContain('was changed meanwhile')
})

test('closing the page with edits asks first', async () => {
  const leave = () => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  expect(leave()).toBe(false)
  await press('Remove NAME')
  expect(leave()).toBe(true)
  await press('Undo NAME')
  expect(leave()).toBe(false)
})

test('edits are taken back and made again, by buttons and by keys, but not while somebody types', async () => {
  await press('Remove NAME')
  await press('Edit API_KEY')
  await type('Value of API_KEY', 'a')
  await type('Value of API_KEY', 'ab')
  expect(difference()).toHaveLength(3)
  const field = screen.getByLabelText('Value of API_KEY')
  fireEvent.keyDown(field, { key: 'z', ctrlKey: true })
  await settle()
  expect(difference()).toHaveLength(3)
  fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true })
  await settle()
  expect(difference()).toEqual(['-NAME="x"'])
  await press('Undo the last edit')
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
  await press('Redo the edit')
  fireEvent.keyDown(document.body, { key: 'Z', metaKey: true, shiftKey: true })
  await settle()
  expect(difference()).toEqual([
    '-API_KEY=•••••••• (25 characters)',
    '+API_KEY=•••••••• (2 characters)',
    '-NAME="x"',
  ])
})

test('what was discarded comes back by undo, as long as the file is the same', async () => {
  await press('Remove NAME')
  await press('Discard')
  expect(difference()).toEqual([])
  await press('Undo the last edit')
  expect(difference()).toEqual(['-NAME="x"'])
})
