/** The gateway's unit, and who owns the container. */
import type { Mode } from '../../../contract/settings.ts'
import type { UnitView } from '../../../contract/unit.ts'
import { isPodmanSince } from '../podman-version.ts'
import { certain, type Draft, likely, someOf, type Verdict, verdict } from './verdict.ts'

export interface UnitState {
  readonly kind: UnitView['kind']
  /** As systemctl knows it, and where its file is to lie. */
  readonly name: string
  readonly path: string
  readonly state: UnitView['state']
  readonly dropIns: readonly string[]
  /** null where the user's systemd does not answer. */
  readonly loaded: {
    readonly loadState: string
    readonly activeState: string
    readonly result: string
    readonly needsReload: boolean
    /** The file systemd takes it from. */
    readonly source: string
  } | null
  /** What Quadlet said against the file; null when it took it, or was not asked. */
  readonly refusal: string | null
}

/** For a gateway that is to run as a service. */
export function checkUnit(unit: UnitState): Verdict {
  const { state, path, loaded } = unit
  const findings = [...fileFindings(unit), ...loadFindings(unit)]
  if (loaded?.needsReload && state === 'current') {
    findings.push(
      certain(
        {
          id: 'unit.reload',
          severity: 'info',
          title: 'systemd has not read the unit since it was changed',
          evidence: `${path} is newer than what systemd knows`,
          fix: { label: 'Have it read', preview: 'systemctl --user daemon-reload' },
        },
        'The change counts from the next time systemd reads its units.',
      ),
    )
  }
  const words = loaded ? `${loaded.loadState}, ${loaded.activeState}` : 'systemd not asked'
  return verdict(`${path} is ${state}; ${words}`, ...findings)
}

const RENEW = 'Write the panel’s own'

function fileFindings({ state, path, dropIns }: UnitState): Draft[] {
  const dropInNote = dropIns.length === 0 ? '' : `; with ${someOf(dropIns)}`
  if (state === 'absent') {
    return [
      certain(
        {
          id: 'unit.missing',
          severity: 'error',
          title: 'The unit of the gateway is missing',
          evidence: `there is no ${path}`,
          fix: { label: 'Write it again', preview: `write ${path}, then daemon-reload` },
        },
        'systemd cannot start the gateway, neither now nor at boot.',
      ),
    ]
  }
  if (state === 'edited' || state === 'foreign') {
    const isEdited = state === 'edited'
    return [
      certain(
        {
          id: `unit.${state}`,
          severity: isEdited ? 'warning' : 'info',
          title: isEdited ? 'The unit was edited by hand' : 'The unit was made by somebody else',
          evidence: `${path} is not as the panel would write it${dropInNote}`,
          hint: 'Lines of your own are better kept in a drop-in beside it, which the panel never touches.',
          fix: {
            label: `${RENEW}, keep the old file beside it`,
            preview: `mv ${path} ${path}.saved-..., write the panel’s own, restart the gateway`,
          },
        },
        'It is used as it is: changes of the settings do not reach the gateway.',
      ),
    ]
  }
  if (state === 'outdated') {
    return [
      certain(
        {
          id: 'unit.outdated',
          severity: 'info',
          title: 'The unit is of an earlier setting',
          evidence: `${path} is the panel’s own, and is renewed at the next start`,
          fix: { label: 'Renew it now', preview: `write ${path}, then daemon-reload` },
        },
        'A start by systemctl alone would run the earlier setting.',
      ),
    ]
  }
  return []
}

