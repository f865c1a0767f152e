import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { endSession, session, setSession } from '../state/session.ts'
import { api } from './client.ts'
import { logOut, readLoginCode, takeCodeFromAddress } from './session.ts'

test.each([
  ['abc_DEF-123', 'abc_DEF-123'],
  ['  abc  \n', 'abc'],
  ['http://127.0.0.1:18780/#code=abc_DEF', 'abc_DEF'],
  ['Open http://127.0.0.1:18780/#code=abc&x=1 within two minutes', 'abc'],
  ['http://127.0.0.1:18780/', ''],
  ['two words', ''],
  ['', ''],
  ['#code=%E0%A4%A', '%E0%A4%A'],
])('the code in %j is %j', (pasted, code) => {
  expect(readLoginCode(pasted)).toBe(code)
})

test('the code leaves the address bar and its history entry', () => {
  history.replaceState(null, '', '/logs?x=1#code=secret')
  const entries = history.length
  expect(takeCodeFromAddress()).toBe('secret')
  expect(location.href).not.toContain('secret')
  expect(location.pathname + location.search).toBe('/logs?x=1')
  expect(history.length).toBe(entries)
  expect(takeCodeFromAddress()).toBe('')
})

describe('logging out', () => {
  const assign = vi.fn()
  const fetchMock = vi.fn<() => Promise<Response>>()
  beforeEach(() => {
    assign.mockReset()
    fetchMock.mockReset()
    vi.stubGlobal('fetch', fetchMock)
    vi.stubGlobal('location', { assign })
    setSession({ csrfToken: 'c', expiresAt: '2026-01-01T12:00:00Z', stepUpUntil: '2026-01-01T10:10:00Z' })
  })
  afterEach(() => {
    dispatchEvent(new Event('pagehide'))
    vi.unstubAllGlobals()
  })

  /** The panel closes the page's sockets before it answers, and each of them says that the login has ended. */
  const answerAfterSockets = (answer: () => Response) =>
    fetchMock.mockImplementation(async () => {
      endSession()
      return answer()
    })

  test('shows the login once: on the fresh page', async () => {
    answerAfterSockets(() => new Response(null, { status: 204 }))
    await logOut()
    expect(assign).toHaveBeenCalledExactlyOnceWith('/')
    expect(session.value.kind).toBe('in')
    dispatchEvent(new Event('pagehide'))
    expect(session.value.kind).toBe('out')
  })

  test('asks for nothing else, which would be refused; when it failed, what waited goes on', async () => {
    const answered: string[] = []
    let askedMeanwhile = -1
    fetchMock.mockImplementationOnce(async () => {
      // A socket that was closed, and a timer of a page.
      api('POST /api/ws-ticket').then(({ ticket }) => answered.push(ticket))
      await new Promise((resolve) => setTimeout(resolve))
      askedMeanwhile = fetchMock.mock.calls.length - 1
      throw new TypeError('Failed to fetch')
    })
    fetchMock.mockResolvedValue(Response.json({ ticket: 'of a page that stays' }))
    await expect(logOut()).rejects.toThrow('does not answer')
    expect(askedMeanwhile).toBe(0)
    await vi.waitFor(() => expect(answered).toEqual(['of a page that stays']))
  })

  test('that succeeded leaves what waits where it is, for the page is gone', async () => {
    answerAfterSockets(() => new Response(null, { status: 204 }))
    await logOut()
    const waiting = vi.fn()
    api('GET /api/status').then(waiting, waiting)
    dispatchEvent(new Event('pagehide'))
    await new Promise((resolve) => setTimeout(resolve))
    expect(fetchMock).toHaveBeenCalledOnce()
    expect(waiting).not.toHaveBeenCalled()
  })

  test('shows the login in the page that stays, for its unsaved edits were asked about', async () => {
    const warn = (event: Event): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    assign.mockImplementation(() => void dispatchEvent(new Event('beforeunload', { cancelable: true })))
    fetchMock.mockResolvedValue(new Response(null, { status: 204 }))
    await logOut()
    removeEventListener('beforeunload', warn)
    await vi.waitFor(() => expect(session.value.kind).toBe('out'))
  })

  test('is done when another tab was faster', async () => {
    answerAfterSockets(() =>
      Response.json({ code: 'UNAUTHENTICATED', status: 401, title: 't' }, { status: 401 }),
    )
    await logOut()
    expect(assign).toHaveBeenCalledExactlyOnceWith('/')
  })

  test('that failed leaves the page as it is, and a login that ends later is shown', async () => {
    fetchMock.mockRejectedValue(new TypeError('Failed to fetch'))
    await expect(logOut()).rejects.toThrow()
    expect(assign).not.toHaveBeenCalled()
    expect(session.value.kind).toBe('in')
    endSession()
    expect(session.value.kind).toBe('out')
  })
})
