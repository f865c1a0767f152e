import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  findFreePort,
  LOCAL_CONFIG,
  makeTestHome,
  runProgram,
  startGateway,
  type TestHome,
  TOKEN,
} from './test-gateway.ts'

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

test('--version and --help', async () => {
  expect(await runProgram(home, ['--version'])).toEqual({
    code: 0,
    stdout: '2026.2.17-bundled\n',
    stderr: '',
  })
  expect((await runProgram(home, ['--help'])).stdout).toContain('This is the bundled gateway')
})

test.each([
  [['dance'], "error: unknown command 'dance'"],
  [['constructor'], "error: unknown command 'constructor'"],
  [[], 'error: no command'],
  [['health', '--nope'], "Unknown option '--nope'"],
  [['devices', 'dance'], "unknown command 'devices dance'"],
  [['devices', 'approve'], "missing required argument 'requestId'"],
  [['security'], 'use `security audit`'],
  [['config', 'get'], 'use `config get PATH`'],
  [['health', '--url', 'http://x'], 'Invalid --url'],
  [['health', '--timeout', '0'], 'Invalid --timeout'],
])('%j: exit 1 and a reason', async (args, message) => {
  const { code, stdout, stderr } = await runProgram(home, args)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(message)
})

describe('against a running gateway', () => {
  test('health and status; the CLI takes the token of the environment first, so it fails when they differ', async () => {
    const gateway = await startGateway(home)
    try {
      const env = { RAZROOM_GATEWAY_PORT: String(gateway.port) }
      const health = await runProgram(home, ['health', '--json'], env)
      expect(JSON.parse(health.stdout)).toMatchObject({
        ok: true,
        bundled: true,
        version: '2026.2.17-bundled',
      })
      const status = await runProgram(home, ['status', '--json'], env)
      expect(status.stdout).toMatch(/^│\n◇ {2}Warnings/)
      expect(jsonOf(status.stdout).gateway).toMatchObject({ mode: 'local', reachable: true, error: null })
      const other = await runProgram(home, ['health', '--json'], { ...env, RAZROOM_GATEWAY_TOKEN: 'other' })
      expect(other.code).toBe(1)
      expect(other.stderr).toContain('unauthorized: gateway token mismatch')
      expect(health.stdout + status.stdout + other.stderr + gateway.stdout()).not.toContain(TOKEN)
    } finally {
      await gateway.end()
    }
  })

  test('without one: health fails, status tells', async () => {
    const env = { RAZROOM_GATEWAY_PORT: String(await findFreePort()) }
    const health = await runProgram(home, ['health', '--json'], env)
    expect([health.code, health.stdout]).toEqual([1, ''])
    expect(health.stderr).toContain('gateway connect failed: Error: connect ECONNREFUSED')
    const status = await runProgram(home, ['status', '--json'], env)
    expect(status.code).toBe(0)
    expect(jsonOf(status.stdout).gateway).toMatchObject({ reachable: false })
  })
})

describe('config', () => {
  test('get and set; a secret is neither shown nor noted', async () => {
    expect((await runProgram(home, ['config', 'get', 'gateway.mode'])).stdout).toBe('local\n')
    const set = await runProgram(home, ['config', 'set', 'gateway.auth.token', 'canary-token'])
    expect(set.code).toBe(0)
    expect(readFileSync(home.configPath, 'utf8')).toContain('"canary-token"')
    const got = await runProgram(home, ['config', 'get', 'gateway', '--json'])
    expect(JSON.parse(got.stdout)).toMatchObject({ mode: 'local', auth: { token: '__RAZROOM_REDACTED__' } })
    const audit = readFileSync(join(home.stateDir, 'logs/config-audit.jsonl'), 'utf8')
    expect(JSON.parse(audit)).toMatchObject({ event: 'config.set', path: 'gateway.auth.token' })
    expect(set.stdout + got.stdout + audit).not.toContain('canary')
  })

  test('values are JSON5, or else text; the schema holds', async () => {
    expect((await runProgram(home, ['config', 'set', 'agents.defaults.skipBootstrap', 'true'])).code).toBe(0)
    expect(
      (await runProgram(home, ['config', 'get', 'agents.defaults.skipBootstrap', '--json'])).stdout,
    ).toBe('true\n')
    const wrong = await runProgram(home, ['config', 'set', 'gateway.nope', '1'])
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Unrecognized key: "nope"')])
    const missing = await runProgram(home, ['config', 'get', 'gateway.port'])
    expect([missing.code, missing.stderr]).toEqual([1, 'Config path not found: gateway.port\n'])
    const hostile = await runProgram(home, ['config', 'set', '__proto__.x', '1'])
    expect(hostile.code).toBe(1)
  })
})

