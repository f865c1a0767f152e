import { act, cleanup, configure, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ConnectionPreview } from '../../../contract/connections.ts'
import type { Operation } from '../../../contract/schemas.ts'
import { operations } from '../../state/operations.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { ConnectPage } from './connect-page.tsx'
import { KNOWN } from './test-connections.ts'
import { lastConnection } from './use-connection.ts'

configure({ asyncUtilTimeout: 10_000 })

const KEY = 'sk-canary-0123456789abcdef'
const PREVIEW: ConnectionPreview = {
  etags: { env: 'e1', config: 'c1' },
  env: { path: '/x/.env', changed: true, difference: [{ sign: '+', text: 'OPENAI_API_KEY=••••••••' }] },
  config: { path: '/x/razroom.json', changed: false, difference: [] },
  findings: [],
}
const FINISHED: Operation = {
  id: 'op-1',
  kind: 'connect-services',
  state: 'succeeded',
  startedAt: '2026-11-27T12:00:00.000Z',
  finishedAt: '2026-11-27T12:00:09.000Z',
  startedBy: 'page',
  steps: [{ id: 'save-env', title: 'Write .env', state: 'done', did: 'set OPENAI_API_KEY' }],
  output: [],
  changed: true,
}
const version = (file: string, id: string, etag: string, more: object = {}) => ({
  ...{ id, etag, at: '2026-11-27T12:00:00.000Z', by: 'page', sizeBytes: 1, added: 1, removed: 0 },
  ...{ isCurrent: false, reason: `${file}-edit` },
  ...more,
})

const calls: [string, unknown][] = []
let answers: Record<string, () => Response>
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const problem = (status: number, code: string) =>
  json({ type: 'about:blank', title: code, status, code, hint: 'Do something.' }, status)

beforeEach(() => {
  calls.length = 0
  answers = {
    'GET /api/connections': () => json(KNOWN),
    'POST /api/connections/preview': () => json(PREVIEW),
    'POST /api/connections': () => json({ operationId: 'op-1' }, 202),
  }
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string, init: RequestInit) => {
      const key = `${init.method} ${url}`
      calls.push([key, init.body ? JSON.parse(String(init.body)) : undefined])
      return answers[key]?.() ?? problem(404, 'NOT_FOUND')
    }),
  )
  vi.stubGlobal('scrollTo', () => {})
})
afterEach(() => {
  cleanup()
  forgetRemotes()
  operations.value = []
  lastConnection.value = null
  vi.unstubAllGlobals()
})

const settle = () => act(async () => new Promise((resolve) => setTimeout(resolve, 0)))
const open = async () => {
  const { container } = render(<ConnectPage />)
  await screen.findByRole('form', { name: 'Connect' })
  return container
}
const type = (label: string, value: string) =>
  act(async () => void fireEvent.input(screen.getByLabelText(label), { target: { value } }))
const choose = (value: string) =>
  act(async () => void fireEvent.change(screen.getByLabelText('Whose models?'), { target: { value } }))
const press = async (name: string) => {
  await act(async () => void fireEvent.click(screen.getByRole('button', { name })))
  await settle()
}
const bodyOf = (key: string) => calls.findLast(([called]) => called === key)?.[1]
const wasCalled = (key: string) => calls.some(([called]) => called === key)

test('the way from a key to both files', async () => {
  const container = await open()
  await choose('openai')
  expect(screen.getByRole('link', { name: 'Get a key from OpenAI' }).getAttribute('rel')).toContain(
    'noopener',
  )
  await type('Key (OPENAI_API_KEY)', `"${KEY}"`)
  expect(screen.getByText('The quotes around it left out.')).toBeTruthy()
  await press('Take openai/gpt-5.2')
  await press('See what changes')
  const wish = { provider: { id: 'openai', key: `"${KEY}"` }, model: 'openai/gpt-5.2' }
  expect(bodyOf('POST /api/connections/preview')).toEqual(wish)
  expect(document.activeElement?.textContent).toBe('What changes')
  expect(screen.getByText('OPENAI_API_KEY=••••••••')).toBeTruthy()
  expect(container.innerHTML).not.toContain(KEY)
  await press('Connect')
  expect(bodyOf('POST /api/connections')).toEqual({ ...wish, etags: PREVIEW.etags, restart: false })
  expect(screen.getByLabelText('Whose models?')).toHaveProperty('value', '')
  expect(screen.queryByLabelText('Key (OPENAI_API_KEY)')).toBeNull()
})

