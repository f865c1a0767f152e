import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import type { ComponentType } from 'preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AuditEntry } from '../../../contract/audit.ts'
import type { LogFrame, LogStreamOptions } from '../../api/logs.ts'
import { rowsOf } from './test-rows.ts'

configure({ asyncUtilTimeout: 10_000 })

let stream: LogStreamOptions | null = null
vi.mock('../../api/logs.ts', () => ({
  openLogStream: (options: LogStreamOptions) => {
    stream = options
    return { retry: () => undefined, close: () => undefined }
  },
  loadOlderLines: async () => ({ lines: [], hasMore: false }),
}))

const START: AuditEntry = {
  ...{ seq: 1, at: '2026-01-01T23:59:59.500Z', kind: 'gateway', action: 'gateway.started', details: [] },
  ...{ what: 'The gateway started', who: { by: 'panel' }, outcome: 'done' },
}
const life = vi.hoisted(() => ({ entries: [] as unknown[] }))
vi.mock('../../api/gateway-life.ts', () => ({
  loadNewestLife: async () => ({ entries: life.entries, from: -Infinity, pages: [] }),
}))

const LINES = [
  { text: '\x1b[36m[gateway]\x1b[39m \x1b[36mready\x1b[39m', time: '2026-01-01T23:59:59Z' },
  { text: '[canvas] error: could not start', time: '2026-01-02T00:00:01Z' },
  { text: '    at run (a.js:1:1)', time: '2026-01-02T00:00:01Z' },
  { text: '[canvas] warn: slow start', time: '2026-01-02T00:00:02Z', stream: 'stderr' as const },
  { text: '{"level":30,"name":"api","msg":"done"}', time: '2026-01-02T00:00:03Z' },
]

let Page: ComponentType

beforeEach(async () => {
  vi.resetModules()
  localStorage.setItem('razroom-panel.log-times', 'utc')
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true
  }
  Page = (await import('./logs-page.tsx')).LogsPage
  render(<Page />)
  await take({ type: 'lines', rows: rowsOf(LINES) }, { type: 'live' })
  await waitFor(() => expect(rows()).toHaveLength(LINES.length))
  await screen.findByRole('group', { name: /Levels/ })
})
afterEach(() => {
  cleanup()
  localStorage.clear()
})

const frame = () => act(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))))
async function take(...frames: LogFrame[]): Promise<void> {
  for (const one of frames) stream?.onFrame(one)
  await frame()
  await frame()
}
const rows = () => [...document.querySelectorAll<HTMLElement>('.log-row:not(.log-probe)')]
const texts = () => rows().map((row) => row.querySelector('.log-text')?.textContent)
const press = async (name: RegExp | string) => {
  fireEvent.click(screen.getByRole('button', { name }))
  await frame()
}
const key = async (name: string) => {
  fireEvent.keyDown(document.body, { key: name })
  await frame()
  await frame()
}
const type = async (text: string) => {
  fireEvent.input(screen.getByRole('searchbox'), { target: { value: text } })
  await frame()
  await frame()
}
const current = () => document.querySelector('[data-current] .log-text')?.textContent

test('each level, stream and subsystem says how many lines it has', () => {
  const facts = within(screen.getByRole('group', { name: /Levels/ }))
  expect(facts.getAllByRole('button').map((one) => one.textContent)).toEqual([
    'Error 2',
    'Warning 1',
    'Info 2',
    'Output 4',
    'Error output 1',
  ])
  expect(facts.getAllByRole('option').map((one) => one.textContent)).toEqual([
    'Subsystem…',
    'canvas (3)',
    'api (1)',
    'gateway (1)',
  ])
})

test('each line has the level that it is counted with', () => {
  expect(rows().map((one) => one.dataset.level)).toEqual(['info', 'error', 'error', 'warn', 'info'])
})

test('filters narrow the list, chips say so, one click clears all', async () => {
  await press(/^Warning/)
  await press(/^Error 2/)
  expect(texts()).toHaveLength(3)
  await press(/^Error output/)
  expect(texts()).toEqual(['[canvas] warn: slow start'])
  const chips = await screen.findByRole('list', { name: 'Active filters' })
  expect(
    within(chips)
      .getAllByRole('listitem')
      .map((one) => one.textContent),
  ).toEqual(['Warning', 'Error', 'Error output', 'Clear all'])
  await press(/^Error output: take/)
  expect(texts()).toHaveLength(3)
  await press('Clear all')
  expect(texts()).toHaveLength(LINES.length)
  expect(screen.queryByRole('list', { name: 'Active filters' })).toBeNull()
})

test('filters stay while other pages are looked at', async () => {
  await press(/^Warning/)
  cleanup()
  render(<Page />)
  await waitFor(() => expect(texts()).toEqual(['[canvas] warn: slow start']))
})

test('a subsystem is chosen from the list', async () => {
  fireEvent.change(screen.getByRole('combobox', { name: 'Subsystem' }), { target: { value: 'api' } })
  await frame()
  expect(texts()).toEqual(['{"level":30,"name":"api","msg":"done"}'])
})

