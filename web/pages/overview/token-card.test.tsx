import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { token } from '../../state/token.ts'
import { TokenCard } from './token-card.tsx'

const SECRET = 'very-secret-token-0123456789'
const fetchMock = vi.fn<(url: string) => Promise<Response>>()
const writeText = vi.fn<(text: string) => Promise<void>>()

beforeEach(() => {
  vi.useFakeTimers()
  fetchMock
    .mockReset()
    .mockImplementation(
      async () =>
        new Response(JSON.stringify({ token: SECRET, source: 'env', sourcesAgree: true, findings: [] })),
    )
  writeText.mockReset().mockResolvedValue()
  vi.stubGlobal('fetch', fetchMock)
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  token.value = {
    kind: 'known',
    token: { masked: 'very…6789', length: 28, source: 'env', sourcesAgree: true, findings: [] },
  }
  HTMLDialogElement.prototype.showModal ??= () => {}
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const show = () => render(<TokenCard reason={undefined} />)
const click = async (name: string) => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }))
    await vi.advanceTimersByTimeAsync(0)
  })
}

test('copying does not show the token', async () => {
  const { container } = show()
  await click('Copy token')
  expect(writeText).toHaveBeenCalledWith(SECRET)
  expect(container.innerHTML).not.toContain(SECRET)
  expect(screen.getByText('The token is in the clipboard')).toBeTruthy()
})

test('a denied clipboard offers to show the token instead', async () => {
  writeText.mockRejectedValue(new DOMException('denied', 'NotAllowedError'))
  const { container } = show()
  await click('Copy token')
  expect(container.innerHTML).not.toContain(SECRET)
  await click('Show it to copy by hand')
  expect(screen.getByRole('textbox', { name: 'Revealed token' })).toHaveProperty('value', SECRET)
})

test('a revealed token is hidden again after 30 seconds', async () => {
  show()
  await click('Reveal token')
  expect(screen.getByRole('textbox')).toHaveProperty('value', SECRET)
  await act(async () => {
    await vi.advanceTimersByTimeAsync(29_000)
  })
  expect(screen.queryByRole('textbox')).not.toBeNull()
  await act(async () => {
    await vi.advanceTimersByTimeAsync(1_100)
  })
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(screen.getByText('very…6789')).toBeTruthy()
})

test('rotating asks first', async () => {
  show()
  await click('Rotate token')
  expect(fetchMock).not.toHaveBeenCalled()
  await click('Make a new token')
  expect(fetchMock.mock.calls.map(([url]) => url)).toEqual(['/api/token/rotate'])
})

test('two sources that disagree are said', () => {
  token.value = {
    kind: 'known',
    token: { masked: 'x', length: 28, source: 'config', sourcesAgree: false, findings: [] },
  }
  const { container } = show()
  expect(container.textContent).toContain('hold different tokens')
  expect(container.textContent).toContain('from razroom.json')
})
