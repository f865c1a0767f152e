import { expect, test } from 'vitest'
import { readCommandJson } from './command-json.ts'
import { maskKeys } from './mask-keys.ts'
import { maskTexts } from './mask-texts.ts'
import { readCron, readSessions, readVersion } from './read-activity.ts'
import { readChannels } from './read-channels.ts'
import { readModels, readProviders } from './read-models.ts'

test.each([
  ['alone', '{"a":1}', { a: 1 }],
  ['behind a box', '│\n◇  Doctor warnings ──╮\n│  [x]  │\n├───╯\n{\n  "a": 1\n}\n', { a: 1 }],
  ['behind a line of a plugin', '[plugins] loaded 4\n[\n  1\n]\n', [1]],
  ['before more lines', '{\n  "a": {}\n}\nDone.\n', { a: {} }],
  ['a text', 'box\n"2026.2.17"\r\n', '2026.2.17'],
  ['none', 'Usage: {x}\n[cut', undefined],
  ['nothing', '', undefined],
])('the document in the output of a command: %s', (_name, stdout, value) => {
  expect(readCommandJson(stdout)).toEqual(value)
})

test.each([
  ['Incorrect API key provided: sk-proj-********wxYZ. See', 'Incorrect API key provided: *** See'],
  [
    'GET https://api.telegram.org/bot123456789:AAF-x_yz0123456789abcdefghi/getMe',
    'GET https://api.telegram.org/***/getMe',
  ],
  ['token xoxb-1234-abcdef is bad', 'token *** is bad'],
  ['key AIzaSyD…9xQ0 expired', 'key *** expired'],
  ['jwt eyJhbGciOi.eyJzdWIi.abc', 'jwt ***'],
  ['abcd1234...wxyz9876', '***'],
  ['Qm9vZ2llVzAwZ2llQm9vZ2ll9x', '***'],
  ['deadbeefdeadbeefdeadbeefdeadbeef', '***'],
  ['HTTP 401: Unauthorized for claude-sonnet-4-20250514 (request 3f2504e0-4f89-11d3)', null],
  ['getaddrinfo ENOTFOUND discord.com; retry in 30 s...', null],
])('keys in sentences: %s', (text, masked) => {
  expect(maskKeys(text)).toBe(masked ?? text)
})

test('a secret is masked before a text is cut, so that no half of it is left', () => {
  const secret = 'S'.repeat(40)
  const lastError = `${'x '.repeat(140)}${secret}`
  const told = maskTexts({ lastError, name: secret }, (text) => text.replaceAll(secret, '***'))
  expect(JSON.stringify(told)).not.toContain('SS')
  expect(told.lastError.length).toBeLessThanOrEqual(300)
})

test('the version, with or without a name before it', () => {
  expect(readVersion('2026.2.17-bundled\n')).toEqual({ version: '2026.2.17-bundled' })
  expect(readVersion('warning\nRazroom 2026.2.17 (abc1234)\n')).toEqual({ version: '2026.2.17' })
  expect(readVersion('no such thing')).toBeNull()
})

test('models: what is set, and whether there is a key', () => {
  const models = [
    { key: 'a/b', name: 'B', available: true, tags: ['default', 'configured'] },
    { key: 'c/d', name: 'c/d', available: null, missing: true },
    { key: 7 },
    'x',
  ]
  expect(readModels({ models })).toEqual({
    models: [
      { key: 'a/b', name: 'B', isAvailable: true, isMissing: false, tags: ['default', 'configured'] },
      { key: 'c/d', isMissing: true, tags: [] },
    ],
    skipped: 2,
  })
  expect(readModels({ models: 1 })).toBeNull()
  expect(readModels([])).toBeNull()
})

