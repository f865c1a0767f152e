import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FileVersion } from '../../../contract/versions.ts'
import { configLatestEtag } from '../../state/config.ts'
import * as editor from './config-editor.ts'
import { ConfigurationPage } from './configuration-page.tsx'
import {
  calls,
  changeOutside,
  closePage,
  finding,
  json,
  openPage,
  PLAIN,
  press,
  puts,
  SECRET,
  settle,
  text,
  type,
  world,
} from './test-configuration-page.tsx'

vi.mock('./code-editor.tsx', async () => ({
  CodeEditor: (await import('./test-text-area-editor.tsx')).TextAreaEditor,
}))

beforeEach(openPage)
afterEach(closePage)

test('the text is masked until somebody edits it, and not kept when nobody does', async () => {
  expect(document.body.innerHTML).not.toContain(SECRET)
  expect(screen.getByLabelText('Text of razroom.json, secrets masked')).toHaveProperty('readOnly', true)
  await press('Edit')
  expect(text()).toHaveProperty('value', PLAIN)
  cleanup()
  render(<ConfigurationPage />)
  await settle()
  expect(editor.draft.value).toBeNull()
  expect(screen.getByRole('button', { name: 'Edit' })).toBeTruthy()
})

test('saving shows the difference first, without secrets, and names the version it was made on', async () => {
  await press('Edit')
  await type(PLAIN.replace("'local'", '"local"').replace(SECRET, 'another-secret-0123456789ab'))
  const bar = screen.getByRole('region', { name: 'Unsaved changes' })
  expect(bar.textContent).toContain('mode: "local"')
  expect(bar.textContent).not.toContain(SECRET)
  expect(bar.textContent).not.toContain('another-secret')
  await press('Save')
  expect(puts()).toEqual([['PUT', '/api/config', { text: world.file.text }, '"v1"']])
  expect(screen.getByText(/^Saved\./)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
  expect(text()).toHaveProperty('value', world.file.text)
  await changeOutside('v9', '{ other: 1 }')
  expect(screen.queryByText(/^Saved\./)).toBeNull()
})

test('Ctrl+S saves, and without edits sends nothing', async () => {
  const ctrlS = async () => {
    const event = new KeyboardEvent('keydown', { key: 's', ctrlKey: true, cancelable: true })
    window.dispatchEvent(event)
    await settle()
    return event.defaultPrevented
  }
  expect(await ctrlS()).toBe(true)
  expect(puts()).toEqual([])
  await press('Edit')
  await type('{ gateway: { mode: "local" } }\n')
  await ctrlS()
  expect(puts()).toHaveLength(1)
})

test('what is wrong while typing is marked after a pause, and leads to its place', async () => {
  await press('Edit')
  world.found = [finding({})]
  await type(PLAIN.replace('local', 'remote'))
  expect(calls.some(([, url]) => url === '/api/config/check')).toBe(false)
  await settle(500)
  expect(text().dataset.marks).toBe('4:11')
  await press(/^Go to line 4/)
  expect(text().dataset.ask).toBe('4:11')
  expect(screen.getByText(/would not start with this text/)).toBeTruthy()
})

test('in the masked text a line with a mask is marked as a whole', async () => {
  world.file.findings = [finding({}), finding({ id: 'config.weak', line: 5, column: 20 })]
  await changeOutside('v2', PLAIN)
  const view = screen.getByLabelText('Text of razroom.json, secrets masked')
  expect(view.dataset.marks).toBe('4:11 5:')
})

test('one click mends a finding, and with edits it waits for them to be saved', async () => {
  world.file.findings = [finding({ fix: { label: 'Set the mode to "local"' } })]
  await changeOutside('v2', PLAIN)
  world.answerToSave = () => {
    world.file = { ...world.file, etag: 'v3', findings: [] }
    return json({ etag: 'v3', changed: true })
  }
  await press('Edit')
  await type('{}')
  await press('Set the mode to "local"')
  expect(puts()).toEqual([])
  await press('Discard')
  await press('Set the mode to "local"')
  expect(puts()).toEqual([['PUT', '/api/config', { mend: 'config.mode' }, '"v2"']])
  expect(screen.queryByText(/does not start with this mode/)).toBeNull()
})

test('a broken file offers the version that last started a gateway', async () => {
  const version = (id: string, part: Partial<FileVersion>): FileVersion => ({
    id,
    at: '2026-03-01T12:00:00Z',
    by: 'outside',
    etag: id,
    sizeBytes: 1,
    isCurrent: false,
    added: 0,
    removed: 1,
    ...part,
  })
  world.listed = [
    version('2-0000000b', { etag: 'v2', isCurrent: true }),
    version('1-0000000a', { provenAt: '2026-03-01T12:01:00Z' }),
  ]
  world.file.findings = [finding({ id: 'config.not-json5', title: 'The file is not JSON5' })]
  await changeOutside('v2', '{ broken')
  await press('Go back to that version')
  expect(puts()).toEqual([])
  world.answerToSave = () => {
    world.file = { ...world.file, etag: 'v3', text: PLAIN, findings: [] }
    world.listed = [version('3-0000000c', { etag: '1-0000000a', isCurrent: true }), ...world.listed]
    return json({ etag: 'v3', changed: true })
  }
  fireEvent.click(screen.getByText('Go back to it'))
  await settle()
  expect(calls.find(([, url]) => url.endsWith('/restore'))).toEqual([
    'POST',
    '/api/config/versions/1-0000000a/restore',
    undefined,
    '"v2"',
  ])
  expect(screen.queryByText(/last started with/)).toBeNull()
})

test('where there is no file the panel writes one; one that is not UTF-8 is not shown', async () => {
  world.file = { etag: 'absent', text: '', exists: false, isUtf8: true, findings: [] }
  world.file.findings = [finding({ id: 'config.missing', fix: { label: 'Write one' } })]
  configLatestEtag.value = 'absent'
  await settle()
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
  world.answerToSave = () => {
    world.file = { etag: 'v2', text: PLAIN, exists: true, isUtf8: true, findings: [] }
    return json({ etag: 'v2', changed: true })
  }
  await press('Write one')
  expect(puts()).toEqual([['PUT', '/api/config', { mend: 'config.missing' }, '"absent"']])
  expect(screen.getByRole('button', { name: 'Edit' })).toBeTruthy()
  world.file = { ...world.file, isUtf8: false, text: '' }
  await changeOutside('v3', '')
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
  expect(screen.getByText(/is not UTF-8 text/)).toBeTruthy()
})
