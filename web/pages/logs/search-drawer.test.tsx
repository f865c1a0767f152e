import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogSearchOptions } from '../../api/log-search.ts'
import { SearchDrawer } from './search-drawer.tsx'
import { lineOf } from './test-log-api.ts'

const host = vi.hoisted(() => ({
  queries: [] as unknown[],
  options: null as LogSearchOptions | null,
  cancel: vi.fn(),
}))
vi.mock('../../api/log-search.ts', () => ({
  startLogSearch: (query: unknown, options: LogSearchOptions) => {
    host.queries.push(query)
    host.options = options
    return host.cancel
  },
}))

const onOpen = vi.fn()
const onClose = vi.fn()
const open = (text = '') =>
  render(<SearchDrawer text={text} timeMode="utc" marked={null} onOpen={onOpen} onClose={onClose} />)
const hit = (number: number, text: string) => ({
  line: { ...lineOf(number), text },
  before: [lineOf(number - 1)],
  after: [lineOf(number + 1)],
})
const tell = (...frames: Parameters<LogSearchOptions['onFrame']>[0][]) =>
  act(() => {
    for (const frame of frames) host.options?.onFrame(frame)
  })
const type = (text: string) =>
  act(() => {
    fireEvent.input(screen.getByLabelText('What to search for'), { target: { value: text } })
  })
const press = (name: string) =>
  act(() => {
    fireEvent.click(screen.getByRole('button', { name }))
  })

beforeEach(() => {
  host.queries.length = 0
  host.cancel.mockReset()
  onOpen.mockReset()
  onClose.mockReset()
})
afterEach(cleanup)

test('what is filtered for is searched at once; hits come with marks, neighbours and progress', () => {
  open('oops')
  expect(host.queries).toEqual([
    { text: 'oops', kind: 'plain', ignoresCase: true, isInverse: false, limit: 200, context: 2 },
  ])
  tell({
    type: 'hits',
    hits: [hit(7, 'an Oops <b>here</b>')],
    searchedBytes: 1_000_000,
    totalBytes: 4_000_000,
  })
  expect(screen.getByText('1.00 MB of 4.00 MB')).toBeTruthy()
  expect(screen.getByText('Oops').tagName).toBe('MARK')
  expect(screen.getByText('line 6')).toBeTruthy()
  expect(document.querySelector('.log-hit b')).toBeNull()
  tell({ type: 'end', reason: 'whole' })
  expect(screen.getByRole('status').textContent).toBe('1 hit in all that is kept')
})

test('what is lost in what was searched is told, and forgotten with the next search', () => {
  open('oops')
  const progress = { searchedBytes: 1, totalBytes: 1 }
  tell(
    { type: 'hits', hits: [], gap: 'lines between C and D are lost', ...progress },
    { type: 'hits', hits: [], gap: 'lines between A and B are lost', ...progress },
    { type: 'end', reason: 'whole' },
  )
  expect(screen.getByRole('status').textContent).toBe('0 hits in all that is kept')
  const told = screen.getByText('Lines are missing in what was searched').parentElement
  expect(told?.hasAttribute('open')).toBe(true)
  expect([...(told?.querySelectorAll('p') ?? [])].map((one) => one.textContent)).toEqual([
    'lines between C and D are lost',
    'lines between A and B are lost',
  ])
  tell({ type: 'hits', hits: [hit(7, 'oops')], ...progress })
  expect(told?.hasAttribute('open')).toBe(false)
  press('Search')
  expect(screen.queryByText('Lines are missing in what was searched')).toBeNull()
})

test('a hit is seen in its context', () => {
  open('oops')
  tell({ type: 'hits', hits: [hit(7, 'oops')], searchedBytes: 1, totalBytes: 1 })
  act(() => {
    fireEvent.click(screen.getByRole('link', { name: 'See in context' }))
  })
  expect(onOpen).toHaveBeenCalledExactlyOnceWith(lineOf(7).cursor)
})

test('more goes on behind the last hit', () => {
  open('oops')
  tell(
    { type: 'hits', hits: [hit(9, 'oops'), hit(7, 'oops')], searchedBytes: 1, totalBytes: 1 },
    { type: 'end', reason: 'limit' },
  )
  press('Show more')
  expect(host.queries[1]).toMatchObject({ text: 'oops', before: lineOf(7).cursor })
  tell({ type: 'hits', hits: [hit(3, 'oops')], searchedBytes: 1, totalBytes: 1 })
  tell({ type: 'end', reason: 'whole' })
  expect(screen.getAllByRole('link')).toHaveLength(3)
})

test('a search can be cancelled, and a closed drawer leaves none behind', async () => {
  const { unmount } = open('oops')
  press('Cancel')
  expect(host.cancel).toHaveBeenCalledOnce()
  expect(screen.getByRole('status').textContent).toContain('Cancelled')
  press('Search')
  unmount()
  await vi.waitFor(() => expect(host.cancel).toHaveBeenCalledTimes(2))
})

test('a bad pattern is told without asking the host, a slow one by the host', () => {
  open()
  act(() => {
    fireEvent.click(screen.getByLabelText('Regular expression'))
  })
  type('(')
  press('Search')
  expect(screen.getByRole('alert').textContent).toContain('This is no regular expression')
  expect(host.queries).toEqual([])
  type('(a+)+$')
  press('Search')
  tell({ type: 'end', reason: 'slow' })
  expect(screen.getByRole('alert').textContent).toContain('The pattern takes too long')
})

test('a text that takes too long is not told to be a bad pattern', () => {
  open('oops')
  tell({ type: 'end', reason: 'slow' })
  expect(screen.getByRole('alert').textContent).toContain('The machine may be busy')
})

test('a failure is shown, and Escape closes', () => {
  open('oops')
  act(() => {
    host.options?.onFailure({
      type: 'about:blank',
      title: 'The search was interrupted',
      status: 0,
      code: 'DAEMON_UNREACHABLE',
      hint: 'Search again.',
    })
  })
  expect(screen.getByRole('alert').textContent).toContain('Search again.')
  fireEvent.keyDown(screen.getByLabelText('What to search for'), { key: 'Escape' })
  expect(onClose).toHaveBeenCalledOnce()
})
