import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GatewaySpec } from './gateway-spec.ts'
import { containersConf } from './render-containers-conf.ts'
import { launchScript } from './render-launch-script.ts'
import { gatewayArgs } from './render-podman-run.ts'
import { renderQuadlet } from './render-quadlet.ts'
import { renderUserUnit } from './render-user-unit.ts'
import { anySpec, ordinarySpec } from './test-specs.ts'
import { type ParsedUnit, parseUnit, parseWords } from './test-unit-parser.ts'

/** What a line of a unit, of a script or of a command line could be left by, or read as something else. */
const HOSTILE: readonly string[] = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\n[Service]\nExecStartPre=/bin/evil',
    '\nPodmanArgs=--privileged',
    '\0',
    '\t',
    '\v',
    '\f',
    '\x1b[0m',
    '\x7f',
  ],
  ...[
    '\u0085',
    '\u2028',
    '\u2029',
    '\ud800',
    '\\',
    '\\\\',
    '\\\n',
    '\\n',
    '\\x0a',
    ' \\',
    '%',
    '%%',
    '%h',
    '%n',
    '%t/x',
    '$HOME',
    `$${'{HOME}'}`,
    '$$',
    '$(id)',
  ],
  ...[
    '`id`',
    '"',
    "'",
    '" --privileged "',
    "' --privileged '",
    ' --privileged',
    ' ; id',
    ';',
    ' ;',
    '#',
    ' # x',
    '|',
    '&',
    '*',
    '~',
    '!',
    '=',
    '[x]',
    '\u202e',
  ],
]

/** Every text of a spec, and the spec with another one in its place: also what gatewaySpec would not let pass. */
const FIELDS: Readonly<Record<string, (text: string) => GatewaySpec>> = {
  name: (text) => ({ ...ordinarySpec, name: text }),
  image: (text) => ({
    ...ordinarySpec,
    image: text,
    labels: { ...ordinarySpec.labels, 'io.razroom.panel.image': text },
  }),
  owner: (text) => ({ ...ordinarySpec, owner: { ...ordinarySpec.owner, name: text } }),
  command: (text) => ({ ...ordinarySpec, command: ['node', text] }),
  envFile: (text) => ({ ...ordinarySpec, envFile: `/srv/${text}` }),
  mount: (text) => ({
    ...ordinarySpec,
    mounts: ordinarySpec.mounts.map((mount, index) =>
      index === 0 ? { ...mount, source: `/srv/${text}` } : mount,
    ),
  }),
  user: (text) => ({ ...ordinarySpec, user: `995${text}:994` }),
  variable: (text) => ({ ...ordinarySpec, env: { TERM: text } }),
  'log path': (text) => ({ ...ordinarySpec, logs: { ...ordinarySpec.logs, path: `/srv/${text}` } }),
  label: (text) => ({ ...ordinarySpec, labels: { 'io.razroom.panel.image': text } }),
}
const CASES = Object.entries(FIELDS).flatMap(([field, make]) =>
  HOSTILE.flatMap((text) =>
    [text, `a${text}`, `${text}b`, `a${text}b`].map((given) => ({ field, given, make })),
  ),
)

/** The unit that the spec asks for, key by key, from the spec itself and not from another rendering. */
function expectedQuadlet(spec: GatewaySpec): ParsedUnit {
  const [uid = '', gid = ''] = spec.user.split(':')
  const isPlain = (text: string) => /^[A-Za-z0-9_@:./+=,[\]-]+$/.test(text)
  const volumes = spec.mounts.map(
    ({ source, target, relabel }) => `${source}:${target}:${relabel ? 'rw,Z' : 'rw'}`,
  )
  const args = [
    ...volumes.filter((volume) => !isPlain(volume)).map((volume) => `--volume=${volume}`),
    ...(isPlain(spec.envFile) ? [] : [`--env-file=${spec.envFile}`]),
    `--log-opt=path=${spec.logs.path}`,
    `--log-opt=max-size=${spec.logs.maxSize}`,
  ]
  const some = (key: string, values: readonly string[]) => (values.length === 0 ? {} : { [key]: values })
  return {
    Unit: {
      Description: [`Razroom gateway of ${spec.owner.name}`],
      StartLimitIntervalSec: ['900'],
      StartLimitBurst: ['5'],
    },
    Container: {
      Image: [spec.image],
      ContainerName: [spec.name],
      Exec: spec.command,
      Pull: ['never'],
      ...(spec.userns === 'auto' ? {} : { UserNS: [spec.userns] }),
      User: [uid],
      Group: [gid],
      RunInit: [String(spec.init)],
      ...some('Volume', volumes.filter(isPlain)),
      ...some('EnvironmentFile', isPlain(spec.envFile) ? [spec.envFile] : []),
      Environment: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
      PublishPort: spec.publishes.map(
        ({ address, hostPort, containerPort }) =>
          `${address.includes(':') ? `[${address}]` : address}:${hostPort}:${containerPort}`,
      ),
      StopTimeout: [String(spec.stopTimeoutSeconds)],
      LogDriver: [spec.logs.driver],
      PodmanArgs: args,
      Label: Object.entries(spec.labels).map(([key, value]) => `${key}=${value}`),
    },
    Service: SERVICE,
    Quadlet: { DefaultDependencies: ['false'] },
    Install: { WantedBy: ['default.target'] },
  }
}

