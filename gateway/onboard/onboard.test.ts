import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mainPath, makeTestHome, runProgram, type TestHome, watchProgram } from '../test-gateway.ts'
import { saveEnvValue } from './answers.ts'

let home: TestHome
beforeEach(() => {
  home = makeTestHome()
})
afterEach(() => home.remove())

const readConfig = () => JSON5.parse(readFileSync(home.configPath, 'utf8'))
const byFlags = (...flags: string[]) =>
  runProgram(home, ['onboard', '--non-interactive', '--accept-risk', ...flags])

describe('without a terminal', () => {
  test('the flags of the facts write what they say, and print no secret', async () => {
    const { code, stdout, stderr } = await byFlags(
      ...'--mode local --auth-choice openai-api-key --openai-api-key sk-canary-1 --gateway-bind lan'.split(
        ' ',
      ),
      ...'--gateway-auth token --gateway-token tok-canary-2 --skip-channels --skip-skills --skip-health'.split(
        ' ',
      ),
      ...'--skip-ui --no-install-daemon --json'.split(' '),
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'local',
      authChoice: 'openai-api-key',
      gateway: { port: 18789, bind: 'lan', authMode: 'token' },
    })
    expect(readConfig()).toMatchObject({
      gateway: { mode: 'local', bind: 'lan', port: 18789, auth: { mode: 'token', token: 'tok-canary-2' } },
      agents: { defaults: { workspace: join(home.stateDir, 'workspace') } },
    })
    expect(readFileSync(join(home.stateDir, '.env'), 'utf8')).toBe('OPENAI_API_KEY=sk-canary-1\n')
    for (const name of ['razroom.json', '.env']) {
      expect(statSync(join(home.stateDir, name)).mode & 0o777).toBe(0o600)
    }
    expect(stdout + stderr).not.toMatch(/canary/)
  })

  test('by default: bind loopback and a random token of 48 hex digits; what is there is kept', async () => {
    home.writeConfig('{ gateway: { mode: "remote", port: 19000 }, agents: { defaults: { x: 1 } } }')
    expect((await byFlags()).code).toBe(0)
    const config = readConfig()
    expect(config.gateway).toMatchObject({ mode: 'local', bind: 'loopback', port: 19_000 })
    expect(config.gateway.auth.token).toMatch(/^[0-9a-f]{48}$/)
    expect(config.agents.defaults.x).toBe(1)
    expect(readFileSync(`${home.configPath}.bak`, 'utf8')).toContain('"remote"')
    expect((await byFlags()).code).toBe(0)
    expect(readConfig().gateway.auth.token).toBe(config.gateway.auth.token)
    expect((await byFlags('--reset')).code).toBe(0)
    expect(readConfig().gateway.auth.token).not.toBe(config.gateway.auth.token)
    expect(readConfig().agents.defaults.x).toBeUndefined()
  })

  test.each([
    ['neither terminal nor flags', ['onboard'], 'needs a terminal (TTY)'],
    ['risk not accepted', ['onboard', '--non-interactive'], 'requires explicit risk acknowledgement'],
    [
      'an unknown flag',
      ['onboard', '--non-interactive', '--accept-risk', '--nope'],
      "Unknown option '--nope'",
    ],
    ['a remote mode', ['onboard', '--non-interactive', '--accept-risk', '--mode', 'remote'], '--mode local'],
    [
      'a bad bind',
      ['onboard', '--non-interactive', '--accept-risk', '--gateway-bind', 'x'],
      'must be one of: lan, loopback',
    ],
    [
      'a bad port',
      ['onboard', '--non-interactive', '--accept-risk', '--gateway-port', '0'],
      'Invalid port "0"',
    ],
    [
      'no key',
      ['onboard', '--non-interactive', '--accept-risk', '--auth-choice', 'xai-api-key'],
      'needs --xai-api-key',
    ],
    [
      'an unknown provider',
      ['onboard', '--non-interactive', '--accept-risk', '--auth-choice', 'x'],
      'unknown --auth-choice',
    ],
    [
      'a password that is missing',
      ['onboard', '--non-interactive', '--accept-risk', '--gateway-auth', 'password'],
      'A password is needed',
    ],
  ])('%s: exit 1, a reason, nothing written', async (_name, args, message) => {
    const { code, stderr } = await runProgram(home, args)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
    expect(existsSync(home.configPath)).toBe(false)
  })

  test('an invalid configuration is told and left alone, but for --reset', async () => {
    home.writeConfig('{ gateway: { foo: 1 } }')
    const { code, stderr } = await byFlags()
    expect([code, stderr]).toEqual([1, expect.stringContaining('Unrecognized key: "foo"')])
    expect(readdirSync(home.stateDir)).toEqual(['razroom.json'])
    expect((await byFlags('--reset')).code).toBe(0)
    expect(readFileSync(`${home.configPath}.bak`, 'utf8')).toContain('foo')
  })
})

