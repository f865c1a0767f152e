import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { vi } from 'vitest'
import type { ConfigDocument } from '../../../contract/config.ts'
import type { Finding } from '../../../contract/schemas.ts'
import type { FileVersion } from '../../../contract/versions.ts'
import { configDocument, configLatestEtag } from '../../state/config.ts'
import { forgetVersions } from '../../state/versions.ts'
import * as editor from './config-editor.ts'
import { ConfigurationPage } from './configuration-page.tsx'

export const SECRET = 'very-secret-token-0123456789'
export const PLAIN = `{\n  // why\n  gateway: {\n    mode: 'local',\n    auth: { token: '${SECRET}' },\n  },\n}\n`
export const masked = (text: string) => text.replace(SECRET, '••••••••')
export const finding = (part: Partial<Finding>): Finding => ({
  id: 'config.mode',
  severity: 'error',
  title: 'The gateway does not start with this mode',
  evidence: '',
  line: 4,
  column: 11,
  ...part,
})

interface World {
  /** The file on the machine. */
  file: { etag: string; text: string; exists: boolean; isUtf8: boolean; findings: Finding[] }
  /** What a check of a text finds. */
  found: Finding[]
  listed: FileVersion[]
  answerToSave: (body: Record<string, unknown>) => Response
}

/** What is behind the page; each test begins with the same. */
export const world: World = createWorld()

function createWorld(): World {
  return {
    file: { etag: 'v1', text: PLAIN, exists: true, isUtf8: true, findings: [] },
    found: [],
    listed: [],
    answerToSave: ({ text: next }) => {
      world.file = { ...world.file, etag: `${world.file.etag}+`, text: String(next) }
      return json({ etag: world.file.etag, changed: true })
    },
  }
}

export const calls: [string, string, unknown, string | null][] = []
export const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
export const problem = (code: string, status: number, title = code) =>
  json({ type: 'about:blank', title, status, code, hint: '' }, status)

async function answer(url: string, init: RequestInit): Promise<Response> {
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
  calls.push([init.method ?? '', url, body, new Headers(init.headers).get('if-match')])
  if (url === '/api/config/versions') return json(world.listed)
  if (url === '/api/config/reveal') return json({ text: world.file.text, etag: world.file.etag })
  if (url === '/api/config/check') return json({ verdict: 'findings', findings: world.found })
  if (url.includes('against=')) return json({ difference: [{ sign: '-', text: 'broken' }] })
  if (init.method === 'GET') {
    const { text, ...rest } = world.file
    return json({ path: '/r/razroom.json', ...rest, text: masked(text) } satisfies ConfigDocument)
  }
  return world.answerToSave(body ?? {})
}

/** Twice: what effects begin at the end of the one comes to its end in the other. */
export const settle = async (ms = 50) => {
  for (const _turn of [1, 2]) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(ms)
    })
  }
}
export const press = async (name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}
export const text = () => screen.getByLabelText('Text of razroom.json', { selector: 'textarea' })
export const type = async (value: string) => {
  fireEvent.input(text(), { target: { value } })
  await settle()
}
export const puts = () => calls.filter(([method]) => method === 'PUT')
export const changeOutside = async (etag: string, next: string) => {
  world.file = { ...world.file, etag, text: next }
  configLatestEtag.value = etag
  await settle()
}

/** Opens the page on a world that is as it was in the beginning. */
export async function openPage(): Promise<void> {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', vi.fn(answer))
  HTMLDialogElement.prototype.showModal ??= () => {}
  Object.assign(world, createWorld())
  calls.length = 0
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
}

export function closePage(): void {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
}
