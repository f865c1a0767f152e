/** The gateway itself: its image, how it runs, why it ended, what waits for a restart; and the panel beside it. */
import type { Status } from '../../../contract/schemas.ts'
import { READY_TIMEOUT_SECONDS } from '../gateway-spec.ts'
import { certain, type Draft, likely, someOf, type Verdict, verdict } from './verdict.ts'

/** @param nowMs milliseconds since the epoch */
export function checkGateway({ gateway }: Pick<Status, 'gateway'>, nowMs: number): Verdict {
  const { state, healthy, exitCode, since, fatal } = gateway
  const start = { label: 'Start it', preview: 'sudo razroom-panel launch' }
  if (state === 'failed') {
    const code = exitCode === undefined ? '' : `exit code ${exitCode}`
    return verdict(
      `it has failed${code && `: ${code}`}`,
      certain(
        {
          id: 'gateway.failed',
          severity: 'error',
          title: fatal?.meaning ?? 'The gateway ended by itself',
          evidence: fatal?.line ?? code,
          hint: fatal?.hint ?? 'Look at its log: sudo razroom-panel logs -n 50',
          fix: { ...start, label: 'Start it again' },
          ...{ page: '/logs' },
        },
        'It does not run. If something else is found below, mend that first.',
      ),
    )
  }
  if (state === 'stopped' || state === 'absent') {
    return verdict(
      state === 'absent' ? 'there is no container' : 'it is stopped',
      certain(
        {
          id: `gateway.${state}`,
          severity: 'info',
          title: state === 'absent' ? 'The container is not created' : 'The gateway is stopped',
          evidence: since === undefined ? 'nobody started it' : `since ${since}`,
          fix: start,
        },
        'It was stopped or removed on purpose, as far as podman and systemd know.',
      ),
    )
  }
  const upMs = nowMs - Date.parse(since ?? '')
  const isOverdue = upMs > READY_TIMEOUT_SECONDS * 1000
  if (!healthy && isOverdue) {
    return verdict(
      `it runs since ${since} and does not answer`,
      likely(
        {
          id: 'gateway.silent',
          severity: 'warning',
          title: 'The gateway runs and does not answer',
          evidence: `no HTTP answer on ${gateway.url}`,
          hint: 'Look at its log, then restart it: sudo razroom-panel restart',
          fix: { label: 'Restart it', preview: 'sudo razroom-panel restart' },
        },
        'It hangs, or it listens somewhere else.',
      ),
    )
  }
  return verdict(healthy ? `it answers on ${gateway.url}` : 'it is starting')
}

/** What a restart would bring, and what could not be read. */
export function checkPending({
  restartReasons,
  gateway,
}: Pick<Status, 'restartReasons' | 'gateway'>): Verdict {
  if (restartReasons.length === 0)
    return verdict(gateway.state === 'running' ? 'it runs as the files and settings say' : 'it does not run')
  return verdict(
    `${restartReasons.length} waiting`,
    certain(
      {
        id: 'gateway.restart-pending',
        severity: 'info',
        title: 'Changes wait for a restart',
        evidence: someOf(restartReasons),
        fix: { label: 'Restart to apply', preview: 'sudo razroom-panel restart' },
        ...{ page: '/' },
      },
      'Until then the gateway runs with what was before.',
    ),
  )
}

export interface ImageFactsSeen {
  readonly reference: string
  readonly image: { readonly id: string; readonly createdAt: string } | null
  /** Of the running container; null when none runs. */
  readonly runningId: string | null
}

export function checkImage({ reference, image, runningId }: ImageFactsSeen): Verdict {
  if (!image) {
    return verdict(
      `there is no ${reference}`,
      certain(
        {
          id: 'image.missing',
          severity: 'error',
          title: 'The image of the gateway is missing',
          evidence: `podman has no ${reference}`,
          hint: 'Bring it again: sudo razroom-panel update',
          ...{ page: '/settings' },
        },
        'A gateway that stops does not start again.',
      ),
    )
  }
  const bare = (id: string) => id.replace(/^sha256:/, '')
  const said = `${reference}, ${bare(image.id).slice(0, 12)}, of ${image.createdAt}`
  if (runningId === null || bare(runningId) === bare(image.id)) return verdict(said)
  return verdict(
    `${said}; ${bare(runningId).slice(0, 12)} runs`,
    certain(
      {
        id: 'image.newer',
        severity: 'info',
        title: 'There is another image than the one that runs',
        evidence: `${reference} is ${bare(image.id).slice(0, 12)} now`,
        fix: { label: 'Restart with it', preview: 'sudo razroom-panel restart' },
      },
      'The next start uses it.',
    ),
  )
}

