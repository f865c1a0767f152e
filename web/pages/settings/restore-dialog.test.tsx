import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RestorePreview } from '../../../contract/backups.ts'
import { setSession } from '../../state/session.ts'
import { RestoreDialog } from './restore-dialog.tsx'

const preview: RestorePreview = {
  createdAt: '2026-01-01T00:00:00Z',
  panelVersion: '1',
  includesWorkspace: true,
  files: [
    { path: 'config/.env', change: 'changed', sizeBytes: 10 },
    { path: 'workspace/same.md', change: 'same', sizeBytes: 10 },
  ],
  counts: { new: 0, changed: 600, same: 1 },
  kept: 3,
  changesToken: true,
}
const calls: [string, unknown][] = []
let answer: (url: string) => Response
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const onClose = vi.fn()

const settle = () =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
const show = async () => {
  render(<RestoreDialog from={{ name: 'b.tar', request: { name: 'b.tar' } }} onClose={onClose} />)
  await settle()
}
const button = () => screen.getByRole('button', { name: 'Restore' })

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= () => {}
  calls.length = 0
  onClose.mockReset()
  answer = (url) => json(url.endsWith('preview') ? preview : { operationId: 'o' })
  setSession({ csrfToken: 'c', expiresAt: '', stepUpUntil: '' })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    calls.push([url, JSON.parse(String(init.body))])
    return answer(url)
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

test('nothing is restored before it was seen and confirmed', async () => {
  await show()
  const text = screen.getByRole('dialog').textContent
  for (const part of ['600 files', 'config/.env', 'And 599 files more', 'must log in again', '3 files that'])
    expect(text).toContain(part)
  expect(text).not.toContain('same.md')
  expect(button().getAttribute('aria-disabled')).toBe('true')
  fireEvent.click(button())
  await settle()
  expect(calls.map(([url]) => url)).toEqual(['/api/restore/preview'])
  fireEvent.click(screen.getByLabelText(/Replace the files/))
  fireEvent.click(button())
  await settle()
  expect(calls.at(-1)).toEqual(['/api/restore', { name: 'b.tar', includeWorkspace: true }])
  expect(onClose).toHaveBeenCalledOnce()
})

test('without the workspace it is another restore: looked at and confirmed anew', async () => {
  await show()
  fireEvent.click(screen.getByLabelText(/Replace the files/))
  fireEvent.click(screen.getByLabelText('With the workspace'))
  await settle()
  expect(calls.at(-1)).toEqual(['/api/restore/preview', { name: 'b.tar', includeWorkspace: false }])
  expect(button().getAttribute('aria-disabled')).toBe('true')
})

test('where nothing would change there is nothing to confirm', async () => {
  answer = () => json({ ...preview, files: [], counts: { new: 0, changed: 0, same: 9 }, changesToken: false })
  await show()
  expect(screen.getByRole('dialog').textContent).toContain('Nothing would change')
  expect(screen.queryByLabelText(/Replace the files/)).toBeNull()
  expect(button().getAttribute('aria-disabled')).toBe('true')
})

test('a file that is no backup says so, and cannot be restored', async () => {
  answer = () =>
    json({ type: 'about:blank', title: 'No backup', status: 400, code: 'BACKUP_INVALID', hint: 'h' }, 400)
  await show()
  expect(screen.getByRole('alert').textContent).toContain('No backup')
  expect(screen.queryByLabelText(/Replace the files/)).toBeNull()
  expect(button().getAttribute('aria-disabled')).toBe('true')
})
