/** What kind of machine this is. Everything is read anew at each call: none of it costs more than some milliseconds. */
import { access, constants, readFile, stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { CommandMissing } from '../errors.ts'
import { findProgram } from './clean-environment.ts'
import type { CgroupLayout, HostFacts } from './host.ts'
import type { RunCommand } from './run-command.ts'
import { findQuadlet } from './user-units.ts'

const RUNTIMES = ['crun', 'runc', 'youki', 'runsc'] as const
/** Where podman looks for its init besides PATH (containers.conf(5), helper_binaries_dir). */
const CATATONIT = [
  '/usr/libexec/podman/catatonit',
  '/usr/lib/podman/catatonit',
  '/usr/local/libexec/podman/catatonit',
]

export async function readFacts(run: RunCommand): Promise<HostFacts> {
  const [os, hasSystemd, mounts, podmanVersion, runtimes, hasCatatonit, hasUidmap, selinux, quadlet] =
    await Promise.all([
      readFile('/etc/os-release', 'utf8').catch(() => ''),
      isSystemdRunning(),
      readFile('/proc/self/mountinfo', 'utf8'),
      readPodmanVersion(run),
      findRuntimes(),
      isAnyThere('catatonit', CATATONIT),
      hasUidmapPrograms(),
      readFile('/sys/fs/selinux/enforce', 'utf8').catch(() => '0'),
      findQuadlet(),
    ])
  const cgroups = cgroupLayout(mounts)
  return {
    arch: process.arch,
    os: parseOsRelease(os),
    hasSystemd,
    cgroups,
    hasPidsController: await hasPidsController(cgroups, mounts),
    podmanVersion,
    runtimes,
    hasCatatonit,
    hasQuadlet: quadlet !== null,
    hasUidmap,
    selinuxEnforcing: selinux.trim() === '1',
    memoryBytes: totalmem(),
  }
}

/** True when systemd is PID 1 (sd_booted(3)). */
export async function isSystemdRunning(): Promise<boolean> {
  return (await stat('/run/systemd/system').catch(() => null))?.isDirectory() ?? false
}

/** PRETTY_NAME of os-release(5), for people. */
export function parseOsRelease(text: string): string {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim() ?? ''
  return value.replace(/^(["'])(.*)\1$/, '$2') || 'Linux'
}

/**
 * The layout of the cgroup trees by the mounts (proc_pid_mountinfo(5)): v2 when /sys/fs/cgroup itself is cgroup2,
 * hybrid when a cgroup2 lies below a tmpfs there, else v1.
 */
export function cgroupLayout(mountinfo: string): CgroupLayout {
  const mounts = parseMounts(mountinfo)
  // A later mount on the same place covers the earlier one.
  const root = mounts.findLast((mount) => mount.target === '/sys/fs/cgroup')
  if (root?.type === 'cgroup2') return 'v2'
  return mounts.some((mount) => mount.target.startsWith('/sys/fs/cgroup/') && mount.type === 'cgroup2')
    ? 'hybrid'
    : 'v1'
}

interface MountEntry {
  readonly target: string
  readonly type: string
  readonly options: string
}

function parseMounts(mountinfo: string): MountEntry[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ')
    const target = before?.split(' ')[4]
    const [type, , options = ''] = after?.split(' ') ?? []
    return target !== undefined && type !== undefined ? [{ target, type, options }] : []
  })
}

/** In the v2 tree by its cgroup.controllers (cgroups(7)), in a v1 tree by its mounts. */
async function hasPidsController(layout: CgroupLayout, mountinfo: string): Promise<boolean> {
  const mounts = parseMounts(mountinfo)
  if (layout === 'v1') {
    return mounts.some((mount) => mount.type === 'cgroup' && mount.options.split(',').includes('pids'))
  }
  const tree = mounts.findLast(
    (mount) => mount.type === 'cgroup2' && mount.target.startsWith('/sys/fs/cgroup'),
  )
  const text = await readFile(`${tree?.target ?? '/sys/fs/cgroup'}/cgroup.controllers`, 'utf8').catch(
    () => '',
  )
  return text.trim().split(' ').includes('pids')
}

async function readPodmanVersion(run: RunCommand): Promise<string | null> {
  try {
    const { stdout } = await run(['podman', '--version'], { timeoutMs: 10_000 })
    return parsePodmanVersion(stdout)
  } catch (error) {
    if (error instanceof CommandMissing) return null
    throw error
  }
}

/** `podman version 4.3.1` -> `4.3.1`; null when it says something else. */
export function parsePodmanVersion(text: string): string | null {
  return /^podman version (\d+\.\d+\.\d+[^\s]*)/m.exec(text)?.[1] ?? null
}

async function findRuntimes(): Promise<string[]> {
  const found = await Promise.all(
    RUNTIMES.map(async (name) => ((await findProgram(name)) === null ? null : name)),
  )
  return found.filter((name) => name !== null)
}

/** newuidmap(1) and newgidmap(1), without which a user has one id in its containers. */
async function hasUidmapPrograms(): Promise<boolean> {
  const [uid, gid] = await Promise.all([findProgram('newuidmap'), findProgram('newgidmap')])
  return uid !== null && gid !== null
}

async function isAnyThere(program: string, paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK)
        .then(() => true)
        .catch(() => false),
    ),
  )
  return found.includes(true) || (await findProgram(program)) !== null
}
