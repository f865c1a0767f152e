import { act, cleanup, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Operation, Status } from '../../../contract/schemas.ts'
import { operations } from '../../state/operations.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { status } from '../../state/status.ts'
import { SettingsPage } from './settings-page.tsx'

const known: Status = {
  gateway: {
    state: 'running',
    mode: 'container',
    healthy: true,
    startsAtBoot: false,
    ports: { address: '127.0.0.1', gateway: 18_789, bridge: 18_790 },
    url: 'http://127.0.0.1:18789/',
    containerName: 'razroom',
  },
  image: null,
  restartRequired: false,
  restartReasons: [],
  warnings: [],
  goBack: [],
  isSetUp: true,
  user: { name: 'razroom', uid: 1, home: '/home/razroom' },
  panel: { version: '0' },
  operationId: null,
}
const operation: Operation = {
  id: 'a',
  kind: 'backup',
  state: 'running',
  startedAt: '2026-01-01T00:00:00Z',
  startedBy: 'page',
  steps: [],
  output: [],
  changed: false,
}
const fetchMock = vi.fn<(url: string) => Promise<Response>>()
const reads = (url: string) => fetchMock.mock.calls.filter(([called]) => called === url).length
const settle = () =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
  })

beforeEach(() => {
  forgetRemotes()
  status.value = known
  operations.value = []
  fetchMock.mockReset().mockImplementation(async () => new Response('[]'))
  vi.stubGlobal('fetch', fetchMock)
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

test('opened in the middle of an operation it shows what there is, and reads again after it', async () => {
  operations.value = [operation]
  fetchMock.mockImplementation(
    async () =>
      new Response(JSON.stringify({ type: '', title: 'Away', status: 502, code: 'X', hint: '' }), {
        status: 502,
      }),
  )
  render(<SettingsPage />)
  await settle()
  expect(reads('/api/backups')).toBe(1)
  expect(screen.getAllByText('Away').length).toBeGreaterThan(0)
  operations.value = [{ ...operation, state: 'succeeded' }]
  await settle()
  expect(reads('/api/backups')).toBe(2)
  operations.value = [{ ...operation, id: 'b' }]
  await settle()
  expect(reads('/api/backups')).toBe(2)
})

test('before the setup there is the way to it, and the way out', async () => {
  status.value = { ...known, isSetUp: false }
  render(<SettingsPage />)
  await settle()
  expect(fetchMock).not.toHaveBeenCalled()
  expect(screen.getByRole('link', { name: 'Set it up first' }).getAttribute('href')).toBe('/setup')
  expect(screen.getByText(/--purge --confirm razroom/)).toBeTruthy()
})
