import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DoctorReport } from '../../../contract/doctor.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { DoctorPage } from './doctor-page.tsx'

const check = { title: 'Linger', looked: 'loginctl', said: 'off', tookMs: 3, isSlow: false }
const well: DoctorReport = {
  at: '2026-01-01T00:00:00Z',
  findings: [],
  checks: [{ ...check, id: 'linger', outcome: 'ok' }],
}
const broken: DoctorReport = {
  ...well,
  checks: [
    { ...check, id: 'linger', outcome: 'found' },
    { ...check, id: 'disk', title: 'Disk', outcome: 'failed', said: 'no answer' },
  ],
  findings: [
    {
      id: 'linger.off',
      check: 'linger',
      severity: 'warning',
      title: 'No linger',
      evidence: 'no file',
      meaning: 'It ends.',
      certainty: 'certain',
      page: '/settings',
      hint: 'Debian: sudo apt install x. Fedora: sudo dnf install x.',
      fix: { label: 'Turn linger on', preview: 'loginctl enable-linger razroom' },
    },
    {
      id: 'port.1',
      check: 'ports',
      severity: 'error',
      title: 'Port 1 is taken',
      evidence: 'by x',
      meaning: 'It cannot start.',
      certainty: 'likely',
      hint: 'Run: sudo kill 7',
    },
  ],
}
let answer: DoctorReport = well
const calls: string[] = []

const settle = () =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
  })

beforeEach(() => {
  forgetRemotes()
  calls.length = 0
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true
  }
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    calls.push(`${init?.method} ${url}`)
    const body = init?.method === 'POST' ? { operationId: 'a' } : answer
    return new Response(JSON.stringify(body))
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

test('looks when it is opened, says that all is well, and looks again when told', async () => {
  answer = well
  render(<DoctorPage />)
  await settle()
  expect(screen.getByText('All is well')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Run again' }))
  await settle()
  fireEvent.click(screen.getByRole('button', { name: 'Run the slow checks' }))
  await settle()
  expect(calls).toEqual(['GET /api/doctor', 'GET /api/doctor', 'GET /api/doctor?slow=true'])
})

test('groups what it found, the worst first, and says what could not be looked at', async () => {
  answer = broken
  render(<DoctorPage />)
  await settle()
  expect(screen.getByText('2 things need attention')).toBeTruthy()
  expect(screen.getByText(/Could not look: Disk \(no answer\)/)).toBeTruthy()
  const titles = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)
  expect(titles).toEqual(['Problems', 'Warnings'])
  expect(screen.getByText('sudo kill 7')).toBeTruthy()
  expect(screen.getByText('Debian: sudo apt install x. Fedora: sudo dnf install x.')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Open the settings' }).getAttribute('href')).toBe('/settings')
})

test('mends after it has shown what it would do', async () => {
  answer = broken
  render(<DoctorPage />)
  await settle()
  expect(screen.getAllByRole('button', { name: /^Mend: / })).toHaveLength(1)
  fireEvent.click(screen.getByRole('button', { name: 'Mend: No linger' }))
  const dialog = screen.getByRole('dialog')
  expect(within(dialog).getByText('loginctl enable-linger razroom')).toBeTruthy()
  expect(calls).not.toContain('POST /api/doctor/linger.off/fix')
  fireEvent.click(within(dialog).getByRole('button', { name: 'Mend' }))
  await settle()
  expect(calls).toContain('POST /api/doctor/linger.off/fix')
})

test('a check that found a note alone is no warning', async () => {
  const [finding] = broken.findings
  if (finding === undefined) throw new Error('no finding')
  answer = {
    ...well,
    checks: [
      { ...check, id: 'cgroups', title: 'Groups', outcome: 'found' },
      { ...check, id: 'linger', outcome: 'found' },
    ],
    findings: [finding, { ...finding, id: 'cgroups.delegation', check: 'cgroups', severity: 'info' }],
  }
  const { container } = render(<DoctorPage />)
  await settle()
  const outcomeOf = (id: string) =>
    container.querySelector(`[data-check="${id}"]`)?.getAttribute('data-outcome')
  expect([outcomeOf('cgroups'), outcomeOf('linger')]).toEqual(['note', 'found'])
})