test('what is wrong is told at once, what is missing when it is asked for, and nothing is sent', async () => {
  await open()
  await choose('openai')
  await type('Key (OPENAI_API_KEY)', 'GROQ_API_KEY=gsk_0123456789')
  expect(screen.getByText(/^It is a line for GROQ_API_KEY/)).toBeTruthy()
  await type('Key (OPENAI_API_KEY)', '')
  await act(async () => void fireEvent.click(screen.getByLabelText('Slack')))
  await type('SLACK_BOT_TOKEN', `xoxb-${'1'.repeat(30)}`)
  expect(screen.queryByText(/^It is missing/)).toBeNull()
  await press('See what changes')
  expect(screen.getByText('It is missing: OpenAI needs a key.')).toBeTruthy()
  expect(screen.getByLabelText('SLACK_APP_TOKEN').getAttribute('aria-invalid')).toBe('true')
  expect(wasCalled('POST /api/connections/preview')).toBe(false)
})

test('what is set is shown as set, and stays unless something is typed', async () => {
  await open()
  expect(screen.getByLabelText('Default model')).toHaveProperty('value', 'xai/grok-4')
  const button = screen.getByRole('button', { name: 'See what changes' })
  expect(button.getAttribute('aria-disabled')).toBe('true')
  await choose('xai')
  expect(screen.getByText('XAI_API_KEY is set: leave this empty to keep it.')).toBeTruthy()
  await press('See what changes')
  expect(bodyOf('POST /api/connections/preview')).toEqual({ provider: { id: 'xai' } })
})

test('a file that changed meanwhile: it is told, with what would change now', async () => {
  await open()
  await choose('xai')
  await press('See what changes')
  const later = { ...PREVIEW, etags: { env: 'e2', config: 'c1' } }
  answers['POST /api/connections'] = () => problem(412, 'ENV_CHANGED')
  answers['POST /api/connections/preview'] = () => json(later)
  await press('Connect')
  expect(screen.getByText('ENV_CHANGED')).toBeTruthy()
  answers['POST /api/connections'] = () => json({ operationId: 'op-1' }, 202)
  await press('Connect')
  expect(bodyOf('POST /api/connections')).toMatchObject({ etags: later.etags })
})

test('undo puts both files back, where they are still what was written', async () => {
  operations.value = [{ ...FINISHED, state: 'running' }]
  lastConnection.value = { operationId: 'op-1', before: { env: 'e1', config: 'c1' } }
  await open()
  await act(async () => {
    operations.value = [FINISHED]
  })
  const now = { isCurrent: true, reason: 'connect-services' }
  answers['GET /api/env/versions'] = () =>
    json([version('env', '2-a', 'e2', now), version('env', '1-a', 'e1')])
  answers['GET /api/config/versions'] = () => json([version('config', '1-b', 'c1', { isCurrent: true })])
  answers['POST /api/env/versions/1-a/restore'] = () =>
    json({ etag: 'e1', changed: true, restartRequired: true })
  await press('Undo the connection')
  expect(screen.getByText(/^Gone back: \.env as before\./)).toBeTruthy()
  expect(calls.filter(([key]) => key.includes('restore'))).toHaveLength(1)
})

test('undo of a file that somebody changed since is refused before anything is put back', async () => {
  operations.value = [{ ...FINISHED, state: 'running' }]
  lastConnection.value = { operationId: 'op-1', before: { env: 'e1', config: 'c1' } }
  await open()
  await act(async () => {
    operations.value = [FINISHED]
  })
  const now = { isCurrent: true, reason: 'connect-services' }
  answers['GET /api/config/versions'] = () =>
    json([version('c', '2-b', 'c2', now), version('c', '1-b', 'c1')])
  answers['GET /api/env/versions'] = () =>
    json([version('e', '3-a', 'e3', { isCurrent: true }), version('e', '1-a', 'e1')])
  await press('Undo the connection')
  expect(screen.getByText('.env can not be put back from here')).toBeTruthy()
  expect(calls.some(([key]) => key.includes('restore'))).toBe(false)
})

test('the connection of somebody else has no undo here', async () => {
  operations.value = [{ ...FINISHED, id: 'op-2', state: 'running' }]
  lastConnection.value = { operationId: 'op-1', before: { env: 'e1', config: 'c1' } }
  await open()
  await act(async () => {
    operations.value = [{ ...FINISHED, id: 'op-2' }]
  })
  expect(screen.getByText('It is connected')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Undo the connection' })).toBeNull()
})
