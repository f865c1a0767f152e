import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Operation, Status } from '../../../contract/schemas.ts'
import type { TokenStatus } from '../../../contract/token.ts'
import { operations } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { token } from '../../state/token.ts'
import { FindingList, RotatedNote, TokenCard } from './token-card.tsx'

const SECRET = 'very-secret-token-0123456789'
const fetchMock = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>()
const writeText = vi.fn<(text: string) => Promise<void>>()

const know = (more: Partial<TokenStatus>): void => {
  const known: TokenStatus = {
    masked: 'very…6789',
    length: 28,
    source: 'env',
    sourcesAgree: true,
    findings: [],
  }
  token.value = { kind: 'known', token: { ...known, ...more } }
}

// As the first sign of a person does.
beforeAll(async () => {
  await FindingList.fetch()
  await RotatedNote.fetch()
})
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
  know({})
  HTMLDialogElement.prototype.showModal ??= () => {}
})
afterEach(() => {
  cleanup()
  operations.value = []
  status.value = null
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

test('a browser that takes a promise is given one at the click', async () => {
  const items: Record<string, Promise<Blob>>[] = []
  vi.stubGlobal(
    'ClipboardItem',
    class {
      constructor(item: Record<string, Promise<Blob>>) {
        items.push(item)
      }
    },
  )
  const write = vi.fn(async () => undefined)
  vi.stubGlobal('navigator', { clipboard: { write, writeText } })
  const { container } = show()
  await click('Copy token')
  expect(await (await items[0]?.['text/plain'])?.text()).toBe(SECRET)
  expect([write.mock.calls.length, writeText.mock.calls.length]).toEqual([1, 0])
  expect(container.innerHTML).not.toContain(SECRET)
  expect(screen.getByText('The token is in the clipboard')).toBeTruthy()
})

test.each([
  ['no clipboard at all', undefined],
  [
    'one that refuses both ways',
    { write: () => Promise.reject(new Error('no')), writeText: () => Promise.reject(new Error('no')) },
  ],
])('copying by hand: %s', async (_name, clipboard) => {
  vi.stubGlobal('navigator', { clipboard })
  const { container } = show()
  await click('Copy token')
  expect(container.innerHTML).not.toContain(SECRET)
  await click('Show it to copy by hand')
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Revealed token' })
  expect(document.activeElement).toBe(field)
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, SECRET.length])
  expect(container.textContent).toContain('press Ctrl+C')
  // A part of it is not what was wanted.
  field.setSelectionRange(0, 3)
  fireEvent.copy(field)
  await act(async () => {
    await vi.advanceTimersByTimeAsync(10)
  })
  expect(screen.queryByRole('textbox')).not.toBeNull()
  field.select()
  fireEvent.copy(field)
  await act(async () => {
    await vi.advanceTimersByTimeAsync(10)
  })
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Copy token' }))
  expect(screen.getByText('The token is in the clipboard')).toBeTruthy()
})

test('a token that can not be read is said, and nothing is copied', async () => {
  const problem = { type: 'x', title: 'Broken', status: 409, code: 'CONFIG_INVALID', hint: 'Mend it.' }
  fetchMock.mockImplementation(async () => new Response(JSON.stringify(problem), { status: 409 }))
  show()
  await click('Copy token')
  expect(screen.getByRole('alert').textContent).toContain('Broken')
  expect(writeText).not.toHaveBeenCalled()
})

const leaveTab = async (isHidden: boolean) => {
  await act(async () => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden })
    document.dispatchEvent(new Event('visibilitychange'))
  })
}

test('a revealed token is hidden when the tab is left, and not shown to an empty chair', async () => {
  show()
  await click('Reveal token')
  await leaveTab(true)
  expect(screen.queryByRole('textbox')).toBeNull()
  await click('Reveal token')
  expect(screen.queryByRole('textbox')).toBeNull()
  await leaveTab(false)
  expect(screen.queryByRole('textbox')).toBeNull()
})

test('a revealed token is hidden when another may count', async () => {
  show()
  await click('Reveal token')
  await act(async () => know({ source: 'config' }))
  expect(screen.queryByRole('textbox')).toBeNull()
})

const FINDING = {
  id: 'token.sources-differ',
  severity: 'warning',
  title: '.env and razroom.json hold different tokens',
  evidence: 'the gateway checks the one of razroom.json',
  fix: { label: 'Use the gateway’s token in .env' },
} as const

test('two sources that disagree are said, and made one by a click', async () => {
  const other = { id: 'token.weak', severity: 'warning', title: 'The token is weak', evidence: '' } as const
  know({ source: 'config', sourcesAgree: false, findings: [FINDING, other] })
  const { container } = show()
  expect(container.textContent).toContain('hold different tokens')
  expect(container.textContent).toContain('28 characters, checked by the gateway; from razroom.json')
  expect(container.textContent).toContain('The token is weak')
  expect(container.textContent).toContain('sudo razroom-panel token reconcile')
  await click('Use the gateway’s token in .env')
  expect(fetchMock.mock.calls.map(([url]) => url)).toEqual(['/api/token/reconcile'])
})

test('while an operation runs the mend says why it waits', async () => {
  know({ source: 'config', sourcesAgree: false, findings: [FINDING] })
  render(<TokenCard reason="Stopping the gateway: wait until it has finished" />)
  await click('Use the gateway’s token in .env')
  expect(fetchMock).not.toHaveBeenCalled()
})

const rotation = (more: Partial<Operation>): Operation => ({
  id: 'op',
  kind: 'rotate-token',
  state: 'running',
  startedAt: '2026-11-23T11:40:00.000Z',
  startedBy: 'page',
  steps: [],
  output: [],
  changed: true,
  ...more,
})

test('after a rotation the Control UI opens with the new token, whose link is nowhere in the page', async () => {
  const opened = vi.fn()
  vi.stubGlobal('open', opened)
  const gateway = { state: 'running', healthy: true, url: 'http://127.0.0.1:18789/' }
  status.value = { gateway } as unknown as Status
  operations.value = [rotation({})]
  const { container } = show()
  expect(screen.queryByRole('button', { name: /new token/ })).toBeNull()
  await act(async () => {
    operations.value = [rotation({ state: 'succeeded' })]
  })
  expect(container.innerHTML).not.toContain('#token=')
  await click('Open Control UI with the new token')
  expect(opened.mock.calls).toEqual([
    [`http://127.0.0.1:18789/#token=${SECRET}`, '_blank', 'noopener,noreferrer'],
  ])
  expect(container.innerHTML).not.toContain(SECRET)
  await act(async () => {
    operations.value = [rotation({ state: 'succeeded', changed: false })]
  })
  expect(screen.queryByRole('button', { name: /new token/ })).toBeNull()
})

test.each([
  ['TOKEN_MISSING', true],
  ['TOKEN_NOT_USED', false],
])('without a token (%s) it can be rotated: %s', (code, can) => {
  const problem = { type: 'x', title: 'None', status: 409, code, hint: 'x' }
  token.value = { kind: 'failed', problem }
  show()
  expect(screen.queryByRole('button', { name: 'Rotate token' }) !== null).toBe(can)
})
