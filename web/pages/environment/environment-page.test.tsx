import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { envDocument, envLatestEtag } from '../../state/env.ts'
import * as editor from './env-editor.ts'
import { EnvironmentPage } from './environment-page.tsx'

const SECRET = 'sk-very-secret-0123456789'
let etag = 'v1'
let answerToSave: () => Response
const calls: [string, string, unknown][] = []

const documentNow = () => ({
  path: '/home/razroom/.razroom/.env',
  exists: true,
  etag,
  isUtf8: true,
  findings: [{ id: 'q', severity: 'warning', title: 'podman keeps the quotes', evidence: '', line: 3 }],
  entries: [
    { line: 1, kind: 'comment', text: '# top', masked: false, length: 0, isEffective: true },
    { line: 2, kind: 'assignment', key: 'API_KEY', masked: true, length: 25, isEffective: true },
    { line: 3, kind: 'assignment', key: 'NAME', value: '"x"', masked: false, length: 3, isEffective: true },
  ],
})

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })

async function answer(url: string, init: RequestInit): Promise<Response> {
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
  calls.push([init.method ?? '', url, body])
  if (init.method === 'GET') return json(documentNow())
  if (url === '/api/env/reveal') return json({ text: SECRET, etag })
  if (url === '/api/env/check') return json({ verdict: 'clean', findings: [] })
  return answerToSave()
}

const settle = () =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(50)
  })
const row = (name: string) => screen.getByRole('row', { name })
const press = async (name: string) => {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}
const type = async (label: string, value: string) => {
  fireEvent.input(screen.getByLabelText(label), { target: { value } })
  await settle()
}

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', vi.fn(answer))
  etag = 'v1'
  calls.length = 0
  answerToSave = () => {
    etag = 'v2'
    return json({ etag, changed: true, restartRequired: false })
  }
  editor.discard()
  editor.base.value = null
  editor.saved.value = null
  envDocument.value = null
  envLatestEtag.value = null
  render(<EnvironmentPage />)
  await settle()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a secret is not in the page until it is asked for, and for 30 seconds only', async () => {
  expect(document.body.innerHTML).not.toContain(SECRET)
  expect(row('API_KEY').textContent).toContain('25 characters')
  await press('Reveal API_KEY')
  expect(row('API_KEY').textContent).toContain(SECRET)
  expect(calls.at(-1)).toEqual(['POST', '/api/env/reveal', { line: 2 }])
  await act(async () => {
    await vi.advanceTimersByTimeAsync(30_100)
  })
  expect(document.body.innerHTML).not.toContain(SECRET)
})

test('comments stand in their place, and findings at their line', () => {
  const rows = screen.getAllByRole('row').map((element) => element.textContent)
  expect(rows[1]).toBe('# top')
  expect(row('NAME').textContent).toContain('podman keeps the quotes')
})

test('edits are shown as a difference and saved with the version they were made on', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'y')
  await press('Edit API_KEY')
  await type('Value of API_KEY', 'another-secret-1')
  await press('Add variable')
  await type('Name of the new variable', 'NEW=value')
  const difference = within(screen.getByRole('region', { name: 'Unsaved changes' })).getAllByRole('listitem')
  expect(difference.map(({ textContent }) => textContent)).toEqual([
    '-removed: API_KEY=•••••••• (25 characters)',
    '+added: API_KEY=•••••••• (16 characters)',
    '-removed: NAME="x"',
    '+added: NAME=y',
    '+added: NEW=value',
  ])
  await press('Save')
  expect(calls.find(([method]) => method === 'PUT')?.[2]).toEqual({
    edits: [
      { op: 'set', key: 'API_KEY', value: 'another-secret-1', line: 2 },
      { op: 'set', key: 'NAME', value: 'y', line: 3 },
      { op: 'set', key: 'NEW', value: 'value' },
    ],
  })
  expect(screen.getByText('Saved.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
})

test('a bad name can not be saved', async () => {
  await press('Add variable')
  await type('Name of the new variable', '1X')
  const save = screen.getByRole('button', { name: 'Save' })
  expect(save.getAttribute('aria-disabled')).toBe('true')
  await press('Save')
  expect(calls.some(([method]) => method === 'PUT')).toBe(false)
})

test('a file that was changed meanwhile loses nothing that was typed', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'mine')
  answerToSave = () => {
    etag = 'v9'
    return json(
      {
        type: 'about:blank',
        title: 'The file was changed meanwhile',
        status: 412,
        code: 'ENV_CHANGED',
        hint: '',
      },
      412,
    )
  }
  await press('Save')
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'mine')
  await press('Load theirs, keep my edits')
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'mine')
  answerToSave = () => json({ etag: 'v10', changed: true, restartRequired: false })
  await press('Save')
  expect(screen.getByText('Saved.')).toBeTruthy()
})

test('edits survive another page and news of the machine; without edits the file is read anew', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'typed')
  cleanup()
  render(<EnvironmentPage />)
  etag = 'v5'
  envLatestEtag.value = 'v5'
  await settle()
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'typed')
  expect(screen.getByRole('alert').textContent).toContain('was changed meanwhile')
  await press('Discard')
  expect(row('NAME').textContent).toContain('"x"')
  const reads = calls.length
  etag = 'v6'
  envLatestEtag.value = 'v6'
  await settle()
  expect(calls.slice(reads)).toEqual([['GET', '/api/env', undefined]])
})

test('closing the page with edits asks first', async () => {
  const leave = () => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  expect(leave()).toBe(false)
  await press('Remove NAME')
  expect(leave()).toBe(true)
  await press('Undo NAME')
  expect(leave()).toBe(false)
})
