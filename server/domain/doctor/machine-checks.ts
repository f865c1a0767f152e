/** What the machine itself must have: podman, its helpers, control groups, room and memory. */
import type { Mode } from '../../../contract/settings.ts'
import { type MachineFacts, preflight } from '../findings.ts'
import { quadletObstacle } from '../quadlet-obstacle.ts'
import { certain, type Draft, formatSize, likely, type Verdict, verdict } from './verdict.ts'

/** What each finding of the preflight does to a gateway that is to run. */
const MEANINGS: Readonly<Record<string, string>> = {
  'machine.platform': 'Neither the gateway nor the panel has a program for it.',
  'podman.missing': 'There is nothing that could run the container.',
  'podman.too-old': 'It lacks options the container is made with.',
  'podman.no-quadlet': 'As a service the gateway runs by a plain systemd unit, which does the same.',
  'podman.uidmap': 'Rootless podman cannot map the users of an image.',
  'podman.catatonit': 'The gateway runs, with processes that ended left in the list.',
  'machine.cgroups': 'The runtime that fits this machine is chosen already.',
  'podman.runtime': 'podman cannot start any container.',
  'machine.pids-controller': 'A program that goes wild in the container is not stopped by a limit.',
  'machine.memory': 'The kernel may end the gateway while it starts.',
  'machine.disk': 'Images, logs and the files of the gateway may have no room.',
}

/** The findings of the preflight with these ids. */
function fromPreflight(facts: MachineFacts, diskFreeBytes: number, ids: readonly string[]): Draft[] {
  return preflight({ facts, portHolders: [], diskFreeBytes })
    .filter(({ id }) => ids.includes(id))
    .map((finding) => certain(finding, MEANINGS[finding.id] ?? ''))
}

const ENOUGH = Number.MAX_SAFE_INTEGER

/** @param mode how the gateway is to run; null before a setup */
export function checkPodmanVersion(facts: MachineFacts & { os: string }, mode: Mode | null): Verdict {
  const ids = ['machine.platform', 'podman.missing', 'podman.too-old']
  // A podman without Quadlet matters only where there is a systemd that could read its units.
  const findings = fromPreflight(facts, ENOUGH, facts.hasSystemd ? [...ids, 'podman.no-quadlet'] : ids)
  const obstacle = mode === 'quadlet' ? quadletObstacle(facts) : undefined
  if (obstacle !== undefined) {
    findings.push(
      certain(
        {
          id: 'podman.mode',
          severity: 'error',
          title: 'The gateway cannot run as a systemd service here',
          evidence: obstacle,
          hint: 'Run it as a container: sudo razroom-panel setup --container',
        },
        'The settings ask for a service, and no service can be made.',
      ),
    )
  }
  return verdict(`${facts.os}, podman ${facts.podmanVersion ?? 'missing'}`, ...findings)
}

export function checkHelpers(facts: MachineFacts): Verdict {
  const said = `newuidmap ${facts.hasUidmap ? 'found' : 'missing'}, catatonit ${facts.hasCatatonit ? 'found' : 'missing'}`
  return verdict(said, ...fromPreflight(facts, ENOUGH, ['podman.uidmap', 'podman.catatonit']))
}

export function checkRuntime(facts: MachineFacts): Verdict {
  const said = facts.runtimes.length > 0 ? `found ${facts.runtimes.join(' and ')}` : 'found none'
  return verdict(said, ...fromPreflight(facts, ENOUGH, ['podman.runtime', 'machine.cgroups']))
}

/** Without them podman can neither measure nor limit a container of a user (cgroups(7), Cgroups delegation). */
const NEEDED_CONTROLLERS = ['memory', 'pids'] as const

/** @param delegated controllers of the user's own manager; null where there is none */
export function checkCgroups(facts: MachineFacts, delegated: readonly string[] | null): Verdict {
  const findings = fromPreflight(facts, ENOUGH, ['machine.pids-controller'])
  const missing = NEEDED_CONTROLLERS.filter(
    (name) => delegated !== null && !delegated.includes(name) && (name !== 'pids' || facts.hasPidsController),
  )
  if (facts.cgroups === 'v2' && missing.length > 0) {
    findings.push(
      certain(
        {
          id: 'cgroups.delegation',
          severity: 'info',
          title: `The user’s systemd may not hand on ${missing.join(' and ')}`,
          evidence: `it has ${delegated?.join(' ') || 'no controllers'}`,
          hint: 'A drop-in of user@.service with [Service] Delegate=cpu memory pids io gives them.',
        },
        'The container runs; its memory and processes are neither counted nor limited.',
      ),
    )
  }
  const tail = delegated === null ? '' : `; delegated: ${delegated.join(' ') || 'none'}`
  return verdict(`cgroups ${facts.cgroups}${tail}`, ...findings)
}