function loadFindings({ state, path, name, loaded, refusal, kind }: UnitState): Draft[] {
  if (state === 'absent' || loaded === null) return []
  if (loaded.loadState === 'masked') {
    return [
      certain(
        {
          id: 'unit.masked',
          severity: 'error',
          title: 'The unit of the gateway is masked',
          evidence: `systemd says of ${name}: masked`,
          hint: `As the gateway’s user: systemctl --user unmask ${name}`,
        },
        'Nobody can start it until then, neither now nor at boot.',
      ),
    ]
  }
  if (refusal !== null || loaded.loadState !== 'loaded') {
    return [
      certain(
        {
          id: 'unit.not-generated',
          severity: 'error',
          title:
            kind === 'quadlet' ? 'Quadlet makes no unit of this file' : 'systemd does not take this unit',
          evidence: refusal ?? `systemd says of ${name}: ${loaded.loadState}`,
          hint: `One key that this podman does not know is enough. Correct ${path}, or let the panel write its own.`,
          fix: { label: RENEW, preview: `write the panel’s ${path}, then daemon-reload` },
        },
        'The next start fails: systemd then knows no such service.',
      ),
    ]
  }
  if (loaded.source !== path) {
    return [
      certain(
        {
          id: 'unit.shadowed',
          severity: 'error',
          title: 'systemd takes another file of the same name',
          evidence: `${loaded.source} comes before ${path}`,
          hint: `Move ${loaded.source} away, then: sudo razroom-panel restart`,
        },
        'What the panel writes has no effect.',
      ),
    ]
  }
  return []
}

export interface OwnerFacts {
  readonly mode: Mode
  readonly containerName: string
  /** The systemd unit a running container belongs to; null: none; undefined: there is no running container. */
  readonly owner: string | null | undefined
  /** Units of this container's name that lie in the user's home. */
  readonly units: readonly string[]
}

/** One owner: podman alone, or one unit. */
export function checkOwner({ mode, containerName, owner, units }: OwnerFacts): Verdict {
  const said =
    owner === undefined ? 'no container runs' : `${containerName} belongs to ${owner ?? 'podman alone'}`
  const handOver = { label: 'Hand it over', preview: 'stop the container, then start it as the settings say' }
  if (mode === 'quadlet' && owner === null) {
    return verdict(
      said,
      certain(
        {
          id: 'owner.by-hand',
          severity: 'warning',
          title: 'The container was started by hand, not by its unit',
          evidence: `${containerName} runs and belongs to no unit`,
          fix: handOver,
        },
        'systemd does not keep it: it is not restarted, and a start of the unit would kill it.',
      ),
    )
  }
  const findings: Draft[] = []
  if (mode === 'container' && (typeof owner === 'string' || units.length > 0)) {
    const isRunning = typeof owner === 'string'
    findings.push(
      certain(
        {
          id: 'owner.unit-left',
          severity: 'warning',
          title: 'A systemd unit wants the container, too',
          evidence: isRunning ? said : `${someOf(units)} is there, though the gateway is to run without it`,
          fix: {
            ...handOver,
            preview: `retire ${someOf(units) || owner}; it is kept when it was made by hand`,
          },
        },
        'Whoever starts second ends the container of the first.',
      ),
    )
  }
  return verdict(said, ...findings)
}

/** First podman whose generated units wait for the network by a unit of the user (docs/facts/podman-and-systemd.md). */
const WAITS_SINCE = '5.3'

/** @param text of a unit that Quadlet reads, drop-ins included */
export function checkNetworkWait(podmanVersion: string, text: string): Verdict {
  const isAvoided = /^\s*DefaultDependencies\s*=\s*(?:false|no|0|off)\s*$/im.test(text)
  if (isAvoided) return verdict('the unit does not wait for the network')
  if (!isPodmanSince(podmanVersion, WAITS_SINCE)) return verdict(`podman ${podmanVersion} does not wait`)
  return verdict(
    'the unit waits for the network',
    likely(
      {
        id: 'unit.network-wait',
        severity: 'warning',
        title: 'The first start may wait 90 seconds for the network',
        evidence: 'the unit has no DefaultDependencies=false in its [Quadlet] section',
        hint: 'Add that section to the unit, or let the panel write its own.',
      },
      'podman-user-wait-network-online.service waits for a target that many machines never reach.',
    ),
  )
}