test('a text is marked, and n and N go round among its lines', async () => {
  await type('START')
  expect(texts()).toEqual(['[canvas] error: could not start', '[canvas] warn: slow start'])
  expect([...document.querySelectorAll('mark')].map((one) => one.textContent)).toEqual(['start', 'start'])
  await press(/^Mark:|^Mark /)
  expect(texts()).toHaveLength(LINES.length)
  // From the end of the log the first step leads to its newest line with the text.
  await key('n')
  expect(current()).toBe('[canvas] warn: slow start')
  expect(document.querySelector('.log-matches')?.textContent).toBe('2 of 2')
  await key('n')
  expect(current()).toBe('[canvas] error: could not start')
  await key('N')
  expect(current()).toBe('[canvas] warn: slow start')
  // And who goes on following is at none of them any more.
  await key('f')
  expect(current()).toBeUndefined()
})

test('exact case and lines without the text', async () => {
  await type('START')
  await press(/^Aa/)
  expect(document.querySelector('.log-nothing')?.textContent).toContain(
    'None of the lines that are here has “START” in it.',
  )
  await press(/^Not/)
  expect(texts()).toHaveLength(LINES.length)
  expect(document.querySelectorAll('mark')).toHaveLength(0)
})

test('times: the choice is made, shown, and remembered; a new day is told', async () => {
  const times = () => rows().map((row) => row.querySelector('.log-time')?.textContent)
  expect(times()[0]).toBe('23:59:59.000Z')
  expect([...document.querySelectorAll('.log-day')].map((one) => one.textContent)).toEqual([
    'Fri, 2 Jan 2026',
  ])
  fireEvent.change(screen.getByRole('combobox', { name: 'Times' }), { target: { value: 'relative' } })
  await frame()
  expect(times()[0]).toMatch(/ days ago$/)
  expect(localStorage.getItem('razroom-panel.log-times')).toBe('relative')
  await key('t')
  expect(times()[0]).toBeUndefined()
})

test('a stack is a block with its error; JSON unfolds in its place and folds again', async () => {
  expect(rows().map((row) => row.dataset.edge)).toEqual([undefined, 'first', 'last', undefined, undefined])
  await press('Unfold JSON')
  await screen.findByRole('button', { name: 'Fold JSON' })
  expect(texts()[4]).toBe('{\n  "level": 30,\n  "name": "api",\n  "msg": "done"\n}')
  await press('Fold JSON')
  expect(texts()[4]).toBe('{"level":30,"name":"api","msg":"done"}')
})

test('g goes to the oldest line, e to the error, f back to the end', async () => {
  const follow = () => screen.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed')
  expect(follow()).toBe('true')
  await key('g')
  expect([follow(), current()]).toEqual(['false', undefined])
  await key('e')
  expect(current()).toBe('[canvas] error: could not start')
  await key('f')
  expect(follow()).toBe('true')
})

test('who stops following at the end stays stopped, though the list still tells of its own scrolling', async () => {
  const follow = () => screen.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed')
  await press('Follow')
  fireEvent.scroll(screen.getByRole('log'))
  await frame()
  expect(follow()).toBe('false')
  screen.getByRole('log').scrollTop = 50
  fireEvent.scroll(screen.getByRole('log'))
  await frame()
  expect(follow()).toBe('true')
})

test('the keys are explained, and are left alone while somebody types', async () => {
  await key('?')
  const dialog = await waitFor(() => screen.getByRole('dialog', { name: 'Keys' }))
  expect(dialog.textContent).toContain('sudo razroom-panel logs -f')
  fireEvent.keyDown(screen.getByRole('searchbox'), { key: ' ' })
  await frame()
  expect(screen.getByRole('button', { name: 'Pause' }).getAttribute('aria-pressed')).toBe('false')
  await key(' ')
  expect(screen.getByRole('button', { name: 'Pause' }).getAttribute('aria-pressed')).toBe('true')
})

test('all lines are copied, with their times, also those that are out of sight', async () => {
  const many = Array.from({ length: 500 }, (_, number) => ({
    text: `line ${number}`,
    time: '2026-01-03T00:00:00Z',
  }))
  await take({ type: 'lines', rows: rowsOf(many) })
  expect(rows().length).toBeLessThan(100)
  const list = screen.getByRole('log')
  act(() => void list.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true })))
  const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), cancelable: true })
  act(() => void document.dispatchEvent(event))
  const copied = event.clipboardData?.getData('text/plain').split('\n') ?? []
  expect(copied).toHaveLength(LINES.length + 500)
  expect(copied[0]).toBe('2026-01-01T23:59:59.000Z [gateway] ready')
  expect(copied.at(-1)).toBe('2026-01-03T00:00:00.000Z line 499')
  await frame()
  expect(screen.getAllByRole('status').some((one) => one.textContent === '505 lines copied')).toBe(true)
})

test('starts and ends of the gateway stand between the lines, read again when the audit log grows', async () => {
  const marks = () => rows().map((row) => row.querySelector('.log-life')?.textContent ?? '')
  expect(marks().join('')).toBe('')
  life.entries = [START]
  const { auditLatest } = await import('../../state/audit.ts')
  act(() => {
    auditLatest.value = 1
  })
  await waitFor(() => expect(marks()).toEqual(['', '23:59:59.500Z The gateway started', '', '', '']))
  life.entries = []
})
