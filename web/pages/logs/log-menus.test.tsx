import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DownloadMenu } from './download-menu.tsx'
import { JumpMenu } from './jump-menu.tsx'
import { LogMenu } from './log-menu.tsx'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import { rowsOf } from './test-rows.ts'

const saveText = vi.hoisted(() => vi.fn())
vi.mock('../../api/download.ts', () => ({ saveText }))
const ENDED = {
  ...{
    seq: 1,
    at: '2026-05-06T05:00:00Z',
    kind: 'gateway',
    action: 'gateway.ended',
    what: 'The gateway ended',
  },
  ...{ details: [], who: { by: 'panel' }, outcome: 'failed' },
}
vi.mock('../../api/gateway-life.ts', () => ({
  loadNewestLife: async () => ({ entries: [ENDED], from: -Infinity, pages: [] }),
}))

beforeEach(() => saveText.mockReset())
afterEach(cleanup)
const click = (name: string | RegExp) =>
  act(() => {
    fireEvent.click(screen.getByRole('button', { name }))
  })

test('a menu opens below its button, and closes by Escape and by a click elsewhere', () => {
  render(
    <LogMenu words="Go to" icon="clock">
      {() => <p>inside</p>}
    </LogMenu>,
  )
  const button = screen.getByRole('button', { name: 'Go to' })
  click('Go to')
  expect([button.getAttribute('aria-expanded'), screen.queryByText('inside') !== null]).toEqual([
    'true',
    true,
  ])
  act(() => {
    fireEvent.keyDown(screen.getByText('inside'), { key: 'Escape' })
  })
  expect([screen.queryByText('inside'), document.activeElement]).toEqual([null, button])
  click('Go to')
  act(() => {
    fireEvent.pointerDown(document.body)
  })
  expect(screen.queryByText('inside')).toBeNull()
})

test('a time is gone to by its field or by a click', () => {
  const onTime = vi.fn()
  render(<JumpMenu onTime={onTime} />)
  act(() => {
    fireEvent.input(screen.getByLabelText('A time'), { target: { value: '2026-05-06T07:08:09' } })
  })
  click('Go there')
  expect(onTime).toHaveBeenLastCalledWith(new Date(2026, 4, 6, 7, 8, 9).toISOString())
  click('First line kept')
  expect(onTime).toHaveBeenLastCalledWith('1970-01-01T00:00:00.000Z')
  act(() => {
    fireEvent.input(screen.getByLabelText('A time'), { target: { value: '' } })
  })
  click('Go there')
  expect(onTime).toHaveBeenCalledTimes(2)
})

test('the last end of the gateway is gone to, and a start that is not known is not', async () => {
  const onTime = vi.fn()
  render(<JumpMenu onTime={onTime} />)
  await vi.waitFor(() => {
    click('Last end')
    expect(onTime).toHaveBeenCalledExactlyOnceWith('2026-05-06T05:00:00.000Z')
  })
  click('Last start')
  expect(onTime).toHaveBeenCalledOnce()
})

test('a download says what it is not chosen by', () => {
  const words = 'Level and subsystem choose among the lines in this list only.'
  const props = { filter: null, view: null, ring: new LogRing(), onDone: vi.fn() }
  const { container, rerender } = render(<DownloadMenu {...props} />)
  expect(container.textContent).not.toContain(words)
  rerender(<DownloadMenu {...props} hasFacts />)
  expect(container.textContent).toContain(words)
})

test('downloads: all, what passes the filter, what is in the list', async () => {
  const ring = new LogRing()
  ring.append(rowsOf([{ text: 'one' }, { text: 'two' }]))
  const view = new LogView(ring)
  view.sync(1_000)
  const onDone = vi.fn()
  render(<DownloadMenu filter={{ text: 'a b', ignoresCase: true }} view={view} ring={ring} onDone={onDone} />)
  const hrefs = () => screen.getAllByRole('link').map((link) => link.getAttribute('href'))
  expect(hrefs()).toEqual([
    '/api/logs/download?format=text',
    '/api/logs/download?format=text&text=a+b&ignoresCase=true',
  ])
  // The router of the page leaves links alone that have a name for the file, and only those.
  for (const link of screen.getAllByRole('link')) expect(link.getAttribute('download')).toMatch(/\.log$/)
  click('JSON lines')
  expect(hrefs()[0]).toBe('/api/logs/download?format=jsonl')
  click('The 2 lines in this list')
  await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce())
  expect(saveText.mock.calls[0]?.[0]).toContain('"text":"two"')
  expect(saveText.mock.calls[0]?.[1]).toMatch(/\.jsonl$/)
})