export interface Room {
  readonly freeBytes: number
  readonly inodes: { readonly free: number; readonly total: number }
}

const FEW_INODES = 2_000

export function checkRoom(facts: MachineFacts, { freeBytes, inodes }: Room): Verdict {
  const findings = fromPreflight(facts, freeBytes, ['machine.disk'])
  if (inodes.total > 0 && inodes.free < FEW_INODES) {
    findings.push(
      certain(
        {
          id: 'machine.inodes',
          severity: inodes.free === 0 ? 'error' : 'warning',
          title: 'The file system can hold hardly any more files',
          evidence: `${inodes.free} of ${inodes.total} inodes are free`,
          hint: 'Remove what has many small files; sudo du --inodes -d 3 / | sort -n | tail shows where they are.',
        },
        '“No space left on device” comes although there are bytes free.',
      ),
    )
  }
  const files = inodes.total === 0 ? '' : `, ${inodes.free} inodes`
  return verdict(`${formatSize(freeBytes)} free${files}`, ...findings)
}

export interface MemoryFacts {
  readonly availableBytes: number
  readonly swapFreeBytes: number
  /** The last end of the gateway was the kernel's, for want of memory. */
  readonly wasKilled: boolean
  readonly isRunning: boolean
}

const MIB = 1_048_576
/** Measured with the real gateway (docs/facts/razroom-gateway.md): 416 MB once it has started. */
const SETTLED_BYTES = 416 * MIB

export function checkMemory(facts: MachineFacts, memory: MemoryFacts): Verdict {
  const { availableBytes, swapFreeBytes, wasKilled, isRunning } = memory
  const findings = fromPreflight(facts, ENOUGH, ['machine.memory'])
  const said = `${formatSize(facts.memoryBytes)} in all, ${formatSize(availableBytes)} available, ${formatSize(swapFreeBytes)} of swap free`
  if (wasKilled) {
    findings.push(
      certain(
        {
          id: 'memory.killed',
          severity: 'error',
          title: 'The kernel ended the gateway for want of memory',
          evidence: said,
          hint: 'Add memory or swap, or stop other programs; sudo journalctl -k -g "Out of memory" tells what was killed.',
        },
        'It does not come up, or not for long, until there is more memory.',
      ),
    )
  } else if (!isRunning && availableBytes + swapFreeBytes < SETTLED_BYTES) {
    findings.push(
      likely(
        {
          id: 'memory.low',
          severity: 'warning',
          title: 'Too little memory is left for a start',
          evidence: said,
          hint: 'Stop other programs, or add memory or swap.',
        },
        'The gateway needs some 1.2 GB while it starts and 420 MB afterwards.',
      ),
    )
  }
  return verdict(said, ...findings)
}

/** Clocks of one machine differ by no more than this. */
const TOLERANCE_MS = 5 * 60_000

/**
 * Held against what was made on this machine, for nobody else can be asked offline.
 * @param made what, and when by its own record, in ms since the epoch
 */
export function checkClock(
  nowMs: number,
  made: ReadonlyArray<readonly [what: string, atMs: number]>,
): Verdict {
  const now = new Date(nowMs).toISOString()
  const later = made.filter(([, at]) => Number.isFinite(at) && at > nowMs + TOLERANCE_MS)
  const [first] = later.toSorted(([, a], [, b]) => b - a)
  if (!first) return verdict(`${now}, after everything that was made here`)
  const [what, at] = first
  const finding = {
    id: 'clock.behind',
    severity: 'warning',
    title: 'The clock is behind',
    evidence: `it says ${now}; ${what} is of ${new Date(at).toISOString()}`,
    hint: 'Let it be set by the network: sudo timedatectl set-ntp true',
  } as const
  return verdict(
    now,
    likely(finding, 'Certificates of model providers are refused, and logs and sessions are in disorder.'),
  )
}
