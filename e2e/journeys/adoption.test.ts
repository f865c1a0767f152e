import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackupEntry } from '../../contract/backups.ts'
import type { LogPage } from '../../contract/logs.ts'
import type { Operation, SetupPlan } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { addRazroom } from '../host/host-test-kit.ts'
import { callApi } from '../host/panel-api.ts'
import {
  invokeTool,
  type PanelHost,
  readStatus,
  readToken,
  seeTokenTaken,
  startPanel,
} from '../host/panel-host.ts'
import { RELEASE_DIR } from '../host/panel-release.ts'
import { waitUntil } from '../host/wait-until.ts'

const TOKEN = '0123456789abcdef0123456789abcdef0123456789abcdef'
const HOME = '/home/razroom'
const CONFIG = `${HOME}/.razroom`
const COMMAND = 'node dist/index.js gateway --bind lan --port 18789'

/** Runs a script as razroom, under its own manager. */
function runAsRazroom(host: TestHost, script: string, ...more: string[]) {
  const manager = ['systemd-run', '--machine=razroom@.host', '--user', '--pipe', '--wait', '--quiet']
  return host.run([...manager, ...more, 'sh', '-ec', script], { timeoutMs: 480_000 })
}

/** Makes a gateway as Razroom's own page says it, without the panel. */
async function makeByHand(host: TestHost, run: 'podman' | 'quadlet'): Promise<void> {
  await addRazroom(host)
  const asUser = (script: string, ...more: string[]) => runAsRazroom(host, script, ...more)
  await asUser(`mkdir -m 0700 -p ${CONFIG}/workspace
    printf 'RAZROOM_GATEWAY_TOKEN=%s\\n# mine\\nGROQ_API_KEY=gsk_by_hand\\n' ${TOKEN} > ${CONFIG}/.env
    printf '{ gateway: { mode: "local" } } // by hand\\n' > ${CONFIG}/razroom.json
    printf '#!/bin/bash\\n# by hand\\n' > ${HOME}/run-razroom-podman.sh
    podman build --quiet --tag razroom:local ${RELEASE_DIR}`)
  if (run === 'podman') {
    await asUser(
      `podman run -d --replace --name razroom --userns=keep-id --user "$(id -u):$(id -g)" -e HOME=/home/node \
        --env-file ${CONFIG}/.env -v ${CONFIG}:/home/node/.razroom:rw \
        -v ${CONFIG}/workspace:/home/node/.razroom/workspace:rw \
        -p 28789:18789 -p 28790:18790 razroom:local ${COMMAND}`,
      '--property=KillMode=process',
    )
  } else {
    const unit = `[Container]
ContainerName=razroom
Image=localhost/razroom:local
UserNS=keep-id
Exec=${COMMAND}
EnvironmentFile=%h/.razroom/.env
Volume=%h/.razroom:/home/node/.razroom
PublishPort=127.0.0.1:28789:18789
PublishPort=127.0.0.1:28790:18790
[Quadlet]
DefaultDependencies=false
[Service]
SuccessExitStatus=143
[Install]
WantedBy=default.target
`
    const directory = `${HOME}/.config/containers/systemd`
    await asUser(`mkdir -p ${directory}; cat > ${directory}/razroom.container <<'EOF'\n${unit}EOF`)
    await host.run(['systemctl', '--machine=razroom@.host', '--user', 'daemon-reload'])
    await host.run(['systemctl', '--machine=razroom@.host', '--user', 'start', 'razroom.service'])
  }
  await waitUntil(
    'the gateway made by hand answers',
    180_000,
    async () => (await invokeTool(host, TOKEN, 28789)) === 200,
  )
}