describe('on a terminal', () => {
  /** Runs the wizard on a terminal of its own, made by script(1). */
  function startWizard() {
    const command = `'${process.execPath}' '${mainPath}' onboard`
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { HOME: home.home, TMPDIR: home.home, PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const program = watchProgram(child)
    return {
      ...program,
      async answer(prompt: string, text: string) {
        await program.says(prompt)
        child.stdin.write(`${text}\r`)
      },
    }
  }

  test('QuickStart from nothing: loopback, a random token, the key in .env and never on the screen', async () => {
    const wizard = startWizard()
    await wizard.answer('Continue? (y/N)', 'y')
    await wizard.answer('Onboarding mode', '1')
    await wizard.answer('Model/auth provider', '2')
    await wizard.answer('Anthropic API key', 'sk-ant-canary')
    await wizard.answer('Default model', 'anthropic/some-model')
    await wizard.answer('Configure chat channels now? (y/N)', '')
    expect(await wizard.exitCode).toBe(0)
    const { gateway, agents } = readConfig()
    expect(gateway).toMatchObject({ mode: 'local', bind: 'loopback' })
    expect(gateway.auth.token).toMatch(/^[0-9a-f]{48}$/)
    expect(agents.defaults.model).toEqual({ primary: 'anthropic/some-model' })
    expect(readFileSync(join(home.stateDir, '.env'), 'utf8')).toBe('ANTHROPIC_API_KEY=sk-ant-canary\n')
    expect(wizard.stdout()).toContain('Onboarding complete')
    expect(wizard.stdout()).not.toContain('sk-ant-canary')
    expect(wizard.stdout()).not.toContain(gateway.auth.token)
  })

  test('Manual with a present configuration: update, wrong answers are asked again', async () => {
    home.writeConfig('{ gateway: { mode: "local", auth: { token: "old-token" } }, agents: { keep: 1 } }')
    const wizard = startWizard()
    await wizard.answer('Continue? (y/N)', 'yes')
    await wizard.answer('Choice [1]', '2')
    await wizard.answer('Existing config detected', '9')
    await wizard.answer('Please give a number from 1 to 3.', '2')
    await wizard.answer('Gateway port [18789]', '70000')
    await wizard.answer('A port is a number from 1 to 65535.', '19000')
    await wizard.answer('Gateway bind', '2')
    await wizard.answer('Gateway auth', '1')
    await wizard.answer('Gateway token (blank to generate)', '')
    await wizard.answer('Workspace directory', '')
    await wizard.answer('Model/auth provider', 'skip')
    await wizard.answer('Configure chat channels now?', 'y')
    expect(await wizard.exitCode).toBe(0)
    expect(readConfig()).toMatchObject({
      gateway: { mode: 'local', bind: 'lan', port: 19_000, auth: { token: 'old-token' } },
      agents: { keep: 1 },
    })
    expect(wizard.stdout()).toContain('Channels need the real gateway')
  })

  test.each([
    ['the risk is declined by default', '\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s: exit 1 and nothing written', async (_name, keys) => {
    const wizard = startWizard()
    await wizard.says('Continue? (y/N)')
    wizard.child.stdin.write(keys)
    expect(await wizard.exitCode).toBe(1)
    expect(wizard.stdout()).toContain('Setup cancelled.')
    expect(readdirSync(home.stateDir)).toEqual([])
  })
})

describe('the key in .env', () => {
  test.each([
    ['a new file', undefined, 'A=1\n'],
    ['an addition', '# note\nB=2\n', '# note\nB=2\nA=1\n'],
    ['a last line without its end', 'B=2', 'B=2\nA=1\n'],
    ['the last of two lines', 'A=x\nA=y # c\nC=3\n', 'A=x\nA=1\nC=3\n'],
    [
      'bytes that are no UTF-8',
      Buffer.from([0x23, 0xff, 0xfe, 0x0a]),
      Buffer.from([0x23, 0xff, 0xfe, 0x0a, 65, 61, 49, 10]),
    ],
  ])('%s', (_name, former, expected) => {
    const path = join(home.home, '.env')
    if (former !== undefined) writeFileSync(path, former)
    saveEnvValue(path, 'A', '1')
    expect(readFileSync(path)).toEqual(Buffer.from(expected as string))
  })

  test.each(['a b', 'a\nB=2', '"a"', 'a#b', '$HOME', ''])(
    'refuses %j, which readers disagree on',
    (value) => {
      expect(() => saveEnvValue(join(home.home, '.env'), 'A', value)).toThrow('The value for A has blanks')
      expect(existsSync(join(home.home, '.env'))).toBe(false)
    },
  )
})
