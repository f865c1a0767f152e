import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Status } from '../../../contract/schemas.ts'
import { status } from '../../state/status.ts'
import { RotateForm, RotateToken } from './rotate-token.tsx'

const fetchMock = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>()

beforeEach(() => {
  fetchMock.mockReset().mockImplementation(async () => new Response('{"operationId":"op"}'))
  vi.stubGlobal('fetch', fetchMock)
  HTMLDialogElement.prototype.showModal ??= () => {}
})
afterEach(() => {
  cleanup()
  status.value = null
  vi.unstubAllGlobals()
})

const click = async (name: string) => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }))
    await new Promise((resolve) => setTimeout(resolve))
  })
}

test('the dialog is there at once, and its form as soon as it has come', async () => {
  render(<RotateToken source="env" reason={undefined} />)
  fireEvent.click(screen.getByRole('button', { name: 'Rotate token' }))
  const dialog = screen.getByRole('dialog', { name: 'Rotate the token?' })
  expect(dialog.textContent).toContain('Fetching the form')
  // As a browser does where there is nothing else to be reached.
  dialog.tabIndex = -1
  dialog.focus()
  await waitFor(() => expect(screen.getByRole('button', { name: 'Make a new token' })).toBeTruthy())
  expect(dialog.textContent).not.toContain('Fetching the form')
  expect(document.activeElement).toBe(screen.getByRole('checkbox'))
})

test('rotating asks first', async () => {
  await RotateForm.fetch()
  render(<RotateToken source="env" reason={undefined} />)
  await click('Rotate token')
  expect(fetchMock).not.toHaveBeenCalled()
  await click('Make a new token')
  expect(fetchMock.mock.calls.map(([url, init]) => [url, init?.body])).toEqual([['/api/token/rotate', '{}']])
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('a token of one’s own is checked while it is typed, and sent only when it will do', async () => {
  await RotateForm.fetch()
  render(<RotateToken source="env" reason={undefined} />)
  await click('Rotate token')
  fireEvent.click(screen.getByRole('checkbox', { name: 'Use a token of my own' }))
  const field = screen.getByLabelText<HTMLInputElement>('Your token')
  expect(field.type).toBe('password')
  const type = (text: string) => fireEvent.input(field, { target: { value: text } })
  await click('Use this token')
  type('my-own')
  expect(screen.getByText('It has 6 of the 24 characters that it needs.')).toBeTruthy()
  type('my own token, with blanks in it')
  expect(screen.getByText('It has a blank or a line break.')).toBeTruthy()
  await click('Use this token')
  expect(fetchMock).not.toHaveBeenCalled()
  type('my-own-token-0123456789-xyz')
  expect(field.getAttribute('aria-invalid')).toBeNull()
  await click('Use this token')
  expect(fetchMock.mock.calls.map(([url, init]) => [url, init?.body])).toEqual([
    ['/api/token/rotate', '{"token":"my-own-token-0123456789-xyz"}'],
  ])
})

test('what the panel refuses stays in the dialog', async () => {
  await RotateForm.fetch()
  const problem = {
    type: 'x',
    title: 'Not this one',
    status: 400,
    code: 'TOKEN_REFUSED',
    hint: 'Take another.',
  }
  fetchMock.mockImplementation(async () => new Response(JSON.stringify(problem), { status: 400 }))
  render(<RotateToken source="env" reason={undefined} />)
  await click('Rotate token')
  await click('Make a new token')
  expect(screen.getByRole('dialog').textContent).toContain('Not this one')
})

test.each([
  ['env', 'written into .env.'],
  ['config', 'written into razroom.json and .env.'],
] as const)('it says what will happen: the token is from %s', async (source, says) => {
  await RotateForm.fetch()
  render(<RotateToken source={source} reason={undefined} />)
  await click('Rotate token')
  const text = () => screen.getByRole('dialog').textContent
  expect(text()).toContain(says)
  expect(text()).toContain('the new token counts from its next start')
  await act(async () => {
    status.value = { gateway: { state: 'running' } } as unknown as Status
  })
  expect(text()).toContain('it is away for the time of a start')
  expect(text()).toContain('must log in again')
})