test('providers: never a part of a key, and why one is not used', () => {
  const auth = {
    providers: [
      { provider: 'openai', effective: { kind: 'env', detail: 'sk-proj…wxyz' }, env: { value: 'sk-proj…' } },
      { provider: 'anthropic', effective: { kind: 'profiles', detail: '~/x' } },
      { provider: 'groq', effective: { kind: 'profiles' } },
      { provider: 'xai', effective: { kind: 'new-kind' } },
    ],
    oauth: { providers: [{ provider: 'anthropic', status: 'expired', expiresAt: 1_700_000_000_000 }] },
    unusableProfiles: [
      { provider: 'groq', kind: 'cooldown', reason: 'rate_limit', until: 1_800_000_000_000 },
    ],
    missingProvidersInUse: ['google'],
  }
  const read = readProviders({ resolvedDefault: 'openai/x', fallbacks: ['groq/y', 3], auth })
  expect(read).toEqual({
    defaultModel: 'openai/x',
    fallbacks: ['groq/y'],
    providers: [
      { name: 'openai', state: 'static', source: 'environment' },
      { name: 'anthropic', state: 'expired', source: 'login', until: '2023-11-14T22:13:20.000Z' },
      {
        name: 'groq',
        state: 'cooldown',
        source: 'login',
        reason: 'rate_limit',
        until: '2027-01-15T08:00:00.000Z',
      },
      { name: 'xai', state: 'unknown' },
      { name: 'google', state: 'missing' },
    ],
    skipped: 0,
  })
  expect(readProviders({ auth: null })).toBeNull()
})

test('sessions: the latest first, at most fifty', () => {
  const sessions = Array.from({ length: 60 }, (_, index) => ({ key: `k${index}`, updatedAt: index + 1 }))
  const read = readSessions({
    sessions: [...sessions, { key: '\x1b]0;x\x07evil', abortedLastRun: true, updatedAt: 99 }],
  })
  expect(read?.sessions[0]).toEqual({ key: 'evil', updatedAt: '1970-01-01T00:00:00.099Z', wasAborted: true })
  expect([read?.count, read?.sessions.length, read?.skipped]).toEqual([61, 50, 11])
})

test('jobs: when, and how the last run ended', () => {
  const jobs = [
    { id: '1', name: 'Morning', schedule: { kind: 'cron', expr: '0 8 * * *', tz: 'Europe/Berlin' } },
    {
      id: '2',
      enabled: false,
      schedule: { kind: 'every', everyMs: 5_400_000 },
      state: { lastStatus: 'error', lastError: 'no' },
    },
    {
      id: '3',
      schedule: { kind: 'at', at: '2026-01-01T00:00:00Z' },
      state: { nextRunAtMs: 1e15, lastRunAtMs: 1 },
    },
  ]
  expect(readCron({ jobs })?.jobs).toEqual([
    { name: 'Morning', isEnabled: true, schedule: '0 8 * * * Europe/Berlin' },
    { name: '2', isEnabled: false, schedule: 'every 90 min', lastStatus: 'error', lastError: 'no' },
    {
      name: '3',
      isEnabled: true,
      schedule: 'once 2026-01-01T00:00:00.000Z',
      lastRunAt: '1970-01-01T00:00:00.001Z',
    },
  ])
})

test('channels: one line for each account, and its state in a word', () => {
  const account = (more: object) => ({ accountId: 'default', configured: true, ...more })
  const read = readChannels({
    channelOrder: ['telegram', 'discord'],
    channelLabels: { telegram: 'Telegram' },
    channels: { irc: { configured: false } },
    channelAccounts: {
      discord: [
        account({ connected: true, running: true, lastError: 'before' }),
        account({ accountId: 'b', enabled: false }),
      ],
      telegram: [account({ running: true, lastInboundAt: 1_000, lastOutboundAt: 2_000 })],
      slack: [account({ running: false, lastError: 'bad token' })],
      signal: [account({ linked: false })],
      matrix: [account({})],
    },
  })
  expect(read?.channels).toEqual([
    { id: 'telegram', label: 'Telegram', state: 'running', lastMessageAt: '1970-01-01T00:00:02.000Z' },
    { id: 'discord', label: 'discord', account: 'default', state: 'connected', lastError: 'before' },
    { id: 'discord', label: 'discord', account: 'b', state: 'off' },
    { id: 'irc', label: 'irc', state: 'unconfigured' },
    { id: 'slack', label: 'slack', state: 'failed', lastError: 'bad token' },
    { id: 'signal', label: 'signal', state: 'unlinked' },
    { id: 'matrix', label: 'matrix', state: 'stopped' },
  ])
  expect(readChannels({})).toBeNull()
})

test('what only looks like a key is masked in sentences, and left in names', () => {
  const key = 'sk-live-0123456789abcdef'
  const model = 'provider/Model-4-Turbo-20250514-preview'
  expect(maskTexts({ reason: `bad ${key}`, list: [{ lastError: key }], key: model }, (text) => text)).toEqual(
    {
      reason: 'bad ***',
      list: [{ lastError: '***' }],
      key: model,
    },
  )
})