describe.each([
  ['a container that was started by hand', 'podman', 'container', '0.0.0.0'],
  ['a Quadlet unit that was written by hand', 'quadlet', 'quadlet', '127.0.0.1'],
] as const)('taking over %s', (_what, run, mode, address) => {
  let host: TestHost
  let panel: PanelHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await makeByHand(host, run)
  })
  afterAll(() => host?.destroy())

  const imageId = async () =>
    (await panel.podman('image', 'inspect', '--format', '{{.Id}}', 'razroom:local')).trim()
  const list = async (directory: string) => (await host.run(['ls', '-A', directory])).stdout.split('\n')

  it('is shown before anything is changed', async () => {
    const before = await panel.podman('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', 'razroom')
    const { body } = await callApi(panel, 'GET /api/setup')
    const { adoption, findings } = body as SetupPlan
    expect(adoption).toMatchObject({
      user: 'razroom',
      settings: {
        mode,
        image: { kind: 'registry', reference: 'localhost/razroom:local' },
        gatewayPort: 28789,
        bridgePort: 28790,
        publishAddress: address,
        configDir: null,
        workspaceDir: null,
        userns: 'keep-id',
      },
    })
    expect(adoption?.found.join('\n')).toContain(`${CONFIG}/.env`)
    expect(JSON.stringify(body)).not.toContain(TOKEN)
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(await panel.podman('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', 'razroom')).toBe(before)
  })

  it('keeps token, ports, image and files', async () => {
    const [before, env, config] = [
      await imageId(),
      (await host.run(['cat', `${CONFIG}/.env`])).stdout,
      (await host.run(['cat', `${CONFIG}/razroom.json`])).stdout,
    ]
    const operation = await panel.cli<Operation>('setup')
    expect(operation).toMatchObject({ state: 'succeeded' })
    expect(operation.steps.find(({ id }) => id === 'adopt')?.found).toContain('28789')
    expect(await readStatus(panel)).toMatchObject({
      gateway: { state: 'running', healthy: true, mode, ports: { address, gateway: 28789, bridge: 28790 } },
      image: { source: { kind: 'registry', reference: 'localhost/razroom:local' }, isRunning: true },
    })
    expect(await readToken(panel)).toBe(TOKEN)
    await seeTokenTaken(host, TOKEN, 28789)
    expect(await imageId()).toBe(before)
    expect((await host.run(['cat', `${CONFIG}/.env`])).stdout).toBe(env)
    expect((await host.run(['cat', `${CONFIG}/razroom.json`])).stdout).toBe(config)
  })

  it('kept the script beside the new one, and a backup of before', async () => {
    const saved = (await list(HOME)).filter((name) => name.startsWith('run-razroom-podman.sh.saved-'))
    expect(saved).toHaveLength(1)
    expect((await host.run(['cat', `${HOME}/${saved[0]}`])).stdout).toContain('# by hand')
    const { body } = await callApi(panel, 'GET /api/backups')
    expect((body as BackupEntry[]).map(({ reason }) => reason)).toEqual(['adoption'])
  })

  it('is set up then: a second run changes nothing, and nothing is recorded as made that was there', async () => {
    expect(await panel.cli<Operation>('setup')).toMatchObject({ state: 'succeeded', changed: false })
    const { created } = JSON.parse((await host.run(['cat', '/var/lib/razroom-panel/state.json'])).stdout) as {
      created: string[]
    }
    expect(created).toContain('adopted:razroom:razroom')
    expect(created.filter((entry) => /^(user|home|subuid|subgid|linger|adopting):/.test(entry))).toEqual([])
    expect(created).not.toContain(`dir:${CONFIG}`)
  })

  it('takes other ports and loopback when they are asked for', async () => {
    const operation = await panel.cli<Operation>(
      ...['setup', '--container', '--gateway-port', '28791', '--publish', '127.0.0.1'],
    )
    expect(operation).toMatchObject({ state: 'succeeded', changed: true })
    expect((await readStatus(panel)).gateway).toMatchObject({
      healthy: true,
      mode: 'container',
      ports: { address: '127.0.0.1', gateway: 28791, bridge: 28790 },
    })
    await seeTokenTaken(host, TOKEN, 28791)
    expect(await invokeTool(host, TOKEN, 28789)).toBe(0)
  })

  if (run === 'podman')
    it('has the lines of a container that somebody makes without a log file of ours, and keeps them', async () => {
      const texts = async () => {
        const { body } = await callApi(panel, 'GET /api/logs?limit=200')
        return (body as LogPage).lines.map(({ text }) => text)
      }
      for (const [driver, logSource] of [
        ['journald', 'journal'],
        ['k8s-file', 'file'],
        ['none', 'nowhere'],
      ]) {
        const words = `console.log('begins with ${driver}'); setTimeout(() => console.error('error of ${driver}'), 500); setInterval(() => 0, 9e4)`
        await runAsRazroom(
          host,
          `podman run -d --replace --name razroom --stop-signal=KILL --log-driver=${driver} razroom:local node --eval "${words}"`,
          '--property=KillMode=process',
        )
        await waitUntil(`the status tells ${logSource}`, 120_000, async () => {
          return (await readStatus(panel)).gateway.logSource === logSource
        })
        if (driver === 'none') continue
        await waitUntil(`the lines of ${driver} are there`, 120_000, async () => {
          const seen = await texts()
          return [`begins with ${driver}`, `error of ${driver}`].every((text) => seen.includes(text))
        })
      }
      await panel.podman('rm', '--force', 'razroom')
      await panel.cli<Operation>('launch')
      const seen = await texts()
      const from = seen.indexOf('begins with journald')
      // Nothing between them, before them or twice.
      expect(seen.slice(from, from + 4)).toEqual(
        ['journald', 'k8s-file'].flatMap((driver) => [`begins with ${driver}`, `error of ${driver}`]),
      )
      expect(seen.filter((text) => / (journald|k8s-file)$/.test(text))).toHaveLength(4)
      expect((await readStatus(panel)).gateway.logSource).toBeUndefined()
    })
})
