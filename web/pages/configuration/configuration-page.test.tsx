import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ConfigDocument } from '../../../contract/config.ts'
import type { Finding } from '../../../contract/schemas.ts'
import type { FileVersion } from '../../../contract/versions.ts'
import { configDocument, configLatestEtag } from '../../state/config.ts'
import { forgetVersions } from '../../state/versions.ts'
import type { CodeEditorProps } from './code-editor.tsx'
import * as editor from './config-editor.ts'
import { ConfigurationPage } from './configuration-page.tsx'

/** The page without CodeMirror, which needs a browser that lays out. */
vi.mock('./code-editor.tsx', () => ({
  CodeEditor: (props: CodeEditorProps) => (
    <textarea
      aria-label={props.label}
      readOnly={props.isReadOnly}
      data-marks={props.findings.map(({ line, column = '' }) => `${line}:${column}`).join(' ')}
      data-ask={props.ask?.kind === 'goTo' ? `${props.ask.line}:${props.ask.column}` : props.ask?.kind}
      value={props.text}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  ),
}))

const SECRET = 'very-secret-token-0123456789'
const PLAIN = `{\n  // why\n  gateway: {\n    mode: 'local',\n    auth: { token: '${SECRET}' },\n  },\n}\n`
const masked = (text: string) => text.replace(SECRET, '••••••••')
const finding = (part: Partial<Finding>): Finding => ({
  id: 'config.mode',
  severity: 'error',
  title: 'The gateway does not start with this mode',
  evidence: '',
  line: 4,
  column: 11,
  ...part,
})

/** The file on the machine. */
let file: { etag: string; text: string; exists: boolean; isUtf8: boolean; findings: Finding[] }
let found: Finding[]
let listed: FileVersion[]
let answerToSave: (body: Record<string, unknown>) => Response
const calls: [string, string, unknown, string | null][] = []
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const problem = (code: string, status: number, title = code) =>
  json({ type: 'about:blank', title, status, code, hint: '' }, status)

async function answer(url: string, init: RequestInit): Promise<Response> {
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
  calls.push([init.method ?? '', url, body, new Headers(init.headers).get('if-match')])
  if (url === '/api/config/versions') return json(listed)
  if (url === '/api/config/reveal') return json({ text: file.text, etag: file.etag })
  if (url === '/api/config/check') return json({ verdict: 'findings', findings: found })
  if (url.includes('against=')) return json({ difference: [{ sign: '-', text: 'broken' }] })
  if (init.method === 'GET') {
    const { text, ...rest } = file
    return json({ path: '/r/razroom.json', ...rest, text: masked(text) } satisfies ConfigDocument)
  }
  return answerToSave(body ?? {})
}

/** Twice: what effects begin at the end of the one comes to its end in the other. */
const settle = async (ms = 50) => {
  for (const _turn of [1, 2]) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(ms)
    })
  }
}
const press = async (name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}
const text = () => screen.getByLabelText('Text of razroom.json', { selector: 'textarea' })
const type = async (value: string) => {
  fireEvent.input(text(), { target: { value } })
  await settle()
}
const puts = () => calls.filter(([method]) => method === 'PUT')
const changeOutside = async (etag: string, next: string) => {
  file = { ...file, etag, text: next }
  configLatestEtag.value = etag
  await settle()
}

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', vi.fn(answer))
  HTMLDialogElement.prototype.showModal ??= () => {}
  file = { etag: 'v1', text: PLAIN, exists: true, isUtf8: true, findings: [] }
  found = []
  listed = []
  calls.length = 0
  answerToSave = ({ text: next }) => {
    file = { ...file, etag: `${file.etag}+`, text: String(next) }
    return json({ etag: file.etag, changed: true })
  }
  editor.theirs.value = null
  editor.discard()
  editor.dropAside()
  editor.base.value = null
  editor.saved.value = null
  configDocument.value = null
  configLatestEtag.value = null
  forgetVersions()
  render(<ConfigurationPage />)
  await settle()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the text is masked until somebody edits it, and not kept when nobody does', async () => {
  expect(document.body.innerHTML).not.toContain(SECRET)
  expect(screen.getByLabelText('Text of razroom.json, secrets masked')).toHaveProperty('readOnly', true)
  await press('Edit')
  expect(text()).toHaveProperty('value', PLAIN)
  cleanup()
  render(<ConfigurationPage />)
  await settle()
  expect(editor.draft.value).toBeNull()
  expect(screen.getByRole('button', { name: 'Edit' })).toBeTruthy()
})

