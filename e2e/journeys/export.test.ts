import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ExportDocument } from '../../contract/unit.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { seeFreePorts } from '../host/host-test-kit.ts'
import { invokeTool, type PanelHost, readToken, setUpBundled, startPanel } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'

const HOME = '/home/razroom'
const UNIT_DIRS = `${HOME}/.config/containers/systemd`
const PLAIN_UNIT_DIR = `${HOME}/.config/systemd/user`
const PLACE = `${HOME}/exported`
/** Not the panel's own name, so that nothing but the file under test starts the container. */
const BY_HAND = 'by-hand'

/** What people do with the files, as razroom on the shell. */
interface Person {
  /** Runs a program as razroom; `KillMode=process` keeps what it leaves running (docs/facts/podman-and-systemd.md). */
  run(...argv: string[]): Promise<string>
  systemctl(...argv: string[]): Promise<string>
  write(path: string, text: string): Promise<void>
}

function asRazroom(host: TestHost, variables: readonly string[] = []): Person {
  const settings = variables.map((variable) => `--setenv=${variable}`)
  const enter = ['systemd-run', '--machine=razroom@.host', '--user', '--pipe', '--wait', '--quiet']
  const options = ['--property=KillMode=process', `--working-directory=${PLACE}`, ...settings]
  return {
    run: async (...argv) => (await host.run([...enter, ...options, ...argv], { timeoutMs: 240_000 })).stdout,
    systemctl: async (...argv) =>
      (await host.run(['systemctl', '--machine=razroom@.host', '--user', ...argv], { timeoutMs: 240_000 }))
        .stdout,
    async write(path, text) {
      const directory = path.slice(0, path.lastIndexOf('/'))
      await host.run(['mkdir', '--parents', directory], { user: 'razroom' })
      await host.run(['sh', '-c', 'umask 077; cat > "$0"', path], { user: 'razroom', input: text })
    },
  }
}

async function exported(panel: PanelHost, ...words: string[]): Promise<ExportDocument> {
  return panel.cli<ExportDocument>('export', ...words)
}

/** Waits until the gateway takes this token; a wrong one is refused then, too. */
async function seeGateway(host: TestHost, token: string): Promise<void> {
  await waitUntil('the gateway takes the token', 180_000, async () => (await invokeTool(host, token)) === 200)
  expect(await invokeTool(host, `${token}x`)).toBe(401)
}

/** What held the ports lets go of them some time after the container is gone: whoever comes next is not to meet it. */
async function seeNothing(host: TestHost, person: Person): Promise<void> {
  await seeFreePorts(host)
  expect(await invokeTool(host, null)).toBe(0)
  expect(await person.run('podman', 'ps', '--all', '--quiet')).toBe('')
}

/** Sets up, and takes the panel's own container away, so that the ports are free. */
async function prepare(host: TestHost): Promise<{ panel: PanelHost; token: string }> {
  const panel = await startPanel(host)
  expect(await setUpBundled(panel)).toMatchObject({ state: 'succeeded' })
  const token = await readToken(panel)
  await seeGateway(host, token)
  await panel.cli('remove')
  await seeFreePorts(host)
  await host.run(['mkdir', PLACE], { user: 'razroom' })
  return { panel, token }
}

const install = (host: TestHost, ...packages: string[]) =>
  host.run(
    [
      'sh',
      '-c',
      'apt-get update -qq && apt-get install -qq --yes --no-install-recommends "$@"',
      '-',
      ...packages,
    ],
    { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: 'noninteractive' } },
  )

