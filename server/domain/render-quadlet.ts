/** The spec as a Quadlet `.container` file (podman-systemd.unit(5)). */
import type { GatewaySpec } from './gateway-spec.ts'
import { isPodmanSince } from './podman-version.ts'
import { hostAddress } from './render-podman-run.ts'
import { installSection, limitLines, restartLines } from './unit-sections.ts'
import { isPlainWord, sealUnit, unitPlain, unitProse, unitWord, unitWords } from './unit-text.ts'

export interface QuadletOptions {
  /** Of the podman that will read the file, for example '5.4.2'. */
  readonly podmanVersion: string
  readonly startAtBoot: boolean
}

/** First podman versions of keys; one unknown key and no unit comes out at all (docs/facts/podman-and-systemd.md). */
const SINCE = {
  quadlet: '4.4',
  userNs: '4.5',
  logDriver: '4.5',
  pull: '4.6',
  stopTimeout: '5.0',
  defaultDependencies: '5.3',
} as const

/**
 * The sealed `.container` file that runs the same container as `podman run` with the spec's arguments. What the podman
 * has no key for goes through `PodmanArgs=`. The label of `.env` is not in it: the file changes with the spec alone.
 *
 * Quadlet takes some values as they are (Volume=) and splits and unquotes others (PodmanArgs=, Exec=,
 * EnvironmentFile=), and what comes out is an Exec line of systemd. So a path that would need quoting goes through
 * PodmanArgs=, which every version reads alike.
 *
 * @throws {RangeError} a podman before 4.4, which has no Quadlet, or no version
 * @throws {TypeError} a value that no unit holds safely, see {@link unitWord}
 */
export function renderQuadlet(spec: GatewaySpec, options: QuadletOptions): string {
  const has = (feature: keyof typeof SINCE) => isPodmanSince(options.podmanVersion, SINCE[feature])
  if (!has('quadlet'))
    throw new RangeError(`podman ${options.podmanVersion} has no Quadlet: it came with 4.4`)
  const sections = [
    ['[Unit]', unitProse(`Description=Razroom gateway of ${spec.owner.name}`), ...limitLines()],
    ['[Container]', ...containerLines(spec, has)],
    ['[Service]', ...restartLines(spec)],
    // Else the first start waits up to 90 s for a network target that user managers don't have.
    ...(has('defaultDependencies') ? [['[Quadlet]', 'DefaultDependencies=false']] : []),
    ...installSection(options.startAtBoot),
  ]
  return sealUnit(sections.map((lines) => `${lines.join('\n')}\n`).join('\n'))
}

function containerLines(spec: GatewaySpec, has: (feature: keyof typeof SINCE) => boolean): string[] {
  const [uid = '', gid = ''] = spec.user.split(':')
  return [
    `Image=${unitPlain(spec.image)}`,
    `ContainerName=${unitPlain(spec.name)}`,
    `Exec=${unitWords(spec.command)}`,
    ...keyOrArgs(has('pull'), 'Pull', '--pull', 'never'),
    // 'auto' is podman's own default, which has no word.
    ...(spec.userns === 'auto' ? [] : keyOrArgs(has('userNs'), 'UserNS', '--userns', spec.userns)),
    // Two keys, which Quadlet joins to --user uid:gid; early versions take no colon in the first.
    `User=${unitPlain(uid)}`,
    `Group=${unitPlain(gid)}`,
    `RunInit=${spec.init}`,
    ...spec.mounts.map((mount) => {
      const volume = `${mount.source}:${mount.target}:${mount.relabel ? 'rw,Z' : 'rw'}`
      return isPlainWord(volume) ? `Volume=${volume}` : podmanArgs(`--volume=${volume}`)
    }),
    isPlainWord(spec.envFile) ? `EnvironmentFile=${spec.envFile}` : podmanArgs(`--env-file=${spec.envFile}`),
    ...Object.entries(spec.env).map(([key, value]) => `Environment=${unitWord(`${key}=${value}`)}`),
    ...spec.publishes.map(
      ({ address, hostPort, containerPort }) =>
        `PublishPort=${hostAddress(address)}:${hostPort}:${containerPort}`,
    ),
    ...keyOrArgs(has('stopTimeout'), 'StopTimeout', '--stop-timeout', String(spec.stopTimeoutSeconds)),
    ...keyOrArgs(has('logDriver'), 'LogDriver', '--log-driver', spec.logs.driver),
    podmanArgs(`--log-opt=path=${spec.logs.path}`),
    podmanArgs(`--log-opt=max-size=${spec.logs.maxSize}`),
    ...Object.entries(spec.labels).map(([key, value]) => `Label=${unitWord(`${key}=${value}`)}`),
  ]
}

function keyOrArgs(hasKey: boolean, key: string, flag: string, value: string): string[] {
  return [hasKey ? `${key}=${unitPlain(value)}` : podmanArgs(`${flag}=${value}`)]
}

function podmanArgs(argument: string): string {
  return `PodmanArgs=${unitWord(argument)}`
}
