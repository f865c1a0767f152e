/** The environment page over a panel that answers from memory. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, vi } from 'vitest'
import type { EnvEntry } from '../../../contract/env.ts'
import type { Finding } from '../../../contract/schemas.ts'
import type { FileVersion } from '../../../contract/versions.ts'
import { connection } from '../../state/connection.ts'
import { envDocument, envLatestEtag } from '../../state/env.ts'
import { forgetRemotes } from '../../state/remote.ts'
import * as editor from './env-editor.ts'
import { EnvironmentPage } from './environment-page.tsx'
import { importRequest } from './import-dialog.tsx'

export const SECRET = 'sk-very-secret-0123456789'

export function assignment(line: number, key: string, value: string, part: Partial<EnvEntry> = {}): EnvEntry {
  const length = value.length
  return { line, kind: 'assignment', key, value, masked: false, length, isEffective: true, ...part }
}

export function secret(line: number, key: string, length: number): EnvEntry {
  return { line, kind: 'assignment', key, masked: true, length, isEffective: true }
}

export function comment(line: number, text: string): EnvEntry {
  return { line, kind: 'comment', text, masked: false, length: 0, isEffective: true }
}

interface Panel {
  etag: string
  exists: boolean
  entries: EnvEntry[]
  findings: Finding[]
  /** What revealing the whole file answers. */
  text: string
  versions: FileVersion[]
  checkFindings: Finding[]
  answerToSave: () => Response
}

const FRESH = {
  etag: 'v1',
  exists: true,
  entries: [comment(1, '# top'), secret(2, 'API_KEY', 25), assignment(3, 'NAME', '"x"')],
  findings: [
    {
      id: 'env.quotes',
      severity: 'warning' as const,
      title: 'podman keeps the quotes',
      evidence: '',
      line: 3,
      fix: { label: 'Remove the quotes', preview: 'NAME=x' },
    },
  ],
  text: `# top\nAPI_KEY=${SECRET}\nNAME="x"\n`,
  versions: [],
  checkFindings: [],
}

/** The panel's memory; each test begins with the same. */
export const panel: Panel = { ...FRESH, answerToSave: () => new Response() }
/** Method, address, body and If-Match of each request. */
export const calls: [string, string, unknown, string | undefined][] = []

export const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status })

/** A failure as the panel words it. */
export function problem(status: number, code: string, title = code): Response {
  return json({ type: 'about:blank', title, status, code, hint: '' }, status)
}

/** A save that finds the file as another one by now. */
export function changedMeanwhile(change: Partial<Panel>): void {
  panel.answerToSave = () => {
    Object.assign(panel, change)
    return problem(412, 'ENV_CHANGED', 'The file was changed meanwhile')
  }
}

async function answer(url: string, init: RequestInit): Promise<Response> {
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
  const headers = new Headers(init.headers)
  calls.push([init.method ?? '', url, body, headers.get('if-match') ?? undefined])
  if (url === '/api/env/versions') return json(panel.versions)
  if (url.startsWith('/api/env/versions/')) return panel.answerToSave()
  if (init.method === 'GET') {
    const { etag, exists, entries, findings } = panel
    return json({ path: '/home/razroom/.razroom/.env', exists, etag, isUtf8: true, entries, findings })
  }
  if (url === '/api/env/reveal') {
    return json({ text: body.line === undefined ? panel.text : SECRET, etag: panel.etag })
  }
  if (url === '/api/env/check') return json({ verdict: 'clean', findings: panel.checkFindings })
  return panel.answerToSave()
}

/** The bodies of the saves so far. */
export const saves = (): unknown[] => calls.filter(([method]) => method === 'PUT').map(([, , body]) => body)

/** Lets answers arrive and the page follow them. */
export async function settle(ms = 50): Promise<void> {
  // Twice, since the second renders what the first brought.
  for (const part of [ms, 1]) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(part)
    })
  }
}
export const row = (name: string): HTMLElement => screen.getByRole('row', { name })
export async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}
export async function type(label: string | RegExp, value: string): Promise<void> {
  fireEvent.input(screen.getByLabelText(label), { target: { value } })
  await settle()
}
/** Adds a row for a variable of one's own. */
export async function addOwn(key: string, value?: string): Promise<void> {
  await press('Add variable')
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' })
  await settle()
  await type('Name of the new variable', key)
  if (value !== undefined) await type('Value of the new variable', value)
}
/** What saving would change, a line each, with its sign. */
export const difference = (): string[] =>
  [...document.querySelectorAll('.save-bar .difference li')].map(
    (line) => `${line.getAttribute('data-sign')}${line.lastElementChild?.textContent}`,
  )

export async function show(): Promise<void> {
  render(<EnvironmentPage />)
  await settle()
}

/** Registers what each test begins and ends with. @param change the panel's memory before the page opens */
export function setUpPage(change: Partial<Panel> = {}): void {
  beforeEach(async () => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', vi.fn(answer))
    Object.assign(panel, FRESH, change)
    panel.answerToSave = () => {
      panel.etag = 'v2'
      return json({ etag: 'v2', changed: true, restartRequired: false })
    }
    calls.length = 0
    editor.reset()
    editor.base.value = null
    editor.theirs.value = null
    editor.saved.value = null
    editor.mode.value = 'table'
    importRequest.value = null
    envDocument.value = null
    envLatestEtag.value = null
    connection.value = { kind: 'open' }
    forgetRemotes()
    await show()
  })
  afterEach(() => {
    cleanup()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
}