const SERVICE = {
  Restart: ['always'],
  RestartSec: ['5'],
  SuccessExitStatus: ['143 137'],
  TimeoutStartSec: ['900'],
  TimeoutStopSec: ['60'],
}
/** Keys whose values are words, and those that are prose with specifiers. */
const WORDS = ['Exec', 'Environment', 'PodmanArgs', 'Label', 'EnvironmentFile']

/** The text as Quadlet and systemd read it. */
function readQuadlet(text: string): ParsedUnit {
  const unit = parseUnit(text)
  const container = Object.entries(unit.Container ?? {}).map(([key, values]) => [
    key,
    WORDS.includes(key) ? values.flatMap((value) => parseWords(value)) : values,
  ])
  const prose = (unit.Unit?.Description ?? []).map((value) => value.replaceAll('%%', '%'))
  return { ...unit, Unit: { ...unit.Unit, Description: prose }, Container: Object.fromEntries(container) }
}

/** Sorted where the order of PodmanArgs means nothing. */
const sorted = (unit: ParsedUnit): ParsedUnit => ({
  ...unit,
  Container: { ...unit.Container, PodmanArgs: [...(unit.Container?.PodmanArgs ?? [])].sort() },
})

const quadlet = (spec: GatewaySpec) => renderQuadlet(spec, { podmanVersion: '5.4.2', startAtBoot: true })

/** What the rendering is read as, or null when it refuses; any other error is one of the rendering. */
function readOrRefused<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof TypeError && /cannot hold|no shell word/.test(error.message)) return null
    throw error
  }
}

describe('a Quadlet file', () => {
  test('with hostile text in any field is refused, or has every key as it should be and no other', () => {
    let refused = 0
    for (const { field, given, make } of CASES) {
      const spec = make(given)
      const text = readOrRefused(() => quadlet(spec))
      if (text === null) refused += 1
      else
        expect(sorted(readQuadlet(text)), `${field}: ${JSON.stringify(given)}`).toEqual(
          sorted(expectedQuadlet(spec)),
        )
    }
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(CASES.length)
  })

  test('of any spec has every key as it should be and no other', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        expect(sorted(readQuadlet(quadlet(spec)))).toEqual(sorted(expectedQuadlet(spec)))
      }),
    )
  })

  test.each(['\n', '\r', '\0', '\x1b', '\u0085', '\ud800'])(
    'refuses %j in every field that is text',
    (text) => {
      for (const [field, make] of Object.entries(FIELDS))
        expect(() => quadlet(make(`a${text}`)), field).toThrow(TypeError)
    },
  )
})

