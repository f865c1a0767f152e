import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gatewaySpec } from './gateway-spec.ts'
import { gatewayArgs } from './render-podman-run.ts'
import { renderUserUnit } from './render-user-unit.ts'
import { anySpec, ordinaryInput, ordinarySpec } from './test-specs.ts'
import { parseUnit, parseWords } from './test-unit-parser.ts'
import { readSeal } from './unit-text.ts'

test('to the last byte', () => {
  const text = renderUserUnit(ordinarySpec, { startAtBoot: true })
  expect(readSeal(text)).toBe('ours')
  expect(text.split('\n').slice(2).join('\n')).toBe(`[Unit]
Description=Razroom gateway of razroom
RequiresMountsFor=%t/containers
StartLimitIntervalSec=900
StartLimitBurst=5

[Service]
Type=exec
StandardOutput=null
StandardError=journal
Environment=PODMAN_SYSTEMD_UNIT=%n
ExecStartPre=/bin/rm -f %t/%n.ctr-id
ExecStart=/usr/bin/podman run --cidfile=%t/%n.ctr-id --cgroups=no-conmon --rm --sdnotify=ignore --sig-proxy=false --attach=stdout --replace --name=razroom --pull=never --userns=keep-id --user=995:994 --init --volume=/home/razroom/.razroom:/home/node/.razroom:rw --volume=/home/razroom/.razroom/workspace:/home/node/.razroom/workspace:rw --volume=/home/razroom/.local/share/razroom/plugin-cache:/tmp/jiti:rw --env-file=/home/razroom/.razroom/.env --env=HOME=/home/node --env=TERM=xterm-256color --env=RAZROOM_NO_RESPAWN=1 --stop-timeout=20 --log-driver=k8s-file --log-opt=path=/home/razroom/.local/share/razroom/log/gateway.log --log-opt=max-size=64mb --publish=127.0.0.1:18801:18789 --publish=127.0.0.1:18790:18790 --label=io.razroom.panel.spec=${ordinarySpec.labels['io.razroom.panel.spec']} --label=io.razroom.panel.image=localhost/razroom:bundled -- localhost/razroom:bundled node dist/index.js gateway --bind lan --port 18789
ExecStop=/usr/bin/podman stop --ignore --time=20 --cidfile=%t/%n.ctr-id
ExecStopPost=-/usr/bin/podman rm --force --ignore --cidfile=%t/%n.ctr-id
KillMode=mixed
KillSignal=SIGCONT
Restart=always
RestartSec=5
SuccessExitStatus=143 137
TimeoutStartSec=900
TimeoutStopSec=60

[Install]
WantedBy=default.target
`)
})

test('without start at boot there is no [Install]', () => {
  expect(parseUnit(renderUserUnit(ordinarySpec, { startAtBoot: false }))).not.toHaveProperty('Install')
})

test('whatever the paths: systemd reads the words of podman run', () => {
  const specifiers = { t: '/run/user/1001', n: 'razroom.service' }
  fc.assert(
    fc.property(anySpec, (spec) => {
      const text = renderUserUnit(spec, { startAtBoot: true })
      expect(readSeal(text)).toBe('ours')
      const unit = parseUnit(text)
      expect(Object.keys(unit)).toEqual(['Unit', 'Service', 'Install'])
      expect(unit.Service?.ExecStart).toHaveLength(1)
      expect(parseWords(unit.Service?.ExecStart?.[0] ?? '', specifiers)).toEqual([
        '/usr/bin/podman',
        'run',
        '--cidfile=/run/user/1001/razroom.service.ctr-id',
        '--cgroups=no-conmon',
        '--rm',
        '--sdnotify=ignore',
        '--sig-proxy=false',
        '--attach=stdout',
        ...gatewayArgs(spec).slice(1),
      ])
    }),
  )
})

test.each(['/srv/a\\', '/srv/\u0085'])('a home that no unit holds is refused: %j', (home) => {
  const spec = gatewaySpec(ordinaryInput)
  expect(() => renderUserUnit({ ...spec, envFile: home }, { startAtBoot: true })).toThrow(TypeError)
})
