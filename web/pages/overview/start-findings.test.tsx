import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DoctorReport } from '../../../contract/doctor.ts'
import type { GatewayStatus, Operation, Status } from '../../../contract/schemas.ts'
import { now } from '../../state/clock.ts'
import { operations } from '../../state/operations.ts'
import { StartFindings } from './start-findings.tsx'
import { StartProgress } from './start-progress.tsx'

const finding = { evidence: 'x', meaning: '', certainty: 'certain', severity: 'error' } as const
const REPORT: DoctorReport = {
  at: '2026-01-01T00:00:00Z',
  checks: [],
  findings: [
    { ...finding, id: 'gateway.failed', check: 'gateway', title: 'It ended' },
    { ...finding, id: 'config.findings', check: 'config', title: 'Wrong mode', fix: { label: 'Set it' } },
    { ...finding, id: 'note', check: 'unit', title: 'A note', severity: 'info' },
  ],
}
const calls: string[] = []
let report: DoctorReport
let logLine: { time: string; text: string } | null

const operation = (more: Partial<Operation>): Operation => ({
  id: 'op',
  kind: 'start-gateway',
  state: 'failed',
  startedAt: new Date().toISOString(),
  startedBy: 'page',
  steps: [],
  output: [],
  changed: false,
  ...more,
})
const statusOf = (gateway: Partial<GatewayStatus>) => ({ gateway }) as Status

beforeEach(() => {
  calls.length = 0
  report = REPORT
  logLine = null
  now.value = Date.now()
  HTMLDialogElement.prototype.showModal ??= () => {}
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    calls.push(`${init.method} ${url}`)
    const lines = logLine ? [{ cursor: 'c', stream: 'stdout', ...logLine }] : []
    const body = url.startsWith('/api/logs') ? { lines, hasMore: false } : report
    return new Response(JSON.stringify(init.method === 'POST' ? { operationId: 'a' } : body))
  })
})
afterEach(() => {
  cleanup()
  operations.value = []
  vi.unstubAllGlobals()
})

const settle = () =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
async function show(gateway: Partial<GatewayStatus>): Promise<Element> {
  const work: Promise<void>[] = []
  const { container } = render(
    <StartFindings status={statusOf(gateway)} reason={undefined} report={(one) => work.push(one)} />,
  )
  await settle()
  return container
}

test.each([
  ['it runs', { state: 'running', healthy: true }, operation({})],
  ['it was stopped', { state: 'stopped', healthy: false }, null],
  ['another kind failed', { state: 'stopped', healthy: false }, operation({ kind: 'backup' })],
  ['a start goes on', { state: 'failed', healthy: false }, operation({ state: 'running' })],
] as const)('nothing is looked at where %s', async (_name, gateway, last) => {
  operations.value = last ? [last] : []
  expect((await show(gateway)).textContent).toBe('')
  expect(calls).toEqual([])
})

test('a gateway that failed: what is found comes by itself, with the button that mends it', async () => {
  await show({ state: 'failed', healthy: false, since: 's', exitCode: 1 })
  expect(calls).toEqual(['GET /api/doctor?about=start'])
  const card = screen.getByRole('region', { name: 'What the doctor finds' })
  expect(card.textContent).toContain('Wrong mode')
  expect(card.textContent).not.toMatch(/It ended|A note/)
  fireEvent.click(screen.getByRole('button', { name: 'Mend: Wrong mode' }))
  fireEvent.click(within(screen.getByRole('dialog', { hidden: true })).getByText('Mend'))
  await settle()
  expect(calls).toContain('POST /api/doctor/config.findings/fix')
})

test('a start that failed before there was a container counts, too; nothing found is said', async () => {
  operations.value = [operation({})]
  report = { ...REPORT, findings: [] }
  const container = await show({ state: 'stopped', healthy: false })
  expect(container.textContent).toContain('found nothing that keeps the gateway from starting')
})

const start = async (ageMs: number, usualStartMs?: number) => {
  const since = new Date(now.value - ageMs).toISOString()
  const gateway = { since, ...(usualStartMs === undefined ? {} : { usualStartMs }) } as GatewayStatus
  const { container } = render(<StartProgress gateway={gateway} />)
  await settle()
  return { text: container.textContent, bar: screen.getByRole<HTMLProgressElement>('progressbar') }
}

test('a start beside those before: the bar grows while that says something, and not longer', async () => {
  const during = await start(25_000, 100_000)
  expect(during.text).toContain('25 s so far. The last starts here took up to 1 min 40 s.')
  expect(during.bar.getAttribute('value')).toBe('25')
  cleanup()
  const late = await start(101_000, 100_000)
  expect(late.text).toContain('longer than the 1 min 40 s of the last starts')
  expect(late.bar.hasAttribute('value')).toBe(false)
  cleanup()
  const unknown = await start(5_000)
  expect(unknown.text).toContain('No start was timed here yet')
  expect(unknown.bar.hasAttribute('value')).toBe(false)
})

test('the frame of a box is not a last line', async () => {
  logLine = { time: new Date(now.value).toISOString(), text: '├──────╯' }
  expect((await start(5_000)).text).not.toContain('├')
})

test('the last line of this start is shown, not one of before', async () => {
  logLine = { time: new Date(now.value - 60_000).toISOString(), text: 'of before' }
  expect((await start(5_000)).text).not.toContain('of before')
  cleanup()
  logLine = { time: new Date(now.value).toISOString(), text: '\x1b[36m[plugins]\x1b[39m compiling' }
  expect((await start(5_000)).text).toContain('[plugins] compiling')
})