describe('a plain unit', () => {
  const SPECIFIERS = { t: '/run/user/1001', n: 'razroom.service' }
  const CID = '/run/user/1001/razroom.service.ctr-id'
  const read = (text: string) => {
    const unit = parseUnit(text)
    const words = (key: string) => parseWords(unit.Service?.[key]?.join('\n') ?? '', SPECIFIERS)
    const commands = Object.fromEntries(
      ['ExecStartPre', 'ExecStart', 'ExecStop', 'ExecStopPost'].map((key) => [key, words(key)]),
    )
    const prose = (unit.Unit?.Description ?? []).map((value) => value.replaceAll('%%', '%'))
    return { ...unit, Unit: { ...unit.Unit, Description: prose }, Service: { ...unit.Service, ...commands } }
  }
  const expected = (spec: GatewaySpec) => ({
    Unit: {
      Description: [`Razroom gateway of ${spec.owner.name}`],
      RequiresMountsFor: ['%t/containers'],
      StartLimitIntervalSec: ['900'],
      StartLimitBurst: ['5'],
    },
    Service: {
      Type: ['exec'],
      StandardOutput: ['null'],
      StandardError: ['journal'],
      Environment: ['PODMAN_SYSTEMD_UNIT=%n'],
      ExecStartPre: ['/bin/rm', '-f', CID],
      ExecStart: [
        ...['/usr/bin/podman', 'run', `--cidfile=${CID}`, '--cgroups=no-conmon', '--rm', '--sdnotify=ignore'],
        ...['--sig-proxy=false', '--attach=stdout', ...gatewayArgs(spec).slice(1)],
      ],
      ExecStop: ['/usr/bin/podman', 'stop', '--ignore', '--time=20', `--cidfile=${CID}`],
      ExecStopPost: ['-/usr/bin/podman', 'rm', '--force', '--ignore', `--cidfile=${CID}`],
      KillMode: ['mixed'],
      KillSignal: ['SIGCONT'],
      ...SERVICE,
    },
    Install: { WantedBy: ['default.target'] },
  })
  const render = (spec: GatewaySpec) => renderUserUnit(spec, { startAtBoot: true })

  test('with hostile text in any field is refused, or has every key as it should be and no other', () => {
    for (const { field, given, make } of CASES) {
      const spec = make(given)
      const text = readOrRefused(() => render(spec))
      if (text !== null) expect(read(text), `${field}: ${JSON.stringify(given)}`).toEqual(expected(spec))
    }
  })

  test('of any spec has every key as it should be and no other', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        expect(read(render(spec))).toEqual(expected(spec))
      }),
    )
  })
})

describe('the launch script', () => {
  /** The arguments that bash makes of the lists in the script: its values and functions are read, and nothing is run. */
  function readByBash(text: string): string[] {
    const begin = text.indexOf('user_name=')
    const end = text.indexOf('set_wizard_args()')
    const lists = text.slice(begin, end)
    const script = `set -f\n${lists}\nuserns_args=("--userns=$userns"); run_user=U; env_file=$config_dir/.env\nset_run_args\nprintf '%s\\0' "$container" "$image" "$user_name" "$user_home" "\${run_args[@]}"`
    return execFileSync('/bin/bash', ['-s'], { input: script, encoding: 'utf8', env: {} })
      .split('\0')
      .slice(0, -1)
  }

  test('with hostile text in any field is refused, or bash reads it back as it is', () => {
    // A process for each: some of each kind are enough.
    for (const { field, given, make } of CASES.filter((_, index) => index % 7 === 0)) {
      // Its label is the image's name itself; and a NUL, which no path or name of a system can hold, is its own mark.
      if (field === 'label' || !given.isWellFormed() || given.includes('\0')) continue
      const spec = make(given)
      const text = readOrRefused(() => launchScript(spec))
      if (text === null) continue
      const comment = text.slice(0, text.indexOf('set -euo pipefail'))
      for (const line of comment.split('\n').slice(0, -1))
        expect(line, `${field}: ${JSON.stringify(given)}`).toMatch(/^#/)
      const [container, image, owner, home, ...args] = readByBash(text)
      const what = `${field}: ${JSON.stringify(given)}`
      expect([container, image, owner, home], what).toEqual([
        spec.name,
        spec.image,
        spec.owner.name,
        spec.owner.home,
      ])
      const wanted = gatewayArgs(spec).map((argument) =>
        argument.startsWith('--user=') ? '--user=U' : argument.startsWith('--env-file=') ? '' : argument,
      )
      expect(
        args.map((argument) => (argument.startsWith('--env-file=') ? '' : argument)),
        what,
      ).toEqual(wanted)
    }
  })
})

test.each([...HOSTILE, '"\n[x]', '../crun', ''])('containers.conf takes no %j for a runtime', (text) => {
  for (const runtime of [text, `crun${text}`, `${text}crun`]) {
    if (runtime === 'crun') continue
    expect(() => containersConf({ runtime, pidsLimitZero: false })).toThrow(TypeError)
  }
})
