import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type GatewaySpec, gatewaySpec } from './gateway-spec.ts'
import { type QuadletOptions, renderQuadlet } from './render-quadlet.ts'
import { anySpec, ordinaryInput, ordinarySpec } from './test-specs.ts'
import { type ParsedUnit, parseUnit, parseWords } from './test-unit-parser.ts'
import { readSeal } from './unit-text.ts'

const render = (spec: GatewaySpec, podmanVersion = '5.4.2', startAtBoot = true) =>
  renderQuadlet(spec, { podmanVersion, startAtBoot })
const bodyOf = (text: string) => text.split('\n').slice(2).join('\n')

test('podman 5.4, to the last byte', () => {
  const text = render(ordinarySpec)
  expect(readSeal(text)).toBe('ours')
  expect(bodyOf(text)).toBe(`[Unit]
Description=Razroom gateway of razroom
StartLimitIntervalSec=900
StartLimitBurst=5

[Container]
Image=localhost/razroom:bundled
ContainerName=razroom
Exec=node dist/index.js gateway --bind lan --port 18789
Pull=never
UserNS=keep-id
User=995
Group=994
RunInit=true
Volume=/home/razroom/.razroom:/home/node/.razroom:rw
Volume=/home/razroom/.razroom/workspace:/home/node/.razroom/workspace:rw
Volume=/home/razroom/.local/share/razroom/plugin-cache:/tmp/jiti:rw
EnvironmentFile=/home/razroom/.razroom/.env
Environment=HOME=/home/node
Environment=TERM=xterm-256color
Environment=RAZROOM_NO_RESPAWN=1
PublishPort=127.0.0.1:18801:18789
PublishPort=127.0.0.1:18790:18790
StopTimeout=20
LogDriver=k8s-file
PodmanArgs=--log-opt=path=/home/razroom/.local/share/razroom/log/gateway.log
PodmanArgs=--log-opt=max-size=64mb
Label=io.razroom.panel.spec=${ordinarySpec.labels['io.razroom.panel.spec']}
Label=io.razroom.panel.image=localhost/razroom:bundled

[Service]
Restart=always
RestartSec=5
SuccessExitStatus=143 137
TimeoutStartSec=900
TimeoutStopSec=60

[Quadlet]
DefaultDependencies=false

[Install]
WantedBy=default.target
`)
})

const OLD_ARGS = [
  'PodmanArgs=--pull=never',
  'PodmanArgs=--userns=keep-id',
  'PodmanArgs=--stop-timeout=20',
  'PodmanArgs=--log-driver=k8s-file',
]
const NEW_KEYS = ['Pull=never', 'UserNS=keep-id', 'StopTimeout=20', 'LogDriver=k8s-file']

test.each([
  ['4.4.0', [0, 0, 0, 0], false],
  ['4.5.1', [0, 1, 0, 1], false],
  ['4.6.0', [1, 1, 0, 1], false],
  ['4.9.3', [1, 1, 0, 1], false],
  ['5.0.0', [1, 1, 1, 1], false],
  ['5.2.5', [1, 1, 1, 1], false],
  ['5.3.0', [1, 1, 1, 1], true],
  ['6.1.0', [1, 1, 1, 1], true],
] as const)('podman %s gets the keys it knows', (version, keys, hasQuadletSection) => {
  const lines = render(ordinarySpec, version).split('\n')
  keys.forEach((isKey, index) => {
    const [key = '', args = ''] = [NEW_KEYS[index], OLD_ARGS[index]]
    expect(lines).toContain(isKey ? key : args)
    expect(lines).not.toContain(isKey ? args : key)
  })
  expect(lines.includes('[Quadlet]')).toBe(hasQuadletSection)
})

test.each(['4.3.1', '3.4.4', 'nonsense'])('podman %s is refused', (version) => {
  expect(() => render(ordinarySpec, version)).toThrow(RangeError)
})

test('without start at boot there is no [Install]', () => {
  expect(parseUnit(render(ordinarySpec, '5.4.2', false))).not.toHaveProperty('Install')
})

test('SELinux, IPv6, no catatonit, and podman’s own user namespace', () => {
  const settings = { ...ordinaryInput.settings, publishAddress: '::1', userns: 'auto' as const }
  const lines = render(gatewaySpec({ ...ordinaryInput, settings, seLinux: true, init: false })).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'Volume=/home/razroom/.razroom:/home/node/.razroom:rw,Z',
      'PublishPort=[::1]:18801:18789',
      'RunInit=false',
      'User=0',
      'Group=0',
    ]),
  )
  expect(lines.join('\n')).not.toMatch(/userns/i)
})