test('saving shows the difference first, without secrets, and names the version it was made on', async () => {
  await press('Edit')
  await type(PLAIN.replace("'local'", '"local"').replace(SECRET, 'another-secret-0123456789ab'))
  const bar = screen.getByRole('region', { name: 'Unsaved changes' })
  expect(bar.textContent).toContain('mode: "local"')
  expect(bar.textContent).not.toContain(SECRET)
  expect(bar.textContent).not.toContain('another-secret')
  await press('Save')
  expect(puts()).toEqual([['PUT', '/api/config', { text: file.text }, '"v1"']])
  expect(screen.getByText(/^Saved\./)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
  expect(text()).toHaveProperty('value', file.text)
  await changeOutside('v9', '{ other: 1 }')
  expect(screen.queryByText(/^Saved\./)).toBeNull()
})

test('Ctrl+S saves, and without edits sends nothing', async () => {
  const ctrlS = async () => {
    const event = new KeyboardEvent('keydown', { key: 's', ctrlKey: true, cancelable: true })
    window.dispatchEvent(event)
    await settle()
    return event.defaultPrevented
  }
  expect(await ctrlS()).toBe(true)
  expect(puts()).toEqual([])
  await press('Edit')
  await type('{ gateway: { mode: "local" } }\n')
  await ctrlS()
  expect(puts()).toHaveLength(1)
})

test('what is wrong while typing is marked after a pause, and leads to its place', async () => {
  await press('Edit')
  found = [finding({})]
  await type(PLAIN.replace('local', 'remote'))
  expect(calls.some(([, url]) => url === '/api/config/check')).toBe(false)
  await settle(500)
  expect(text().dataset.marks).toBe('4:11')
  await press(/^Go to line 4/)
  expect(text().dataset.ask).toBe('4:11')
  expect(screen.getByText(/would not start with this text/)).toBeTruthy()
})

test('in the masked text a line with a mask is marked as a whole', async () => {
  file.findings = [finding({}), finding({ id: 'config.weak', line: 5, column: 20 })]
  await changeOutside('v2', PLAIN)
  const view = screen.getByLabelText('Text of razroom.json, secrets masked')
  expect(view.dataset.marks).toBe('4:11 5:')
})

test('one click mends a finding, and with edits it waits for them to be saved', async () => {
  file.findings = [finding({ fix: { label: 'Set the mode to "local"' } })]
  await changeOutside('v2', PLAIN)
  answerToSave = () => {
    file = { ...file, etag: 'v3', findings: [] }
    return json({ etag: 'v3', changed: true })
  }
  await press('Edit')
  await type('{}')
  await press('Set the mode to "local"')
  expect(puts()).toEqual([])
  await press('Discard')
  await press('Set the mode to "local"')
  expect(puts()).toEqual([['PUT', '/api/config', { mend: 'config.mode' }, '"v2"']])
  expect(screen.queryByText(/does not start with this mode/)).toBeNull()
})

test('a text the gateway would not start with is saved only when it is meant', async () => {
  answerToSave = ({ anyway, text: next }) => {
    if (anyway !== true) return problem('CONFIG_WOULD_NOT_START', 400)
    file = { ...file, etag: 'v2', text: String(next) }
    return json({ etag: 'v2', changed: true })
  }
  await press('Edit')
  await type('{ gateway: {} }\n')
  await press('Save')
  expect(screen.getByText('The gateway would not start with this')).toBeTruthy()
  fireEvent.click(screen.getByText('Back to the text'))
  await settle()
  expect(text()).toHaveProperty('value', '{ gateway: {} }\n')
  await press('Save')
  fireEvent.click(screen.getByText('Save anyway'))
  await settle()
  expect(puts().at(-1)?.[2]).toEqual({ text: '{ gateway: {} }\n', anyway: true })
  expect(screen.getByText(/^Saved\./)).toBeTruthy()
})

test('a conflict shows both sides, and mine go on top of theirs', async () => {
  await press('Edit')
  await type(PLAIN.replace("'local'", "'remote'"))
  file = { ...file, etag: 'v9', text: PLAIN.replace('// why', '// because') }
  answerToSave = () => problem('CONFIG_CHANGED', 412)
  await press('Save')
  expect(text()).toHaveProperty('value', PLAIN.replace("'local'", "'remote'"))
  const note = screen.getByRole('alert')
  expect(within(note).getByRole('region', { name: 'Changed lines' }).textContent).toContain('// because')
  expect(document.body.innerHTML).not.toContain('CONFIG_CHANGED')
  await press('Save')
  expect(puts()).toHaveLength(1)
  await press('Keep mine, on top of theirs')
  const both = PLAIN.replace("'local'", "'remote'").replace('// why', '// because')
  expect(text()).toHaveProperty('value', both)
  answerToSave = () => json({ etag: 'v10', changed: true })
  file = { ...file, etag: 'v10', text: both }
  await press('Save')
  expect(puts().at(-1)).toEqual(['PUT', '/api/config', { text: both }, '"v9"'])
})

test('loading theirs sets mine aside, and they can be brought back', async () => {
  await press('Edit')
  const mine = PLAIN.replace("'local'", "'remote'")
  await type(mine)
  await changeOutside('v2', PLAIN.replace('// why', '// because'))
  await press('Load theirs')
  expect(screen.getByLabelText(/secrets masked/)).toHaveProperty('value', masked(file.text))
  await press('Bring mine back')
  expect(text()).toHaveProperty('value', mine.replace('// why', '// because'))
  expect(screen.queryByText(/set aside/)).toBeNull()
})

test('edits survive another page and news of the machine; without edits the file is read anew', async () => {
  await press('Edit')
  await type('{ typed: 1 }')
  cleanup()
  render(<ConfigurationPage />)
  await changeOutside('v1', PLAIN)
  expect(text()).toHaveProperty('value', '{ typed: 1 }')
  await press('Discard')
  expect(document.body.innerHTML).not.toContain(SECRET)
  await changeOutside('v6', '{ other: 1 }')
  expect(screen.getByLabelText(/secrets masked/)).toHaveProperty('value', '{ other: 1 }')
})

test('closing the page with edits asks first', async () => {
  const leave = () => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  await press('Edit')
  expect(leave()).toBe(false)
  await type('{}')
  expect(leave()).toBe(true)
  await type(PLAIN)
  expect(leave()).toBe(false)
})

test('a broken file offers the version that last started a gateway', async () => {
  const version = (id: string, part: Partial<FileVersion>): FileVersion => ({
    id,
    at: '2026-03-01T12:00:00Z',
    by: 'outside',
    etag: id,
    sizeBytes: 1,
    isCurrent: false,
    added: 0,
    removed: 1,
    ...part,
  })
  listed = [
    version('2-0000000b', { etag: 'v2', isCurrent: true }),
    version('1-0000000a', { provenAt: '2026-03-01T12:01:00Z' }),
  ]
  file.findings = [finding({ id: 'config.not-json5', title: 'The file is not JSON5' })]
  await changeOutside('v2', '{ broken')
  await press(/^Go back to the version of .*2026/)
  expect(puts()).toEqual([])
  answerToSave = () => {
    file = { ...file, etag: 'v3', text: PLAIN, findings: [] }
    listed = [version('3-0000000c', { etag: '1-0000000a', isCurrent: true }), ...listed]
    return json({ etag: 'v3', changed: true })
  }
  fireEvent.click(screen.getByText('Go back to it'))
  await settle()
  expect(calls.find(([, url]) => url.endsWith('/restore'))).toEqual([
    'POST',
    '/api/config/versions/1-0000000a/restore',
    undefined,
    '"v2"',
  ])
  expect(screen.queryByText(/last started with/)).toBeNull()
})

test('where there is no file the panel writes one; one that is not UTF-8 is not shown', async () => {
  file = { etag: 'absent', text: '', exists: false, isUtf8: true, findings: [] }
  file.findings = [finding({ id: 'config.missing', fix: { label: 'Write one' } })]
  configLatestEtag.value = 'absent'
  await settle()
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
  answerToSave = () => {
    file = { etag: 'v2', text: PLAIN, exists: true, isUtf8: true, findings: [] }
    return json({ etag: 'v2', changed: true })
  }
  await press('Write one')
  expect(puts()).toEqual([['PUT', '/api/config', { mend: 'config.missing' }, '"absent"']])
  expect(screen.getByRole('button', { name: 'Edit' })).toBeTruthy()
  file = { ...file, isUtf8: false, text: '' }
  await changeOutside('v3', '')
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
  expect(screen.getByText(/is not UTF-8 text/)).toBeTruthy()
})
