import { expect, test } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { gatewaySpec, LABELS } from './gateway-spec.ts'
import { gatewayArgs, podmanSetupArgs, podmanSetupExecArgs } from './render-podman-run.ts'

const spec = gatewaySpec({
  user: { name: 'razroom', uid: 995, gid: 994, home: '/home/razroom' },
  settings: {
    ...defaultSettings(),
    containerName: 'razroom',
    gatewayPort: 18801,
    bridgePort: 18790,
    publishAddress: '127.0.0.1',
  },
  imageReference: 'localhost/razroom:bundled',
  seLinux: false,
})

test('run, to the last word', () => {
  expect(gatewayArgs(spec)).toEqual([
    '--detach',
    '--replace',
    '--name=razroom',
    '--pull=never',
    '--userns=keep-id',
    '--user=995:994',
    '--init',
    '--volume=/home/razroom/.razroom:/home/node/.razroom:rw',
    '--volume=/home/razroom/.razroom/workspace:/home/node/.razroom/workspace:rw',
    '--volume=/home/razroom/.local/share/razroom/plugin-cache:/tmp/jiti:rw',
    '--env-file=/home/razroom/.razroom/.env',
    '--env=HOME=/home/node',
    '--env=TERM=xterm-256color',
    '--env=RAZROOM_NO_RESPAWN=1',
    '--stop-timeout=20',
    '--log-driver=k8s-file',
    '--log-opt=path=/home/razroom/.local/share/razroom/log/gateway.log',
    '--log-opt=max-size=64mb',
    '--publish=127.0.0.1:18801:18789',
    '--publish=127.0.0.1:18790:18790',
    `--label=io.razroom.panel.spec=${spec.labels[LABELS.spec]}`,
    '--label=io.razroom.panel.image=localhost/razroom:bundled',
    '--',
    'localhost/razroom:bundled',
    'node',
    'dist/index.js',
    'gateway',
    '--bind',
    'lan',
    '--port',
    '18789',
  ])
})

test('the wizard: a terminal, the same files, no port and no log', () => {
  expect(podmanSetupArgs(spec)).toEqual([
    '--interactive',
    '--tty',
    '--rm',
    '--replace',
    '--name=razroom-setup',
    '--pull=never',
    '--userns=keep-id',
    '--user=995:994',
    '--init',
    '--volume=/home/razroom/.razroom:/home/node/.razroom:rw',
    '--volume=/home/razroom/.razroom/workspace:/home/node/.razroom/workspace:rw',
    '--volume=/home/razroom/.local/share/razroom/plugin-cache:/tmp/jiti:rw',
    '--env-file=/home/razroom/.razroom/.env',
    '--env=HOME=/home/node',
    '--env=TERM=xterm-256color',
    '--env=RAZROOM_NO_RESPAWN=1',
    '--log-driver=none',
    '--',
    'localhost/razroom:bundled',
    'node',
    'dist/index.js',
    'onboard',
  ])
  expect(podmanSetupExecArgs(spec).join(' ')).toBe('--interactive --tty razroom node dist/index.js onboard')
})

test('SELinux, an IPv6 address and a host without catatonit', () => {
  const args = gatewayArgs({
    ...spec,
    init: false,
    mounts: spec.mounts.map((mount) => ({ ...mount, relabel: true })),
    publishes: spec.publishes.map((publish) => ({ ...publish, address: '::1' })),
  })
  expect(args).not.toContain('--init')
  expect(args).toContain('--volume=/home/razroom/.razroom:/home/node/.razroom:rw,Z')
  expect(args).toContain('--publish=[::1]:18801:18789')
})
