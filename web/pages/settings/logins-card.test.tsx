import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Login } from '../../../contract/login-endpoints.ts'
import { logins } from '../../state/settings.ts'
import { LoginsCard } from './logins-card.tsx'

const login = (id: string, isThis: boolean): Login => ({
  id,
  createdAt: '2026-01-01T10:00:00Z',
  lastSeenAt: '2026-01-01T11:00:00Z',
  expiresAt: '2026-01-01T23:00:00Z',
  isThis,
})
const fetchMock = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>()
const assign = vi.fn()

beforeEach(() => {
  logins.value = { kind: 'known', value: [login('0a1b2c3d', true), login('4e5f6a7b', false)] }
  fetchMock.mockReset().mockResolvedValue(Response.json({ ended: 2 }))
  vi.stubGlobal('fetch', fetchMock)
  vi.stubGlobal('location', { assign })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

test('each login is shown, and which one is this', () => {
  render(<LoginsCard />)
  const [own, other] = screen
    .getAllByRole('listitem')
    .filter(({ textContent }) => textContent?.includes('since'))
  expect(own?.textContent).toMatch(/^0a1b2c3d\s+this browser\s+since .* last used /)
  expect(other?.textContent).toMatch(/^4e5f6a7b\s+since /)
})

test('logging out everywhere is asked about first, and ends here as well', async () => {
  render(<LoginsCard />)
  fireEvent.click(screen.getByRole('button', { name: 'Log out everywhere…' }))
  expect(fetchMock).not.toHaveBeenCalled()
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Log out everywhere', hidden: true }))
  })
  expect(fetchMock.mock.calls.map(([url, init]) => `${init?.method} ${url}`)).toEqual([
    'DELETE /api/sessions',
  ])
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith('/'))
})