test('security audit names what is open', async () => {
  home.writeConfig(
    "{ gateway: { mode: 'local', auth: { token: 'short' }, controlUi: { allowInsecureAuth: true } } }",
  )
  const { stdout } = await runProgram(home, ['security', 'audit', '--json'])
  const ids = jsonOf(stdout).findings.map((finding: { checkId: string }) => finding.checkId)
  expect(ids).toEqual(['gateway.token_too_short', 'gateway.control_ui.insecure_auth'])
})

test('doctor removes unknown keys on request and keeps the rest', async () => {
  home.writeConfig('{ foo: 1, gateway: { mode: "local", bar: 2, auth: { baz: 3, token: "t" } } }')
  const found = await runProgram(home, ['doctor'])
  expect([found.code, found.stderr]).toEqual([
    1,
    expect.stringContaining('gateway.auth: Unrecognized key: "baz"'),
  ])
  expect((await runProgram(home, ['doctor', '--fix'])).code).toBe(0)
  expect((await runProgram(home, ['doctor'])).stdout).toBe('~/.razroom/razroom.json: valid\n')
  expect(JSON.parse(readFileSync(home.configPath, 'utf8')).gateway).toEqual({
    mode: 'local',
    auth: { token: 't' },
  })
  home.writeConfig('{')
  expect((await runProgram(home, ['doctor', '--fix'])).code).toBe(1)
})

describe('models', () => {
  const KEY = 'sk-ant-canary-0123456789'
  const status = async (env: Record<string, string> = {}) =>
    jsonOf((await runProgram(home, ['models', 'status', '--json'], env)).stdout)

  test('status lists the providers whose key is set, in the order of the variables, and no key as a whole', async () => {
    writeFileSync(join(home.stateDir, '.env'), `GEMINI_API_KEY=${KEY}\n`)
    home.writeConfig(
      `{ gateway: { mode: 'local' }, agents: { defaults: { model: { primary: 'google/gemini-3' } } } }`,
    )
    const report = await status({ ANTHROPIC_API_KEY: 'second', ANTHROPIC_OAUTH_TOKEN: 'first' })
    expect(report).toMatchObject({ resolvedDefault: 'google/gemini-3', auth: { missingProvidersInUse: [] } })
    const sources = report.auth.providers.map(
      ({ provider, env }: { provider: string; env: { source: string } }) => [provider, env.source],
    )
    expect(sources).toEqual([
      ['anthropic', 'env: ANTHROPIC_OAUTH_TOKEN'],
      ['google', 'env: GEMINI_API_KEY'],
    ])
    expect(JSON.stringify(report)).not.toContain(KEY)
    expect(JSON.stringify(report)).toContain('sk-ant-c...23456789')
    const list = await runProgram(home, ['models', 'list', '--json'])
    expect(jsonOf(list.stdout).models).toMatchObject([
      { key: 'google/gemini-3', available: true, tags: ['default', 'configured'] },
    ])
  })

  test('status says when the default model has no key, and people can read it too', async () => {
    home.writeConfig(`{ gateway: { mode: 'local' }, agents: { defaults: { model: 'xai/grok-4' } } }`)
    expect((await status()).auth).toMatchObject({
      missingProvidersInUse: ['xai'],
      providers: [{ provider: 'xai', effective: { kind: 'missing' } }],
    })
    const { stdout } = await runProgram(home, ['models', 'status'])
    expect(stdout).toContain('Default: xai/grok-4')
    expect(stdout).toContain('Missing auth: xai')
    expect((await runProgram(home, ['models', 'dance'])).stderr).toContain('use `models list`')
  })
})
