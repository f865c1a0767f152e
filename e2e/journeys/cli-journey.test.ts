import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EnvCheck, EnvDocument, EnvSaved } from '../../contract/env.ts'
import type { LogLine } from '../../contract/logs.ts'
import type { Operation, Status } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import {
  invokeTool,
  type PanelHost,
  problemOf,
  readStatus,
  readToken,
  requestStatus,
  seeTokenTaken,
  setUpBundled,
  startPanel,
} from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { inspectGateway, readEnvFile } from './gateway-container.ts'

/** The steps of an operation that changed something. */
const changes = ({ steps }: Operation): string[] =>
  steps.filter(({ did }) => did !== undefined).map(({ id }) => id)

describe('the command line, with the daemon and without', () => {
  let host: TestHost
  let panel: PanelHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
  })
  afterAll(() => host?.destroy())

  /** A command for people: it must succeed. @returns what it printed on both channels */
  const say = async (...args: string[]) => {
    const result = await panel.tryCli(args)
    expect(result.exitCode, `${args.join(' ')}: ${result.stdout} ${result.stderr}`).toBe(0)
    return result
  }

  it('tells on a fresh machine that nothing is set up, and what to do', async () => {
    expect(await readStatus(panel)).toMatchObject({
      gateway: { state: 'absent', healthy: false },
      image: null,
      isSetUp: false,
      restartRequired: false,
    })
    expect((await say('status')).stdout).toMatch(/absent[\s\S]*sudo razroom-panel setup/)
    expect(problemOf(await panel.tryCli(['launch', '--json']))).toMatchObject({ code: 'SETUP_REQUIRED' })
    const forPeople = await panel.tryCli(['launch'])
    expect(forPeople.exitCode).not.toBe(0)
    expect(forPeople.stderr).toMatch(/not set up[\s\S]*sudo razroom-panel setup/)
  })

  it('refuses who is not root, and what it does not know', async () => {
    expect(problemOf(await panel.tryCli(['status', '--json'], { user: 'alice' })).code).toBe('NOT_ROOT')
    expect(problemOf(await panel.tryCli(['sttus', '--json'])).code).toBe('USAGE')
    expect((await panel.tryCli(['sttus'])).stderr).toContain('status')
    expect(problemOf(await panel.tryCli(['status', '--jso', '--json'])).code).toBe('USAGE')
  })

  it('sets up, and a second time changes nothing and says so', async () => {
    const first = await setUpBundled(panel)
    expect(first).toMatchObject({ kind: 'setup', state: 'succeeded', changed: true, startedBy: 'cli' })
    expect(changes(first)).toEqual(expect.arrayContaining(['create-user', 'env-file', 'ensure-image']))
    for (const step of first.steps) expect(step.found ?? step.did, step.id).toBeTruthy()
    const before = await inspectGateway(panel)
    const second = await setUpBundled(panel)
    expect(changes(second)).toEqual([])
    expect(second).toMatchObject({ state: 'succeeded', changed: false })
    expect(await inspectGateway(panel)).toEqual(before)
    const third = await say('setup')
    expect(third.stdout).toMatch(/nothing was changed[\s\S]*http:\/\/127\.0\.0\.1:18789\/#token=/)
    expect(third.stdout).toMatch(/http:\/\/127\.0\.0\.1:18780\/#code=/)
  })

  it('shows status, and links that open', async () => {
    const status = await panel.cli<Status>('status')
    expect(status.gateway).toMatchObject({ state: 'running', mode: 'container', healthy: true })
    expect((await say('status')).stdout).toMatch(/running, healthy/)
    const { url } = await panel.cli<{ url: string }>('login')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:18780\/#code=[A-Za-z0-9_-]{43}$/)
    expect((await say('login')).stdout.trim()).toMatch(/^http:\/\/127\.0\.0\.1:18780\/#code=/)
    expect(await requestStatus(host, url)).toBe(200)
  })

  it('shows the token and rotates it', async () => {
    const shown = await panel.cli<{ token: string }>('token', 'show')
    expect(shown).toMatchObject({ source: 'env', sourcesAgree: true })
    expect((await say('token', 'show')).stdout.trim()).toBe(shown.token)
    await seeTokenTaken(host, shown.token)
    const operation = await panel.cli<Operation>('token', 'rotate')
    expect(operation).toMatchObject({ kind: 'rotate-token', state: 'succeeded' })
    const next = await readToken(panel)
    expect(JSON.stringify(operation)).not.toContain(next)
    expect([await invokeTool(host, shown.token), await invokeTool(host, next)]).toEqual([401, 200])
    const forPeople = await say('token', 'rotate')
    expect(forPeople.stdout + forPeople.stderr).not.toContain(await readToken(panel))
    expect(await invokeTool(host, next)).toBe(401)
  })

  it('lists, sets, gets, unsets and checks variables', async () => {
    const before = await readEnvFile(panel)
    const saved = await panel.cli<EnvSaved>('env', 'set', 'E2E_ONE=1', 'RAZROOM_BUNDLED_HEARTBEAT_MS=200')
    expect(saved).toMatchObject({ changed: true, restartRequired: true })
    expect(await readEnvFile(panel)).toBe(`${before}E2E_ONE=1\nRAZROOM_BUNDLED_HEARTBEAT_MS=200\n`)
    const typed = await panel.tryCli(['env', 'set', 'OPENAI_API_KEY', '--json'], {
      input: 'sk-e2e-0123456789\n',
    })
    expect(typed.exitCode).toBe(0)
    expect(await panel.cli('env', 'get', 'OPENAI_API_KEY')).toEqual({
      key: 'OPENAI_API_KEY',
      value: 'sk-e2e-0123456789',
    })
    expect((await say('env', 'get', 'E2E_ONE')).stdout).toBe('1')
    const list = await panel.cli<EnvDocument>('env', 'list')
    expect(list.entries.find(({ key }) => key === 'E2E_ONE')).toMatchObject({ value: '1', masked: false })
    const text = (await say('env', 'list')).stdout
    expect(JSON.stringify(list) + text).not.toContain('sk-e2e-0123456789')
    expect(await panel.cli('env', 'unset', 'E2E_ONE', 'OPENAI_API_KEY')).toMatchObject({ changed: true })
    expect(await readEnvFile(panel)).toBe(`${before}RAZROOM_BUNDLED_HEARTBEAT_MS=200\n`)
    expect(problemOf(await panel.tryCli(['env', 'get', 'E2E_ONE', '--json'])).code).toBe('ENV_KEY_NOT_FOUND')
  })

  it('checks .env with the exit codes that scripts rely on', async () => {
    expect(await panel.cli<EnvCheck>('env', 'check')).toMatchObject({ verdict: 'clean' })
    const check = async (input: string) => {
      const { exitCode, json } = await panel.tryCli(['env', 'check', '-', '--json'], { input, user: 'alice' })
      return [exitCode, (json as EnvCheck).verdict]
    }
    expect(await check('A=1\n')).toEqual([0, 'clean'])
    expect(await check('A="quoted"\n')).toEqual([1, 'findings'])
    expect(await check('=x\n')).toEqual([2, 'fatal'])
    const refused = problemOf(await panel.tryCli(['env', 'set', 'LD_PRELOAD=/tmp/x.so', '--json']))
    expect(refused.code).toBe('ENV_VARIABLE_REFUSED')
  })

  it('stops, starts, restarts and removes, and says each time what is there', async () => {
    expect(await panel.cli<Operation>('stop')).toMatchObject({ state: 'succeeded', changed: true })
    expect((await readStatus(panel)).gateway.state).toBe('stopped')
    expect(await panel.cli<Operation>('stop')).toMatchObject({ state: 'succeeded', changed: false })
    expect(await panel.cli<Operation>('launch')).toMatchObject({ state: 'succeeded', changed: true })
    expect((await say('launch')).stdout).toContain('already running')
    const before = await inspectGateway(panel)
    expect(await panel.cli<Operation>('restart')).toMatchObject({ state: 'succeeded', changed: true })
    expect((await inspectGateway(panel)).id).not.toBe(before.id)
    expect((await say('remove')).stdout).toContain('removed')
    expect((await readStatus(panel)).gateway.state).toBe('absent')
    expect((await say('launch')).stdout).toContain('answers')
    expect((await say('stop')).exitCode).toBe(0)
    expect((await say('restart')).stdout).toContain('answers again')
    await seeTokenTaken(host, await readToken(panel))
  })

  it('shows the log of runs past and present, filtered, and follows it', async () => {
    await waitUntil(
      'heartbeats',
      60_000,
      async () => (await panel.cli<LogLine[]>('logs', '--grep', 'tick')).length > 5,
    )
    const lines = await panel.cli<LogLine[]>('logs', '-n', '3')
    expect(lines).toHaveLength(3)
    const ready = await panel.cli<LogLine[]>('logs', '--grep', 'listening on ws')
    // Setup, two rotations, launch, restart, launch after the removal, restart.
    expect(ready.length).toBeGreaterThanOrEqual(5)
    expect((await say('logs', '-n', '5', '--grep', 'tick')).stdout.split('\n')).toHaveLength(5)
    expect(await panel.cli('logs', '--since', '2999-01-01')).toEqual([])
    const follower = await host.spawn(['razroom-panel', 'logs', '-f', '-n', '1', '--json'])
    const output: string[] = []
    follower.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    await waitUntil('four live lines', 60_000, () => output.join('').split('\n').length > 4)
    follower.kill()
    const [first = ''] = output.join('').split('\n')
    expect(JSON.parse(first)).toMatchObject({ stream: 'stdout', text: expect.stringContaining('tick') })
  })

  it('follows the log over the death of the daemon, each line once and none left out', async () => {
    const follower = await host.spawn(['razroom-panel', 'logs', '-f', '-n', '0', '--json'])
    const output: string[] = []
    follower.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    const cursors = () => [...output.join('').matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor]) => cursor)
    await waitUntil('a live line', 60_000, () => cursors().length > 0)
    await panel.kill()
    await panel.start()
    const seen = cursors().length
    await waitUntil('lines after the restart', 60_000, () => cursors().length > seen + 2)
    follower.kill()
    const followed = cursors()
    const kept = (await panel.cli<LogLine[]>('logs', '-n', '1000')).map(({ cursor }) => cursor)
    const from = kept.indexOf(followed[0] ?? '')
    expect(from).not.toBe(-1)
    expect(followed).toEqual(kept.slice(from, from + followed.length))
    expect(output.join('')).not.toContain('"gap"')
  })

  it('leaves the gateway alone when the daemon is killed', async () => {
    const before = await inspectGateway(panel)
    await panel.kill()
    expect(await invokeTool(host, null)).toBe(401)
    expect(await inspectGateway(panel)).toEqual(before)
  })

  it('does the same without a daemon', async () => {
    expect(problemOf(await panel.tryCli(['login', '--json'])).code).toBe('DAEMON_UNREACHABLE')
    expect((await readStatus(panel)).gateway).toMatchObject({ state: 'running', healthy: true })
    expect((await say('status')).stdout).toContain('running, healthy')
    expect(changes(await setUpBundled(panel))).toEqual([])
    expect(await panel.cli<EnvDocument>('env', 'list')).toMatchObject({ exists: true, isUtf8: true })
    expect(await panel.cli<EnvSaved>('env', 'set', 'E2E_OFFLINE=1')).toMatchObject({ restartRequired: true })
    expect(await panel.cli('env', 'get', 'E2E_OFFLINE')).toMatchObject({ value: '1' })
    expect(await panel.cli<Operation>('stop')).toMatchObject({ state: 'succeeded', changed: true })
    expect((await readStatus(panel)).gateway.state).toBe('stopped')
    expect(await setUpBundled(panel)).toMatchObject({ state: 'succeeded', changed: true })
    await seeTokenTaken(host, await readToken(panel))
    const before = await inspectGateway(panel)
    expect((await panel.cli<LogLine[]>('logs', '-n', '2')).length).toBe(2)
    expect(await inspectGateway(panel)).toEqual(before)
    const leftovers = await host.run(['ls', '-A', '/run/razroom-panel'], { reject: false })
    expect(leftovers.stdout.split('\n').filter((name) => /cli|private|sock-/.test(name))).toEqual([])
  })

  it('takes up again with a new daemon where the old one was killed', async () => {
    const before = await inspectGateway(panel)
    await panel.start()
    expect((await readStatus(panel)).gateway).toMatchObject({ state: 'running', healthy: true })
    expect(await inspectGateway(panel)).toEqual(before)
    expect(await panel.cli<Operation>('restart')).toMatchObject({ state: 'succeeded' })
  })
})