describe('every export runs the gateway on Debian 13', () => {
  let host: TestHost
  let panel: PanelHost
  let token: string
  let person: Person
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13', network: 'mirrors' })
    person = asRazroom(host)
    const prepared = await prepare(host)
    panel = prepared.panel
    token = prepared.token
  })
  afterAll(() => host?.destroy())
  afterEach(() => seeNothing(host, person))

  it('no file holds the token unless it is asked for, and the commands print what the API says', async () => {
    for (const format of ['quadlet', 'service', 'script', 'kube', 'compose']) {
      const document = await exported(panel, format)
      expect(JSON.stringify(document)).not.toContain(token)
      const { stdout, stderr } = await panel.tryCli(['export', format])
      expect(`${stdout}\n`).toBe(document.text)
      expect(stderr.trim().split('\n')).toEqual(document.notes)
    }
  })

  it('the Quadlet file, put in place by hand under another name', async () => {
    const { text } = await exported(panel, 'quadlet')
    await person.write(`${UNIT_DIRS}/${BY_HAND}.container`, text)
    const dryRun = await person.run('/usr/libexec/podman/quadlet', '-user', '-dryrun')
    expect(dryRun).toContain(`---${BY_HAND}.service---`)
    expect(dryRun).toMatch(/^ExecStart=.* --user \d+:\d+ --userns keep-id /m)
    await person.systemctl('daemon-reload')
    await person.systemctl('start', BY_HAND)
    await seeGateway(host, token)
    expect(
      await person.run('podman', 'inspect', '--format={{.Config.Labels.PODMAN_SYSTEMD_UNIT}}', 'razroom'),
    ).toBe(`${BY_HAND}.service`)
    await person.systemctl('stop', BY_HAND)
    expect(await person.systemctl('show', '--value', '--property=Result', BY_HAND)).toBe('success')
    await host.run(['rm', `${UNIT_DIRS}/${BY_HAND}.container`])
    await person.systemctl('daemon-reload')
  })

  it('the plain unit, which comes back after the container was killed', async () => {
    const { text } = await exported(panel, 'service')
    const file = `${PLAIN_UNIT_DIR}/${BY_HAND}.service`
    await person.write(file, text)
    await person.run('systemd-analyze', '--user', 'verify', file)
    await person.systemctl('daemon-reload')
    await person.systemctl('start', BY_HAND)
    await seeGateway(host, token)
    await person.run('podman', 'kill', '--signal=KILL', 'razroom')
    await waitUntil('systemd has started it again', 180_000, async () => {
      return Number(await person.systemctl('show', '--value', '--property=NRestarts', BY_HAND)) > 0
    })
    await seeGateway(host, token)
    await person.systemctl('stop', BY_HAND)
    expect(await person.systemctl('show', '--value', '--property=Result', BY_HAND)).toBe('success')
    await seeFreePorts(host)
    // Right after the start podman has the most to do at the stop.
    for (let round = 1; round <= 8; round++) {
      await person.systemctl('start', BY_HAND)
      await waitUntil('it listens', 180_000, async () => (await invokeTool(host, null)) === 401)
      await person.systemctl('stop', BY_HAND)
      const result = await person.systemctl('show', '--value', '--property=Result', BY_HAND)
      expect(result, `stop ${round}`).toBe('success')
      await seeFreePorts(host)
    }
    await host.run(['rm', file])
    await person.systemctl('daemon-reload')
  })

  it('the script', async () => {
    const { text } = await exported(panel, 'script')
    await person.write(`${PLACE}/run.sh`, text)
    await person.run('bash', `${PLACE}/run.sh`)
    await seeGateway(host, token)
    await person.run('podman', 'rm', '--force', 'razroom')
  })

  it('the Kubernetes objects with secrets, by podman kube play', async () => {
    const file = '/root/razroom.yaml'
    await panel.cli('export', 'kube', '--secrets', '--output', file)
    const { stdout: mode } = await host.run(['stat', '--format=%a %U', file])
    expect(mode).toBe('600 root')
    const again = await panel.tryCli(['export', 'kube', '--secrets', '--output', file, '--json'])
    expect([again.exitCode, again.json]).toMatchObject([1, { code: 'FILE_EXISTS' }])
    const { stdout: text } = await host.run(['cat', file])
    await person.write(`${PLACE}/razroom.yaml`, text)
    const publish = ['--publish', '127.0.0.1:18789:18789', '--publish', '127.0.0.1:18790:18790']
    await person.run('podman', 'kube', 'play', '--network', 'pasta', ...publish, 'razroom.yaml')
    await seeGateway(host, token)
    const health = ['podman', 'inspect', '--format={{.State.Health.Status}}', 'razroom-pod-gateway']
    await waitUntil('the probes say so', 180_000, async () => (await person.run(...health)) === 'healthy')
    await person.run('podman', 'kube', 'down', '--force', 'razroom.yaml')
    expect(await person.run('podman', 'volume', 'ls', '--quiet')).toBe('')
    expect(await person.run('podman', 'secret', 'ls', '--quiet')).toBe('')
  })

  it('the compose file, by podman-compose of the distribution, with and without secrets', async () => {
    await install(host, 'podman-compose', 'nftables')
    for (const secrets of [[], ['--secrets']]) {
      const { text } = await exported(panel, 'compose', ...secrets)
      expect(text.includes(token)).toBe(secrets.length > 0)
      await person.write(`${PLACE}/compose.yaml`, text)
      await person.run('podman-compose', 'up', '--detach')
      await seeGateway(host, token)
      const format = '{{.Config.User}} {{.HostConfig.UsernsMode}} {{.HostConfig.Init}}'
      const { stdout: ids } = await host.run(['sh', '-c', 'echo "$(id -u razroom):$(id -g razroom)"'])
      expect(await person.run('podman', 'inspect', `--format=${format}`, 'razroom')).toBe(
        `${ids} private true`,
      )
      await person.run('podman-compose', 'down')
      await seeFreePorts(host)
    }
  })

  it('the interface is an OpenAPI document', async () => {
    const { stdout } = await host.run([
      'curl',
      '--silent',
      '--unix-socket',
      '/run/razroom-panel/control.sock',
      'http://localhost/api/openapi.json',
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      openapi: '3.1.1',
      paths: { '/api/export/{format}': { get: { 'x-access': 'session' } } },
    })
  })
})