test('a path that needs quoting goes where every version unquotes it', () => {
  const user = { ...ordinaryInput.user, home: '/srv/my $home 100%' }
  const lines = render(gatewaySpec({ ...ordinaryInput, user })).split('\n')
  expect(lines).toContain('PodmanArgs="--volume=/srv/my $$home 100%%/.razroom:/home/node/.razroom:rw"')
  expect(lines).toContain('PodmanArgs="--env-file=/srv/my $$home 100%%/.razroom/.env"')
})

test.each([
  { envFile: '/srv/a\\' },
  { envFile: '/srv/b\u0085c' },
  { envFile: '/srv/b\n[Service]\nExecStart=/bin/evil' },
  { name: 'a b' },
  { image: '%h' },
  { owner: { ...ordinarySpec.owner, name: 'a\nb' } },
])('what a unit cannot hold is refused: %j', (change) => {
  expect(() => render({ ...ordinarySpec, ...change })).toThrow(TypeError)
})

/** Arguments of `podman run` that Quadlet makes of the file, in the order of their kinds. */
function podmanOptions(unit: ParsedUnit): string[] {
  const container = unit.Container ?? {}
  const all = (key: string) => container[key] ?? []
  const words = (key: string) => all(key).flatMap((value) => parseWords(value))
  const keys = [
    ...all('ContainerName').map((value) => `--name=${value}`),
    ...all('Pull').map((value) => `--pull=${value}`),
    ...all('UserNS').map((value) => `--userns=${value}`),
    `--user=${all('User')[0]}:${all('Group')[0]}`,
    ...(all('RunInit')[0] === 'true' ? ['--init'] : []),
    ...all('Volume').map((value) => `--volume=${value}`),
    ...words('EnvironmentFile').map((value) => `--env-file=${value}`),
    ...words('Environment').map((value) => `--env=${value}`),
    ...all('PublishPort').map((value) => `--publish=${value}`),
    ...all('StopTimeout').map((value) => `--stop-timeout=${value}`),
    ...all('LogDriver').map((value) => `--log-driver=${value}`),
    ...words('Label').map((value) => `--label=${value}`),
  ]
  return [...keys, ...words('PodmanArgs')].sort()
}

test('whatever the paths: read back, it says what the spec says, in every version', () => {
  const version = fc.constantFrom('4.4.0', '4.5.0', '4.6.0', '5.0.0', '5.3.0')
  fc.assert(
    fc.property(anySpec, version, fc.boolean(), (spec, podmanVersion, startAtBoot) => {
      const options: QuadletOptions = { podmanVersion, startAtBoot }
      const text = renderQuadlet(spec, options)
      expect(readSeal(text)).toBe('ours')
      const unit = parseUnit(text)
      expect(unit.Unit?.Description).toEqual([`Razroom gateway of ${spec.owner.name.replaceAll('%', '%%')}`])
      expect(unit.Container?.Image).toEqual([spec.image])
      expect(parseWords(unit.Container?.Exec?.[0] ?? '')).toEqual(spec.command)
      expect(podmanOptions(unit)).toEqual(expectedOptions(spec))
      expect('Install' in unit).toBe(startAtBoot)
    }),
  )
})

/** Written down from the spec itself, not by another rendering. */
function expectedOptions(spec: GatewaySpec): string[] {
  return [
    `--name=${spec.name}`,
    '--pull=never',
    ...(spec.userns === 'auto' ? [] : [`--userns=${spec.userns}`]),
    `--user=${spec.user}`,
    ...(spec.init ? ['--init'] : []),
    ...spec.mounts.map(
      ({ source, target, relabel }) => `--volume=${source}:${target}:rw${relabel ? ',Z' : ''}`,
    ),
    `--env-file=${spec.envFile}`,
    ...Object.entries(spec.env).map(([key, value]) => `--env=${key}=${value}`),
    ...spec.publishes.map(
      (port) =>
        `--publish=${port.address.includes(':') ? `[${port.address}]` : port.address}:${port.hostPort}:${port.containerPort}`,
    ),
    `--stop-timeout=${spec.stopTimeoutSeconds}`,
    `--log-driver=${spec.logs.driver}`,
    `--log-opt=path=${spec.logs.path}`,
    `--log-opt=max-size=${spec.logs.maxSize}`,
    ...Object.entries(spec.labels).map(([key, value]) => `--label=${key}=${value}`),
  ].sort()
}
