import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { gatewaySpec, LABELS } from './gateway-spec.ts'
import { launchScript } from './render-launch-script.ts'

const make = (home: string, seLinux = false) =>
  gatewaySpec({
    user: { name: 'razroom', uid: 995, gid: 994, home },
    settings: {
      ...defaultSettings(),
      containerName: 'razroom',
      gatewayPort: 18789,
      bridgePort: 18790,
      publishAddress: '127.0.0.1',
    },
    imageReference: 'localhost/razroom:bundled',
    seLinux,
  })

test.each([
  ['/home/razroom', 'style'],
  ['/srv/my home', 'style'],
  // Single quotes around $(id) are what is wanted; shellcheck would like to be sure.
  ["/srv/it's $(id)", 'warning'],
])('shellcheck finds nothing, home %s', (home, severity) => {
  for (const seLinux of [true, false]) {
    const input = launchScript(make(home, seLinux))
    const args = ['--norc', '--shell=bash', `--severity=${severity}`, '-']
    expect(execFileSync('shellcheck', args, { input, encoding: 'utf8' })).toBe('')
  }
})

test('what differs from gateway to gateway, to the last byte', () => {
  const spec = make('/home/razroom')
  const script = launchScript(spec)
  const [interpreter, checksum, ...lines] = script.split('\n')
  const text = lines.join('\n')
  expect(interpreter).toBe('#!/bin/bash')
  expect(checksum).toBe(`# Checksum: ${createHash('sha256').update(text).digest('hex')}`)
  expect(
    text.slice(0, text.indexOf('set_wizard_args')),
  ).toBe(`# Starts the Razroom gateway of razroom in a rootless Podman container. Needs neither razroom-panel nor Node.
# Written by razroom-panel setup, which writes it again when the settings change.
#
#   sudo -u razroom /home/razroom/run-razroom-podman.sh
#   sudo -u razroom /home/razroom/run-razroom-podman.sh setup
#
# Exit codes: 0 it answers; 1 it did not start; 2 a wrong argument or variable; 3 something is missing here.
set -euo pipefail
umask 077
# PATH: in an empty environment bash has one of its own, which podman would not see.
export LC_ALL=C PATH

user_name=razroom
user_id=995
user_gid=994
user_home=/home/razroom
script_path=/home/razroom/run-razroom-podman.sh
container=razroom
image=localhost/razroom:bundled
userns=keep-id
config_dir=/home/razroom/.razroom
workspace_dir=/home/razroom/.razroom/workspace
plugin_cache_dir=/home/razroom/.local/share/razroom/plugin-cache
log_dir=/home/razroom/.local/share/razroom/log
address=127.0.0.1
gateway_port=18789
bridge_port=18790
spec_label=${spec.labels[LABELS.spec]}
minimal_config='{
  "gateway": {
    "mode": "local"
  }
}
'
ready_timeout=900

set_run_args() {
  run_args=(
    --detach
    --replace
    --name="$container"
    --pull=never
    "\${userns_args[@]}"
    --user="$run_user"
    --init
    --volume="$config_dir":/home/node/.razroom:rw
    --volume="$workspace_dir":/home/node/.razroom/workspace:rw
    --volume=/home/razroom/.local/share/razroom/plugin-cache:/tmp/jiti:rw
    --env-file="$env_file"
    --env=HOME=/home/node
    --env=TERM=xterm-256color
    --env=RAZROOM_NO_RESPAWN=1
    --stop-timeout=20
    --log-driver=k8s-file
    --log-opt=path=/home/razroom/.local/share/razroom/log/gateway.log
    --log-opt=max-size=64mb
    --publish=127.0.0.1:"$gateway_port":18789
    --publish=127.0.0.1:"$bridge_port":18790
    --label=io.razroom.panel.spec="$spec_label"
    --label=io.razroom.panel.image="$image"
    --
    "$image"
    node
    dist/index.js
    gateway
    --bind
    lan
    --port
    18789
  )
}

`)
})

test('it never sources a file, nor evaluates text', () => {
  expect(launchScript(make('/home/razroom'))).not.toMatch(/(?:^|[;&|]|do|then)\s*(?:source|\.|eval)\s/m)
})
