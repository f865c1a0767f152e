import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOCAL_CONFIG, makeTestHome, runProgram, type TestHome } from './test-gateway.ts'

const KEY = 'sk-test-canary-0123456789abcdefghij'

let home: TestHome
beforeEach(() => {
  home = makeTestHome(LOCAL_CONFIG)
})
afterEach(() => home.remove())

/** The JSON behind a warning box, found as the facts say. */
function jsonOf(stdout: string) {
  const lines = stdout.split('\n')
  return JSON.parse(lines.slice(lines.findIndex((line) => /^[{["]/.test(line))).join('\n'))
}
const put = (name: string, value: unknown) => {
  const path = join(home.stateDir, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
}

test('models: a box before the JSON, and 16 characters of a key, as the real one shows them', async () => {
  home.writeConfig(
    "{ gateway: { mode: 'local' }, agents: { defaults: { model: { primary: 'openai/x', fallbacks: ['groq/y'] } } } }",
  )
  const env = { OPENAI_API_KEY: KEY }
  const list = await runProgram(home, ['models', 'list', '--json'], env)
  expect(list.stdout).toMatch(/^│\n◇ {2}Warnings/)
  expect(jsonOf(list.stdout).models).toMatchObject([
    { key: 'openai/x', available: true, tags: ['default', 'configured'] },
    { key: 'groq/y', available: false, tags: ['fallback#1', 'configured'] },
  ])
  const { stdout } = await runProgram(home, ['models', 'status', '--json'], env)
  expect(jsonOf(stdout)).toMatchObject({
    resolvedDefault: 'openai/x',
    fallbacks: ['groq/y'],
    auth: {
      missingProvidersInUse: ['groq'],
      providers: [{ provider: 'openai' }, { provider: 'groq', effective: { kind: 'missing' } }],
    },
  })
  expect(stdout).toContain('"sk-test-...cdefghij"')
  expect(stdout).not.toContain(KEY)
})

test('sessions and jobs come from their stores; without one there are none', async () => {
  expect(jsonOf((await runProgram(home, ['sessions', '--json'])).stdout)).toMatchObject({ count: 0 })
  expect(jsonOf((await runProgram(home, ['cron', 'list', '--json'])).stdout)).toEqual({ jobs: [] })
  put('agents/main/sessions/sessions.json', { 'agent:main:main': { updatedAt: 5, model: 'x' } })
  put('cron/jobs.json', { version: 1, jobs: [{ name: 'a' }, { name: 'b', enabled: false }] })
  expect(jsonOf((await runProgram(home, ['sessions', '--json'])).stdout).sessions).toMatchObject([
    { key: 'agent:main:main', kind: 'direct', updatedAt: 5, model: 'x' },
  ])
  expect(jsonOf((await runProgram(home, ['cron', 'list', '--json'])).stdout)).toEqual({
    jobs: [{ name: 'a' }],
  })
  put('cron/jobs.json', '{')
  const broken = await runProgram(home, ['cron', 'list', '--json'])
  expect([broken.code, broken.stdout]).toEqual([1, ''])
  expect(broken.stderr).toContain('cannot read')
})

test('channels: those that are configured, none of which runs, after the time that is set', async () => {
  home.writeConfig("{ gateway: { mode: 'local' }, channels: { discord: { enabled: false } } }")
  const env = { TELEGRAM_BOT_TOKEN: '123456789:canary', RAZROOM_BUNDLED_CHANNELS_MS: '400' }
  const begun = performance.now()
  const { stdout } = await runProgram(home, ['channels', 'status', '--json'], env)
  expect(performance.now() - begun).toBeGreaterThan(400)
  expect(jsonOf(stdout)).toMatchObject({
    channelOrder: ['telegram', 'discord'],
    channelAccounts: {
      telegram: [{ accountId: 'default', running: false, lastError: 'the bundled gateway runs no channels' }],
      discord: [{ enabled: false, lastError: null }],
    },
  })
  expect(stdout).not.toContain('canary')
})