describe('where podman has no Quadlet (Debian 12)', () => {
  let host: TestHost
  let panel: PanelHost
  let token: string
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-12', network: 'mirrors' })
    const prepared = await prepare(host)
    panel = prepared.panel
    token = prepared.token
  })
  afterAll(() => host?.destroy())

  it('the Quadlet file is for the oldest podman that reads one, and says so', async () => {
    const { text, notes } = await exported(panel, 'quadlet')
    expect(text).toContain('PodmanArgs=--userns=keep-id\n')
    expect(notes[0]).toContain('podman 4.3.1 of this host has no Quadlet')
  })

  it('the plain unit runs it', async () => {
    const person = asRazroom(host)
    await person.write(`${PLAIN_UNIT_DIR}/${BY_HAND}.service`, (await exported(panel, 'service')).text)
    await person.systemctl('daemon-reload')
    await person.systemctl('start', BY_HAND)
    await seeGateway(host, token)
    expect(await person.systemctl('is-active', BY_HAND)).toBe('active')
    await person.systemctl('stop', BY_HAND)
    await seeNothing(host, person)
  })

  it.runIf(IS_FULL)('podman-compose 1.0.3 runs the compose file, given the user namespace', async () => {
    await install(host, 'podman-compose', 'iptables')
    const person = asRazroom(host, ['PODMAN_USERNS=keep-id'])
    const { text, notes } = await exported(panel, 'compose')
    expect(notes.join('\n')).toContain('PODMAN_USERNS=keep-id podman-compose up -d')
    await person.write(`${PLACE}/compose.yaml`, text)
    await person.run('podman-compose', 'up', '--detach')
    await seeGateway(host, token)
    await person.run('podman-compose', 'down')
    await seeNothing(host, person)
  })
})
