import { afterEach, expect, test, vi } from 'vitest'
import { controlUiLink, openControlUi } from './token.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('the link carries the token in its fragment, encoded', () => {
  expect(controlUiLink('http://127.0.0.1:18789/', 'a b&c#d')).toBe(
    'http://127.0.0.1:18789/#token=a%20b%26c%23d',
  )
  expect(controlUiLink('http://127.0.0.1:18789', 'x')).toBe('http://127.0.0.1:18789/#token=x')
})

const problem = (code: string) => ({ type: 'about:blank', title: code, status: 409, code, hint: 'x' })

test.each([
  [200, { token: 'x y', source: 'env', sourcesAgree: true }, 'http://127.0.0.1:18789/#token=x%20y'],
  [409, problem('TOKEN_NOT_USED'), 'http://127.0.0.1:18789/'],
  [409, problem('TOKEN_MISSING'), 'http://127.0.0.1:18789/'],
])('the Control UI opens in a tab that does not know this one: %s', async (status, body, link) => {
  const opened = vi.fn()
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }))
  vi.stubGlobal('open', opened)
  const before = history.length
  await openControlUi('http://127.0.0.1:18789/')
  expect(opened.mock.calls).toEqual([[link, '_blank', 'noopener,noreferrer']])
  expect([history.length, location.href.includes('token')]).toEqual([before, false])
})

test('a token that can not be read opens nothing', async () => {
  const opened = vi.fn()
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(problem('CONFIG_INVALID')), { status: 409 }))
  vi.stubGlobal('open', opened)
  await expect(openControlUi('http://127.0.0.1:18789/')).rejects.toMatchObject({
    problem: { code: 'CONFIG_INVALID' },
  })
  expect(opened).not.toHaveBeenCalled()
})
