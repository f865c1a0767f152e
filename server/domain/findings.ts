/** What setup finds out about the machine before it changes anything. */
import type { Finding } from '../../contract/schemas.ts'
import { SetupError } from '../errors.ts'
import { chooseRuntime, type RuntimeFacts } from './render-containers-conf.ts'

export interface MachineFacts extends RuntimeFacts {
  /** Of the processor, in Node's or the kernel's word: x64, x86_64, arm64, aarch64. */
  readonly arch: string
  readonly hasSystemd: boolean
  readonly hasPidsController: boolean
  /** null when podman is not installed. */
  readonly podmanVersion: string | null
  readonly hasCatatonit: boolean
  readonly hasUidmap: boolean
  readonly memoryBytes: number
}

/** Who listens on a port the gateway wants. */
export interface HeldPort {
  readonly address: string
  readonly port: number
  readonly pid?: number
  readonly program?: string
  readonly uid: number
}

export interface PreflightInput {
  readonly facts: MachineFacts
  /** Without the gateway itself. */
  readonly portHolders: readonly HeldPort[]
  /** For the gateway's user, where its images go. */
  readonly diskFreeBytes: number
}

const MIB = 1_048_576
const GIB = 1_024 * MIB
/** The gateway needs 1.24 GB just after a cold start, 416 MB later (docs/facts/razroom-gateway.md). */
const COMFORTABLE_MEMORY_BYTES = GIB
/** The image takes 1.05 GB, twice that after its first start with keep-id (same source). */
const COMFORTABLE_DISK_BYTES = 2 * GIB
/** Below this not even the bundled image fits with the files podman writes beside it. */
const MIN_DISK_BYTES = 300 * MIB

/**
 * The findings, worst first. An `error` means that setup can't succeed as the machine is.
 */
export function preflight(input: PreflightInput): Finding[] {
  const { facts, portHolders, diskFreeBytes } = input
  const rank = { error: 0, warning: 1, info: 2 }
  return [
    ...checkPlatform(facts),
    ...checkPodman(facts.podmanVersion),
    ...checkPrograms(facts),
    ...checkRuntime(facts),
    ...checkMemory(facts.memoryBytes),
    ...checkDisk(diskFreeBytes),
    ...portHolders.map(portFinding),
  ].sort((a, b) => rank[a.severity] - rank[b.severity])
}

function checkPlatform({ arch, hasSystemd }: MachineFacts): Finding[] {
  const findings: Finding[] = []
  if (!['x64', 'x86_64', 'arm64', 'aarch64'].includes(arch)) {
    findings.push({
      id: 'machine.platform',
      severity: 'error',
      title: 'This processor is not supported',
      evidence: `it is ${arch}; the gateway needs x86-64 or arm64`,
    })
  }
  if (!hasSystemd) {
    findings.push({
      id: 'machine.systemd',
      severity: 'info',
      title: 'systemd does not run this machine',
      evidence: 'the container is started by the panel, and nothing starts it after a reboot',
    })
  }
  return findings
}

function checkPodman(version: string | null): Finding[] {
  if (version === null) {
    return [
      {
        id: 'podman.missing',
        severity: 'error',
        title: 'podman is not installed',
        evidence: 'there is no podman on the search path',
        hint: 'Install it. Debian, Ubuntu: sudo apt install podman uidmap. Fedora: sudo dnf install podman.',
      },
    ]
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (Number.isNaN(major) || major < 4) {
    return [
      {
        id: 'podman.too-old',
        severity: 'error',
        title: 'podman is too old',
        evidence: `it is version ${version}`,
        hint: 'Install podman 4.0 or later; Debian 12 and Ubuntu 24.04 bring one.',
      },
    ]
  }
  if (major > 4 || minor >= 4) return []
  return [
    {
      id: 'podman.no-quadlet',
      severity: 'info',
      title: 'This podman has no Quadlet',
      evidence: `it is version ${version}, Quadlet came with 4.4; everything else works`,
    },
  ]
}

function checkPrograms(facts: MachineFacts): Finding[] {
  const findings: Finding[] = []
  if (!facts.hasUidmap) {
    findings.push({
      id: 'podman.uidmap',
      severity: 'error',
      title: 'newuidmap is not installed',
      evidence: 'without newuidmap and newgidmap no user but root can run this image',
      hint: 'Install it. Debian, Ubuntu: sudo apt install uidmap. Fedora: sudo dnf install shadow-utils.',
    })
  }
  if (!facts.hasCatatonit) {
    findings.push({
      id: 'podman.catatonit',
      severity: 'warning',
      title: 'catatonit is not installed',
      evidence:
        'the container runs without an init process, so ended children of the gateway stay as zombies',
      hint: 'Install it, then restart the gateway. Debian, Ubuntu: sudo apt install catatonit. Fedora: sudo dnf install catatonit.',
    })
  }
  return findings
}

function checkRuntime(facts: MachineFacts): Finding[] {
  const findings: Finding[] = []
  try {
    const { runtime, reason } = chooseRuntime(facts)
    if (runtime !== null) {
      findings.push({
        id: 'machine.cgroups',
        severity: 'info',
        title: `Containers run with ${runtime} here`,
        evidence: reason,
      })
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    findings.push({
      id: 'podman.runtime',
      severity: 'error',
      title: 'No container runtime works on this machine',
      evidence: error.detail ?? error.message,
    })
  }
  if (!facts.hasPidsController) {
    findings.push({
      id: 'machine.pids-controller',
      severity: 'info',
      title: 'The number of processes in the container is not limited',
      evidence: 'the cgroup tree of this machine has no pids controller',
    })
  }
  return findings
}

function checkMemory(bytes: number): Finding[] {
  if (bytes >= COMFORTABLE_MEMORY_BYTES) return []
  return [
    {
      id: 'machine.memory',
      severity: 'warning',
      title: 'There is little memory',
      evidence: `${formatSize(bytes)} in all; the gateway takes about 1.2 GB while it starts`,
      hint: 'Add memory or swap if the gateway is killed while it starts (exit code 137).',
    },
  ]
}

function checkDisk(bytes: number): Finding[] {
  if (bytes >= COMFORTABLE_DISK_BYTES) return []
  const isTooLittle = bytes < MIN_DISK_BYTES
  return [
    {
      id: 'machine.disk',
      severity: isTooLittle ? 'error' : 'warning',
      title: isTooLittle ? 'The disk is full' : 'There is little room on the disk',
      evidence: `${formatSize(bytes)} are free for the gateway’s user; a full image takes about 2 GB`,
      hint: 'Free some space.',
    },
  ]
}

function portFinding({ address, port, pid, program, uid }: HeldPort): Finding {
  const who = program === undefined ? 'a process' : program
  const which = pid === undefined ? `of the user with uid ${uid}` : `pid ${pid}, uid ${uid}`
  return {
    id: `port.${port}`,
    severity: 'error',
    title: `Port ${port} is in use`,
    evidence: `${who} (${which}) listens on ${address}:${port}`,
    hint: 'Stop that program, or choose another port.',
  }
}

function formatSize(bytes: number): string {
  return bytes < GIB ? `${Math.floor(bytes / MIB)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`
}
