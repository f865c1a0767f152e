import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { session, setSession, stepUpRequest } from '../state/session.ts'
import { confirmStepUp, declineStepUp } from './session.ts'
import { uploadFile } from './upload.ts'

const later = () => new Date(Date.now() + 600_000).toISOString()
const info = (csrfToken: string, stepUpUntil: string) => ({ csrfToken, expiresAt: '', stepUpUntil })
let sessionAnswer = info('fresh', later())

class FakeRequest {
  static readonly sent: FakeRequest[] = []
  readonly headers: Record<string, string> = {}
  upload: { onprogress?: (event: { loaded: number }) => void } = {}
  onload: (() => void) | undefined
  onerror: (() => void) | undefined
  onabort: (() => void) | undefined
  status = 0
  responseText = ''
  body: unknown
  open = vi.fn()
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value
  }
  send(body: unknown): void {
    this.body = body
    FakeRequest.sent.push(this)
  }
  abort(): void {
    this.onabort?.()
  }
  answer(status: number, body: string): void {
    this.status = status
    this.responseText = body
    this.onload?.()
  }
}

const file = new Blob(['x'.repeat(100)])
const onProgress = vi.fn()
const start = (signal = new AbortController().signal) => uploadFile(file, { onProgress, signal })
const sent = async () => {
  await vi.waitFor(() => expect(FakeRequest.sent).toHaveLength(1))
  const [request] = FakeRequest.sent
  if (!request) throw new Error('nothing was sent')
  return request
}

beforeEach(() => {
  FakeRequest.sent.length = 0
  onProgress.mockReset()
  sessionAnswer = info('fresh', later())
  setSession(info('stale', ''))
  vi.stubGlobal('XMLHttpRequest', FakeRequest)
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(sessionAnswer)))
})
afterEach(() => vi.unstubAllGlobals())

test('a file goes with the present secret of the session, and tells how far it is', async () => {
  const upload = start()
  const request = await sent()
  expect(request.open).toHaveBeenCalledWith('POST', '/api/uploads')
  expect(request.headers).toMatchObject({
    'x-csrf-token': 'fresh',
    'content-type': 'application/octet-stream',
  })
  expect(request.body).toBe(file)
  request.upload.onprogress?.({ loaded: 40 })
  expect(onProgress).toHaveBeenCalledWith({ done: 40, total: 100 })
  request.answer(200, '{"path":"/var/u/1","sizeBytes":100}')
  await expect(upload).resolves.toEqual({ path: '/var/u/1', sizeBytes: 100 })
})

test('the confirmation is asked for before the first byte, not after the last', async () => {
  sessionAnswer = info('old', new Date(Date.now() - 1).toISOString())
  const upload = start()
  await vi.waitFor(() => expect(stepUpRequest.value).not.toBeNull())
  expect(FakeRequest.sent).toHaveLength(0)
  sessionAnswer = info('confirmed', later())
  await confirmStepUp()
  const request = await sent()
  expect(request.headers['x-csrf-token']).toBe('confirmed')
  request.answer(200, '{"path":"/p","sizeBytes":1}')
  await upload
})

test('declined: nothing is sent', async () => {
  sessionAnswer = info('old', new Date(Date.now() - 1).toISOString())
  const upload = start()
  upload.catch(() => {})
  await vi.waitFor(() => expect(stepUpRequest.value).not.toBeNull())
  declineStepUp()
  await expect(upload).rejects.toMatchObject({ problem: { code: 'STEP_UP_REQUIRED' } })
  expect(FakeRequest.sent).toHaveLength(0)
})

test('a refusal is the problem of the panel; a broken connection is said as such', async () => {
  const refused = start()
  ;(await sent()).answer(
    507,
    JSON.stringify({ type: 'about:blank', title: 'Full', status: 507, code: 'DISK_FULL', hint: 'h' }),
  )
  await expect(refused).rejects.toMatchObject({ problem: { code: 'DISK_FULL' } })
  FakeRequest.sent.length = 0
  const broken = start()
  ;(await sent()).onerror?.()
  await expect(broken).rejects.toMatchObject({ problem: { code: 'DAEMON_UNREACHABLE' } })
})

test.each([
  [200, '<html>'],
  [200, '{}'],
  [502, ''],
])('answer %i %j is not taken for an upload', async (status, body) => {
  const upload = start()
  ;(await sent()).answer(status, body)
  await expect(upload).rejects.toMatchObject({ problem: { code: 'INTERNAL' } })
})

test('an upload can be ended, and a session that has ended is known to be', async () => {
  const control = new AbortController()
  const ended = start(control.signal)
  await sent()
  control.abort()
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
  FakeRequest.sent.length = 0
  const late = start()
  ;(await sent()).answer(401, '')
  await expect(late).rejects.toThrow()
  expect(session.value.kind).toBe('out')
})
