import { describe, expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

const TOKEN = 'c0ffee-Canary+secret/42'
const redact = createRedactor(() => [TOKEN, 'short', 'quote"and\\slash'])

describe('createRedactor', () => {
  it.each([
    ['a known value', `token is ${TOKEN}.`, 'token is ***.'],
    ['a known value, URL-encoded', `x=${encodeURIComponent(TOKEN)}`, 'x=***'],
    ['a known value in JSON', JSON.stringify({ a: 'quote"and\\slash' }), '{"a":"***"}'],
    ['two in one line', `${TOKEN} ${TOKEN}`, '*** ***'],
    ['an assignment', 'run -e OPENAI_API_KEY=sk-abc next', 'run -e OPENAI_API_KEY=*** next'],
    ['a quoted assignment', 'TELEGRAM_BOT_TOKEN="a b" x', 'TELEGRAM_BOT_TOKEN=*** x'],
    ['an option', '--gateway-token=abcdef', '--gateway-token=***'],
    ['a JSON member', '{"gatewayToken": "abc"}', '{"gatewayToken": "***"}'],
    ['a header', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer ***'],
    ['user info of a URL', 'pull https://bob:pw@host/x', 'pull https://***@host/x'],
    ['a fragment', 'http://127.0.0.1:18789/#token=abc123', 'http://127.0.0.1:18789/#token=***'],
    ['a query', 'http://h/?a=1&token=abc&b=2', 'http://h/?a=1&token=***&b=2'],
    ['a login code', 'http://127.0.0.1:18780/#code=abc', 'http://127.0.0.1:18780/#code=***'],
  ])('masks %s', (_name, text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    'STEP 3/9: RUN npm ci',
    'NODE_ENV=production PORT=18789',
    'sha256:0123456789abcdef0123456789abcdef',
    'this is short',
    'https://example.org/path?page=2',
    '{"name": "razroom"}',
  ])('leaves %s as it is', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('takes secrets that are no text in UTF-8', () => {
    const odd = createRedactor(() => ['\ud800-lone-surrogate', TOKEN])
    expect(odd(`a \ud800-lone-surrogate and ${TOKEN}`)).toBe('a *** and ***')
  })

  it('asks for the secrets at each call', () => {
    const known: string[] = []
    const late = createRedactor(() => known)
    expect(late('later-secret')).toBe('later-secret')
    known.push('later-secret')
    expect(late('later-secret')).toBe('***')
  })

  it('stays fast on hostile text', () => {
    const started = process.cpuUsage()
    for (const text of [
      'a://'.repeat(20_000),
      'A'.repeat(80_000),
      '"a":'.repeat(20_000),
      'x='.repeat(40_000),
    ]) {
      redact(text)
    }
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000)
  })
})
