import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { GatewayStatus } from '../../../contract/schemas.ts'
import type { GoBack } from '../../../contract/versions.ts'
import { Failure } from './failure.tsx'

const gateway: GatewayStatus = {
  state: 'failed',
  mode: 'container',
  healthy: false,
  startsAtBoot: false,
  ports: { address: '127.0.0.1', gateway: 18789, bridge: 18790 },
  url: 'http://127.0.0.1:18789/',
  containerName: 'razroom',
  exitCode: 1,
}
const config: GoBack = {
  file: 'config',
  path: '/home/razroom/.razroom/razroom.json',
  versionId: '1-0000000a',
  provenAt: '2026-03-01T12:00:00Z',
}
const env: GoBack = { ...config, file: 'env', path: '/home/razroom/.razroom/.env', versionId: '2-0000000b' }

const calls: [string, string, string | null][] = []
const answers = new Map<string, () => Response>()
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const report = vi.fn<(work: Promise<void>) => void>()

beforeEach(() => {
  vi.useFakeTimers()
  calls.length = 0
  answers.clear()
  answers.set('/api/logs?limit=6', () => json({ lines: [], hasMore: false }))
  answers.set('/api/config', () => json({ etag: 'bad' }))
  answers.set('/api/env', () => json({ etag: 'bad-env' }))
  answers.set('/api/config/versions/1-0000000a?against=current', () =>
    json({ difference: [{ sign: '+', text: '  mode: "local",' }] }),
  )
  report.mockReset().mockImplementation((work) => {
    work.catch(() => {})
  })
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string, init: RequestInit) => {
      calls.push([init.method ?? '', url, new Headers(init.headers).get('if-match')])
      return answers.get(url)?.() ?? json({ etag: 'good', changed: true, operationId: 'o' })
    }),
  )
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const show = (goBack: readonly GoBack[], reason?: string) =>
  render(<Failure gateway={gateway} goBack={goBack} reason={reason} report={report} />)
const settle = () =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(50)
  })
const press = async (name: string) => {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}

test('going back writes the version over the file as it is, then starts', async () => {
  const { container } = show([config])
  await settle()
  expect(container.textContent).toContain('razroom.json is not the one it last started with')
  calls.length = 0
  await press('Go back and start: razroom.json')
  expect(calls).toEqual([
    ['GET', '/api/config', null],
    ['POST', '/api/config/versions/1-0000000a/restore', '"bad"'],
    ['POST', '/api/gateway/start', null],
  ])
})

test('a version that can not be brought back starts nothing, and is reported', async () => {
  const problem = { type: 'about:blank', title: 'gone', status: 404, code: 'VERSION_NOT_FOUND', hint: '' }
  answers.set('/api/env/versions/2-0000000b/restore', () => json(problem, 404))
  show([env])
  await press('Go back and start: .env')
  expect(calls.map(([, url]) => url)).not.toContain('/api/gateway/start')
  await expect(report.mock.calls[0]?.[0]).rejects.toMatchObject({ problem: { code: 'VERSION_NOT_FOUND' } })
})

test('both files are offered apart, each with its difference', async () => {
  show([env, config])
  await settle()
  expect(screen.getAllByRole('button', { name: /^Go back and start/ })).toHaveLength(2)
  await press('Difference: razroom.json')
  expect(screen.getByRole('region', { name: 'Changed lines' }).textContent).toContain('mode: "local"')
})

test('while something else runs nobody goes back; without an offer there is none', async () => {
  show([config], 'Restarting the gateway: wait until it has finished')
  await settle()
  calls.length = 0
  await press('Go back and start: razroom.json')
  expect(calls).toEqual([])
  cleanup()
  show([])
  expect(screen.queryByRole('button', { name: /^Go back/ })).toBeNull()
})
