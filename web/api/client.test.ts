import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { session, setSession, stepUpRequest } from '../state/session.ts'
import { api, buildUrl } from './client.ts'
import { confirmStepUp, declineStepUp } from './session.ts'

const info = (csrfToken: string) => ({ csrfToken, expiresAt: '', stepUpUntil: '' })
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const refusal = (code: string, status: number) =>
  json({ type: 'about:blank', title: code, status, code, hint: 'hint' }, status)

const fetchMock = vi.fn<(url: string, init: RequestInit) => Promise<Response>>()
const sent = (call: number): Headers => new Headers(fetchMock.mock.calls[call]?.[1].headers)

beforeEach(() => {
  fetchMock.mockReset()
  vi.stubGlobal('fetch', fetchMock)
  setSession(info('secret-1'))
})
afterEach(() => vi.unstubAllGlobals())

test('a changing request carries the secret of the session, a reading one does not', async () => {
  fetchMock.mockImplementation(async () => json({ operationId: 'a' }))
  await api('POST /api/gateway/start')
  await api('GET /api/status')
  expect(sent(0).get('x-csrf-token')).toBe('secret-1')
  expect(sent(0).has('content-type')).toBe(false)
  expect(sent(1).has('x-csrf-token')).toBe(false)
})

test('body, path parameters, query and version go where the contract has them', async () => {
  fetchMock.mockImplementation(async () => json({}))
  await api('PUT /api/env', { body: { text: 'A=1\n' }, ifMatch: 'abc' })
  expect(fetchMock.mock.calls[0]?.[1].body).toBe('{"text":"A=1\\n"}')
  expect(sent(0).get('if-match')).toBe('"abc"')
  expect(sent(0).get('content-type')).toBe('application/json')
  expect(buildUrl('/api/operations/:id', { params: { id: 'a/b' } })).toBe('/api/operations/a%2Fb')
  expect(buildUrl('/api/logs', { query: { before: '1&2', limit: undefined } })).toBe('/api/logs?before=1%262')
  expect(() => buildUrl('/api/operations/:id', {})).toThrow(TypeError)
})

test('204 is null', async () => {
  fetchMock.mockResolvedValue(new Response(null, { status: 204 }))
  expect(await api('DELETE /api/operations/:id', { params: { id: 'a' } })).toBeNull()
})

test('a refused request throws the problem of the panel', async () => {
  fetchMock.mockResolvedValue(refusal('OPERATION_RUNNING', 409))
  await expect(api('POST /api/gateway/stop')).rejects.toMatchObject({
    problem: { code: 'OPERATION_RUNNING', status: 409 },
  })
})

test('no answer at all is said as such', async () => {
  fetchMock.mockRejectedValue(new TypeError('Failed to fetch'))
  await expect(api('GET /api/status')).rejects.toMatchObject({ problem: { code: 'DAEMON_UNREACHABLE' } })
})

test('an answer that is not JSON is a problem, not a value', async () => {
  fetchMock.mockResolvedValue(new Response('<html>', { status: 200 }))
  await expect(api('GET /api/status')).rejects.toMatchObject({ problem: { code: 'INTERNAL' } })
})

test('401 ends the session; a wrong login code does not', async () => {
  fetchMock.mockResolvedValue(refusal('LOGIN_CODE_INVALID', 401))
  await expect(api('POST /api/session', { body: { code: 'x' } })).rejects.toThrow()
  expect(session.value.kind).toBe('in')
  fetchMock.mockResolvedValue(refusal('AUTH_REQUIRED', 401))
  await expect(api('GET /api/status')).rejects.toThrow()
  expect(session.value).toEqual({ kind: 'out', hadSession: true })
})

test('a secret of another tab is fetched anew, and the call made once more', async () => {
  fetchMock
    .mockResolvedValueOnce(refusal('CSRF_TOKEN_INVALID', 403))
    .mockResolvedValueOnce(json(info('secret-2')))
    .mockResolvedValueOnce(json({ operationId: 'a' }))
  await expect(api('POST /api/gateway/start')).resolves.toEqual({ operationId: 'a' })
  expect(sent(2).get('x-csrf-token')).toBe('secret-2')
})

test('step-up: the call waits for the confirmation and is made again', async () => {
  fetchMock.mockResolvedValueOnce(refusal('STEP_UP_REQUIRED', 403))
  const call = api('POST /api/env/reveal', { body: { line: 2 } })
  await vi.waitFor(() => expect(stepUpRequest.value).not.toBeNull())
  fetchMock
    .mockResolvedValueOnce(json(info('secret-3')))
    .mockResolvedValueOnce(json({ text: 'v', etag: 'e' }))
  await confirmStepUp()
  await expect(call).resolves.toEqual({ text: 'v', etag: 'e' })
  expect(fetchMock.mock.calls[1]?.[1].body).toBe('{"confirm":"show secrets"}')
  expect(stepUpRequest.value).toBeNull()
})

test('step-up declined: the call fails with its own reason, and two calls share one question', async () => {
  fetchMock.mockImplementation(async () => refusal('STEP_UP_REQUIRED', 403))
  const calls = [
    api('POST /api/env/reveal', { body: {} }),
    api('POST /api/env/reveal', { body: { line: 1 } }),
  ]
  const outcomes = Promise.allSettled(calls)
  await vi.waitFor(() => expect(stepUpRequest.value).not.toBeNull())
  await vi.waitFor(() => expect(fetchMock).toHaveBeenCalledTimes(2))
  declineStepUp()
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { problem: { code: 'STEP_UP_REQUIRED' } } })
  }
  expect(fetchMock).toHaveBeenCalledTimes(2)
})
