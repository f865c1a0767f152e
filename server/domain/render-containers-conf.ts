/** The drop-in of containers.conf(5) that makes rootless podman fit the machine, for shell and panel alike. */
import { SetupError } from '../errors.ts'
import { seal } from './seal.ts'

export interface ContainersConf {
  /** OCI runtime by name; podman's own choice unless said. */
  readonly runtime?: string
  /** The cgroup tree has no pids controller: a limit makes the start fail (docs/facts/podman-and-systemd.md). */
  readonly pidsLimitZero: boolean
  /** `file` tells of a start or stop at once; with journald it takes a quarter of a second. podman's own unless said. */
  readonly eventsLogger?: 'file'
}

/**
 * The text of ~/.config/containers/containers.conf.d/50-razroom-panel.conf.
 * @throws {TypeError} a runtime that is no program name
 */
export function containersConf(conf: ContainersConf): string {
  if (conf.runtime !== undefined && !/^[a-z][a-z0-9_-]{0,31}$/.test(conf.runtime)) {
    throw new TypeError(`not the name of an OCI runtime: ${JSON.stringify(conf.runtime)}`)
  }
  const containers = conf.pidsLimitZero
    ? [
        '[containers]',
        '# There is no pids controller in the cgroup tree of this machine.',
        'pids_limit = 0',
        '',
      ]
    : []
  const runtime =
    conf.runtime === undefined
      ? []
      : ['# crun refuses hybrid cgroups; this one works here.', `runtime = "${conf.runtime}"`]
  const text = [
    '# What you set in ~/.config/containers/containers.conf is read before this, see containers.conf(5).',
    '',
    ...containers,
    '[engine]',
    ...(conf.eventsLogger === undefined ? [] : [`events_logger = "${conf.eventsLogger}"`]),
    ...runtime,
    '',
  ].join('\n')
  return `# Written by razroom-panel setup; it writes the file again when the machine has changed.\n${seal(text)}`
}

export interface RuntimeFacts {
  readonly cgroups: 'v2' | 'hybrid' | 'v1'
  /** OCI runtimes that are installed, by name. */
  readonly runtimes: readonly string[]
}

export interface RuntimeChoice {
  /** null: podman's own choice works. */
  readonly runtime: string | null
  readonly reason: string
}

/**
 * The runtime with which containers start here: crun refuses a machine with cgroup v1 controllers beside a v2 mount,
 * runc works there (docs/facts/podman-and-systemd.md).
 * @throws {SetupError} RUNTIME_MISSING the one that is needed is not installed
 */
export function chooseRuntime({ cgroups, runtimes }: RuntimeFacts): RuntimeChoice {
  if (cgroups !== 'v2') {
    const layout = cgroups === 'hybrid' ? 'hybrid cgroups' : 'cgroups v1'
    if (runtimes.includes('runc')) return { runtime: 'runc', reason: `this machine has ${layout}: runc` }
    throw new SetupError('RUNTIME_MISSING', {
      detail: `this machine has ${layout}, which crun refuses; install runc (Debian, Ubuntu: sudo apt install runc; Fedora: sudo dnf install runc)`,
    })
  }
  const usable = ['crun', 'runc'].filter((runtime) => runtimes.includes(runtime))
  if (usable.length === 0) {
    throw new SetupError('RUNTIME_MISSING', {
      detail:
        'neither crun nor runc is installed; install crun (Debian, Ubuntu: sudo apt install crun; Fedora: sudo dnf install crun)',
    })
  }
  return { runtime: null, reason: `this machine has cgroups v2: podman chooses among ${usable.join(', ')}` }
}

/** storage.conf of a user whose image store is still to be made: overlay, which rootless works from Linux 5.13 on. */
export function storageConf(): string {
  return '# Written by razroom-panel before the first image, since a store cannot change its driver later.\n[storage]\ndriver = "overlay"\n'
}
