import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Connections } from '../../../contract/connections.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { token } from '../../state/token.ts'

const NOTHING: Connections = {
  etags: { env: 'e', config: 'c' },
  providers: [],
  channels: [],
  model: null,
  hasProvider: false,
}
const fetchMock = vi.fn<() => Promise<Response>>()
const answer = (part: Partial<Connections>) =>
  fetchMock.mockImplementation(async () => new Response(JSON.stringify({ ...NOTHING, ...part })))

beforeEach(() => {
  localStorage.clear()
  vi.resetModules()
  fetchMock.mockReset()
  vi.stubGlobal('fetch', fetchMock)
})
afterEach(() => {
  cleanup()
  forgetRemotes()
  token.value = { kind: 'loading' }
  vi.unstubAllGlobals()
})

/** As after a reload: what is kept is read anew. */
async function open(tokenIsKnown = true): Promise<Element> {
  const { ConnectHint } = await import('./connect-hint.tsx')
  const { token } = await import('../../state/token.ts')
  const known = { masked: '••••', length: 64, source: 'env' as const, sourcesAgree: true, findings: [] }
  token.value = tokenIsKnown ? { kind: 'known', token: known } : { kind: 'loading' }
  const { container } = render(<ConnectHint />)
  await act(async () => new Promise((resolve) => setTimeout(resolve, 0)))
  return container
}

test('without a provider it leads to the form, until it is dismissed', async () => {
  answer({})
  await open()
  expect(screen.getByRole('link', { name: 'Connect a model' }).getAttribute('href')).toBe('/connect')
  await act(
    async () => void fireEvent.click(screen.getByRole('button', { name: 'Do not show this hint again' })),
  )
  expect(screen.queryByRole('link')).toBeNull()
  cleanup()
  vi.resetModules()
  fetchMock.mockClear()
  expect((await open()).textContent).toBe('')
  expect(fetchMock).not.toHaveBeenCalled()
})

test('with a provider there is nothing to say', async () => {
  answer({ hasProvider: true })
  expect((await open()).textContent).toBe('')
})

test('where the files can not be read nothing is asked', async () => {
  expect((await open(false)).textContent).toBe('')
  expect(fetchMock).not.toHaveBeenCalled()
})
