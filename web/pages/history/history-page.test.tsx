import { act, cleanup, configure, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AuditEntry, AuditPage } from '../../../contract/audit.ts'
import { auditFilter, auditLatest } from '../../state/audit.ts'
import { now } from '../../state/clock.ts'
import { operations } from '../../state/operations.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { HistoryPage } from './history-page.tsx'

configure({ asyncUtilTimeout: 10_000 })

const NOW = new Date(2026, 10, 27, 12, 0, 0).getTime()
const HOUR_MS = 3_600_000
const ago = (ms: number) => new Date(NOW - ms).toISOString()
const entry = (seq: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ seq, at: ago(HOUR_MS), kind: 'change', action: 'PUT /api/env', what: 'Save .env', details: [] },
  who: { by: 'page', uid: 1000, user: 'alice', session: '0123abcd' },
  outcome: 'done',
  ...more,
})

let answer: (url: URL) => AuditPage | number
const calls: string[] = []
const settle = () =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
const page = (entries: AuditEntry[], more: Partial<AuditPage> = {}): AuditPage => ({
  ...{ entries, hasMore: false, unreadable: 0 },
  ...more,
})

beforeEach(() => {
  forgetRemotes()
  calls.length = 0
  now.value = NOW
  operations.value = []
  auditFilter.value = { kind: null, outcome: null }
  auditLatest.value = 0
  vi.stubGlobal('fetch', async (path: string) => {
    calls.push(path)
    const given = answer(new URL(path, 'http://x'))
    if (typeof given === 'number') return new Response('{}', { status: given })
    return new Response(JSON.stringify(given), { headers: { 'content-type': 'application/json' } })
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

test('entries are grouped by day, with what, who, when, and what became of it', async () => {
  answer = () =>
    page([
      entry(3, {
        ...{
          what: 'Rotate the token',
          outcome: 'failed',
          code: 'DISK_FULL',
          tookMs: 12_000,
          action: 'operation.x',
        },
        who: { by: 'cli', uid: 0, user: 'root', saidUid: 1000, saidUser: 'alice' },
      }),
      entry(2, {
        file: 'env',
        details: [
          { name: 'set', value: 'A, B' },
          { name: 'gatewayPort', value: '1' },
          { name: 'at', value: '2026-01-01T10:57:29.750682287Z' },
        ],
      }),
      entry(1, {
        at: ago(24 * HOUR_MS),
        kind: 'refusal',
        what: 'Refused',
        outcome: 'refused',
        more: 5_000,
        who: { by: 'stranger', uid: 65_534 },
      }),
    ])
  render(<HistoryPage />)
  await settle()
  const today = within(screen.getByRole('region', { name: 'Today' }))
  const yesterday = within(screen.getByRole('region', { name: 'Yesterday' }))
  const [failed, saved] = today.getAllByRole('listitem')
  expect(failed?.textContent).toContain(
    'root (0) in a shell, by razroom-panel, by sudo of alice (1000) as it says itself',
  )
  expect(failed?.textContent).toContain('took 12 s')
  expect(failed?.textContent).toContain('The disk is full DISK_FULL')
  expect(saved?.textContent).toContain('set A, B · gateway port 1 · at ')
  expect(saved?.textContent).not.toContain('29.750682287Z')
  expect(saved?.textContent).toContain('1 h ago')
  expect(saved?.querySelector('time')?.dateTime).toBe(ago(HOUR_MS))
  expect(today.getByRole('link', { name: 'Versions of .env' }).getAttribute('href')).toBe('/environment')
  expect(yesterday.getByRole('listitem').textContent).toContain('5,000 more')
  expect(yesterday.getByRole('listitem').textContent).toContain('User 65534, not logged in')
})

test('kind and outcome are asked for', async () => {
  answer = ({ searchParams }) => page(searchParams.get('kind') === 'secret' ? [] : [entry(1)])
  render(<HistoryPage />)
  await settle()
  fireEvent.change(screen.getByLabelText('What'), { target: { value: 'secret' } })
  await settle()
  expect(calls.at(-1)).toBe('/api/audit?limit=100&kind=secret')
  expect(screen.getByText('There is no entry of the kind.')).toBeTruthy()
  fireEvent.change(screen.getByLabelText('Outcome'), { target: { value: 'failed' } })
  await settle()
  expect(calls.at(-1)).toBe('/api/audit?limit=100&kind=secret&outcome=failed')
})

test('older entries come by a click, newer ones by themselves', async () => {
  answer = ({ searchParams }) => {
    const before = Number(searchParams.get('before') ?? 99)
    return before > 2 ? page([entry(3), entry(2)], { hasMore: true }) : page([entry(1)])
  }
  render(<HistoryPage />)
  await settle()
  expect(screen.getAllByRole('listitem')).toHaveLength(2)
  fireEvent.click(screen.getByRole('button', { name: 'Load older entries' }))
  await settle()
  expect(calls.at(-1)).toBe('/api/audit?limit=100&before=2')
  expect(screen.getAllByRole('listitem')).toHaveLength(3)
  expect(screen.queryByRole('button', { name: 'Load older entries' })).toBeNull()
  answer = () => page([entry(4), entry(3)], { hasMore: true })
  act(() => {
    auditLatest.value = 4
  })
  await settle()
  expect(screen.getAllByRole('listitem')).toHaveLength(4)
})

test('the steps of an operation are shown while the panel remembers them', async () => {
  operations.value = [
    {
      ...{ id: 'op', kind: 'backup', state: 'succeeded', startedAt: ago(9_000), finishedAt: ago(0) },
      ...{ startedBy: 'page', output: [], changed: true },
      steps: [{ id: 'a', title: 'Pack it', state: 'done' }],
    },
  ]
  answer = () =>
    page([entry(2, { action: 'operation.backup', operationId: 'op' }), entry(1, { operationId: 'gone' })])
  render(<HistoryPage />)
  await settle()
  fireEvent.click(screen.getByRole('button', { name: /^Show 1 step of/ }))
  expect(screen.getByText('Pack it')).toBeTruthy()
})

test('nothing, what can not be read, and lines that are ruins are said', async () => {
  answer = () => page([])
  render(<HistoryPage />)
  await settle()
  expect(screen.getByText('Nothing is written down yet.')).toBeTruthy()
  answer = () => 500
  act(() => {
    auditLatest.value = 1
  })
  const again = await screen.findByRole('button', { name: 'Try again' })
  answer = () => page([entry(1)], { unreadable: 2 })
  fireEvent.click(again)
  expect(await screen.findByText(/^2 lines of the log can not be read/)).toBeTruthy()
})
