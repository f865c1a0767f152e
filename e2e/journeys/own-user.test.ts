import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import {
  invokeTool,
  type PanelHost,
  problemOf,
  readStatus,
  readToken,
  seeTokenTaken,
  startPanel,
} from '../host/panel-host.ts'

const HOME = '/home/alice'

describe('a gateway that runs as an ordinary user who was there before', () => {
  let host: TestHost
  let panel: PanelHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await host.run(['sh', '-c', 'echo mine > ~/letter && chmod 0755 ~'], { user: 'alice' })
  })
  afterAll(() => host?.destroy())

  const setUp = (...options: string[]) => panel.cli<Operation>('setup', '--bundled', ...options)
  const tryIt = async (...options: string[]) =>
    problemOf(await panel.tryCli(['setup', '--bundled', ...options, '--json']))
  const text = async (...argv: string[]) => (await host.run(argv)).stdout
  const record = async () =>
    (JSON.parse(await text('cat', '/var/lib/razroom-panel/state.json')) as { created: string[] }).created
  const asAlice = async (...argv: string[]) =>
    (
      await host.run([
        'systemd-run',
        '--machine=alice@.host',
        '--user',
        '--pipe',
        '--wait',
        '--quiet',
        ...argv,
      ])
    ).stdout

  it('refuses users that are not there or cannot run it, and makes none', async () => {
    expect(await tryIt('--user', 'alcie')).toMatchObject({
      code: 'USER_MISSING',
      detail: expect.stringContaining('alice'),
    })
    expect((await host.run(['id', 'alcie'], { reject: false })).exitCode).not.toBe(0)
    for (const user of ['root', 'www-data', 'nobody', 'games'])
      expect(await tryIt('--user', user), user).toMatchObject({ code: 'USER_UNSUITABLE' })
    expect((await readStatus(panel)).isSetUp).toBe(false)
  })

  it('asks before other machines could reach it', async () => {
    const { status, body } = await callApi(panel, 'PUT /api/settings', { publishAddress: '0.0.0.0' })
    expect([status, (body as { code: string }).code]).toEqual([409, 'EXPOSURE_UNCONFIRMED'])
    expect((body as { detail: string }).detail).toContain('18789')
  })

  it('refuses directories that are not the user’s, with the command that mends it', async () => {
    const config = '/srv/razroom/config'
    const missing = await tryIt('--user', 'alice', '--config-dir', config)
    expect(missing).toMatchObject({ code: 'DIRECTORY_UNSUITABLE' })
    expect(missing.command).toMatch(/^sudo install -d -o alice -g \d+ -m 0700 \/srv\/razroom\/config$/)
    await host.run(['mkdir', '--parents', config])
    const foreign = await tryIt('--user', 'alice', '--config-dir', config)
    expect(foreign.command).toMatch(/^sudo chown -R alice:\d+ \/srv\/razroom\/config$/)
    for (const path of ['/', '/etc/razroom', '/home', HOME])
      expect(await tryIt('--user', 'alice', '--config-dir', path), path).toMatchObject({
        code: 'DIRECTORY_UNSUITABLE',
      })
    expect(await text('stat', '--format=%U %a', config)).toBe('root 755')
    // What the answer says is what mends it.
    await host.run(['sh', '-c', String(foreign.command).replace('sudo ', '')])
    await host.run(['touch', `${config}/photo.jpg`], { user: 'alice' })
    expect((await tryIt('--user', 'alice', '--config-dir', config)).detail).toContain('photo.jpg')
    await host.run(['rm', `${config}/photo.jpg`])
  })

  it('sets up with directories elsewhere, and leaves what she had as it was', async () => {
    const before = await text('cat', '/etc/subuid', '/etc/subgid', '/etc/passwd')
    const operation = await setUp(
      ...['--user', 'alice', '--config-dir', '/srv/razroom/config'],
      ...['--workspace-dir', `${HOME}/elsewhere/razroom`, '--gateway-port', '28789'],
    )
    expect(operation).toMatchObject({ state: 'succeeded', changed: true })
    expect(await readStatus(panel)).toMatchObject({
      gateway: { state: 'running', healthy: true },
      user: { name: 'alice', home: HOME },
    })
    expect(await text('cat', '/etc/subuid', '/etc/subgid', '/etc/passwd')).toBe(before)
    expect(await text('stat', '--format=%a', HOME)).toBe('755')
    expect(await text('cat', `${HOME}/letter`)).toBe('mine')
    expect(await text('stat', '--format=%U %a', '/srv/razroom/config/.env')).toBe('alice 600')
    // These machines have no pids controller; nothing else of her podman is changed.
    const conf = await text('cat', `${HOME}/.config/containers/containers.conf.d/50-razroom-panel.conf`)
    expect(conf).toContain('pids_limit = 0')
    expect(conf).not.toContain('events_logger')
    expect(await asAlice('podman', 'ps', '--format', '{{.Names}}')).toBe('razroom')
    expect((await host.run(['id', 'razroom'], { reject: false })).exitCode).not.toBe(0)
    await seeTokenTaken(host, await readToken(panel), 28789)
  })

  it('records what it made, and nothing else', async () => {
    const created = await record()
    expect(created).toEqual(
      expect.arrayContaining(['linger:alice', `dir:${HOME}/elsewhere/razroom`, 'podman:alice']),
    )
    const forbidden = created.filter((entry) => /^(user|home|subuid|subgid):|^dir:\/srv/.test(entry))
    expect(forbidden).toEqual([])
  })

  it('changes nothing in a second run or one that fails, and works the same by API and command line', async () => {
    expect(await setUp()).toMatchObject({ state: 'succeeded', changed: false })
    expect(await tryIt('--config-dir', '/srv/elsewhere')).toMatchObject({ code: 'DIRECTORY_UNSUITABLE' })
    const { body } = await callApi(panel, 'GET /api/settings')
    expect(body as Settings).toMatchObject({
      user: 'alice',
      configDir: '/srv/razroom/config',
      workspaceDir: `${HOME}/elsewhere/razroom`,
    })
    expect(await panel.cli('env', 'set', 'E2E=1')).toMatchObject({ changed: true })
    expect(await panel.cli<Operation>('restart')).toMatchObject({ state: 'succeeded' })
    expect(await asAlice('podman', 'exec', 'razroom', 'node', '-p', 'process.env.E2E')).toBe('1')
  })

  it('gives back what root left in the directories, and follows no link there', async () => {
    const config = '/srv/razroom/config'
    await host.run([
      'sh',
      '-c',
      `cp ${config}/.env /tmp/env && rm ${config}/.env && cp /tmp/env ${config}/.env && chmod 600 ${config}/.env`,
    ])
    await host.run(['ln', '--symbolic', '/etc/shadow', `${HOME}/elsewhere/razroom/link`])
    await host.run(['install', '-d', '-m', '0700', `${HOME}/elsewhere/razroom/roots`])
    const before = await text('stat', '--format=%U %a', '/etc/shadow')
    const operation = await setUp()
    expect(operation.steps.find(({ id }) => id === 'directories')?.did).toContain(`${config}/.env`)
    expect(await text('stat', '--format=%U', `${config}/.env`, `${HOME}/elsewhere/razroom/roots`)).toBe(
      'alice\nalice',
    )
    expect(await text('stat', '--format=%U %a', '/etc/shadow')).toBe(before)
    expect(await readToken(panel)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('does not run twice: another user or name only after it is removed', async () => {
    expect(await tryIt('--user', 'razroom')).toMatchObject({ code: 'GATEWAY_ELSEWHERE' })
    expect(await tryIt('--container-name', 'second')).toMatchObject({ code: 'GATEWAY_ELSEWHERE' })
    expect(await panel.cli<Operation>('remove')).toMatchObject({ state: 'succeeded' })
    expect(await setUp('--container-name', 'second')).toMatchObject({ state: 'succeeded' })
    expect(await asAlice('podman', 'ps', '--format', '{{.Names}}')).toBe('second')
    expect(await text('cat', `${HOME}/letter`)).toBe('mine')
  })

  it('is published elsewhere when that is asked for, and probed where it answers', async () => {
    const said = await panel.tryCli(['setup', '--publish', '127.0.0.2'])
    expect(said.exitCode, said.stderr).toBe(0)
    expect((await readStatus(panel)).gateway).toMatchObject({
      healthy: true,
      ports: { address: '127.0.0.2' },
    })
    const open = await panel.tryCli(['setup', '--publish', '0.0.0.0'])
    expect(open.exitCode, open.stderr).toBe(0)
    expect(open.stderr).toContain('every machine that reaches this address')
    expect((await readStatus(panel)).gateway).toMatchObject({ healthy: true, ports: { address: '0.0.0.0' } })
    expect(await invokeTool(host, null, 28789)).toBe(401)
  })
})