/** @param state of the script in the user's home against the one the panel would write */
export function checkLaunchScript(path: string, state: 'current' | 'outdated' | 'absent'): Verdict {
  if (state === 'current') return verdict(`${path} is up to date`)
  return verdict(
    `${path} is ${state}`,
    certain(
      {
        id: `launch-script.${state}`,
        severity: 'info',
        title:
          state === 'absent' ? 'The launch script is missing' : 'The launch script is of an earlier setting',
        evidence: path,
        fix: { label: 'Write it again', preview: `write ${path}` },
      },
      'The gateway does not need it; who starts it without the panel does.',
    ),
  )
}

/** @param isRelabelled every mount of the container has a label of its own (`:Z`); null when there is no container */
export function checkSeLinux(isEnforcing: boolean, isRelabelled: boolean | null): Verdict {
  if (!isEnforcing) return verdict('SELinux is not enforcing')
  if (isRelabelled !== false) return verdict('SELinux is enforcing; the mounts are labelled (:Z)')
  return verdict(
    'SELinux is enforcing; mounts without a label',
    likely(
      {
        id: 'selinux.labels',
        severity: 'warning',
        title: 'SELinux may keep the container from its files',
        evidence: 'a mount of the container has no :Z',
        hint: 'See what was refused: sudo ausearch -m avc -ts recent',
        fix: { label: 'Recreate it with labels', preview: 'sudo razroom-panel restart' },
      },
      'The gateway ends with “permission denied” on files that are its user’s own.',
    ),
  )
}

export interface PanelFacts {
  readonly version: string
  readonly installedVersion: string | null
  /** What systemd says of the panel's own units, the front's service first; empty where systemd does not run the machine. */
  readonly units: readonly {
    readonly name: string
    readonly loadState: string
    readonly activeState: string
    readonly needsReload: boolean
  }[]
}

export function checkPanel({ version, installedVersion, units }: PanelFacts): Verdict {
  const findings: Draft[] = []
  const [unit] = units
  if (unit?.loadState === 'loaded' && unit.activeState !== 'active' && unit.activeState !== 'activating') {
    findings.push(
      certain(
        {
          id: 'panel.stopped',
          severity: 'warning',
          title: 'The panel does not run',
          evidence: `${unit.name} is ${unit.activeState}`,
          hint: 'Start it: sudo systemctl start razroom-panel',
        },
        'Its page does not answer, and nothing looks after backups that are due.',
      ),
    )
  }
  const changed = units.filter(({ needsReload }) => needsReload)
  if (changed.length > 0) {
    findings.push(
      certain(
        {
          id: 'panel.reload',
          severity: 'info',
          title: 'systemd has not read the panel’s units since they were changed',
          evidence: changed.map(({ name }) => `${name}: NeedDaemonReload=yes`).join('; '),
          hint: 'Run: sudo systemctl daemon-reload && sudo systemctl restart razroom-panel',
        },
        'It runs by the units of before.',
      ),
    )
  }
  if (installedVersion !== null && installedVersion !== version) {
    findings.push(
      certain(
        {
          id: 'panel.version',
          severity: 'warning',
          title: 'Another version of the panel is installed than the one that runs',
          evidence: `${version} runs, ${installedVersion} is installed`,
          hint: 'Restart it: sudo systemctl restart razroom-panel',
        },
        'Page and commands may not fit each other.',
      ),
    )
  }
  const words = unit === undefined ? 'not under systemd' : `${unit.loadState}, ${unit.activeState}`
  return verdict(`version ${version}, ${words}`, ...findings)
}
