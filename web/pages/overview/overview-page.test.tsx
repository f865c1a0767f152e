import { act, cleanup, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { GatewayState, Status } from '../../../contract/schemas.ts'
import { status } from '../../state/status.ts'
import { OverviewPage } from './overview-page.tsx'

const WAITING = 'Looking at the gateway'

const know = (state: GatewayState, isSetUp = true): void => {
  status.value = {
    gateway: {
      state,
      mode: 'container',
      healthy: state === 'running',
      startsAtBoot: false,
      ports: { address: '127.0.0.1', gateway: 18789, bridge: 18790 },
      url: 'http://127.0.0.1:18789/',
      containerName: 'razroom',
    },
    image: null,
    restartRequired: false,
    restartReasons: [],
    warnings: [],
    goBack: [],
    isSetUp,
    user: { name: 'razroom', uid: null, home: null },
    panel: { version: '0.1.0' },
    operationId: null,
  } satisfies Status
}

const asked: string[] = []

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url)
    // What the panel would say does not matter here.
    return new Promise(() => undefined)
  })
})
afterEach(() => {
  cleanup()
  status.value = null
  vi.unstubAllGlobals()
})

const card = () => screen.queryByRole('region', { name: 'Gateway' })

test.each(['running', 'absent', 'stopped'] as const)('a gateway that is %s is shown at once', (state) => {
  know(state)
  render(<OverviewPage />)
  expect(screen.queryByText(WAITING)).toBeNull()
  expect(card()).not.toBeNull()
})

test.each([
  ['starting', /so far/],
  ['failed', /its last lines do not say why/],
] as const)('a gateway that is %s is shown with all that belongs to it', async (state, words) => {
  know(state)
  render(<OverviewPage />)
  expect(screen.getByText(WAITING)).toBeTruthy()
  expect(card()).toBeNull()
  await vi.waitFor(() => expect(card()).not.toBeNull())
  expect(card()?.textContent).toMatch(words)
  expect(screen.queryByText(WAITING)).toBeNull()
})

test('a page that has shown the gateway does not take it away when its state changes', async () => {
  know('running')
  render(<OverviewPage />)
  await act(async () => know('failed'))
  expect(card()?.textContent).toContain('Failed')
})

test('the token is asked for once it is known that there is a gateway to have one', async () => {
  render(<OverviewPage />)
  await act(async () => know('absent', false))
  expect(asked).not.toContain('/api/token')
  await act(async () => know('running'))
  expect(asked).toContain('/api/token')
})
