import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode, isMissing } from './file-errors.ts'
import { waitUntil } from './wait-until.ts'

/**
 * Each host has a control group of its own: two systemds in one would stop each other's services, and it is what
 * finds every process of a host, whatever it forked.
 */
export interface CgroupMounts {
  /** The cgroup v2 mount: /sys/fs/cgroup, or /sys/fs/cgroup/unified on a hybrid machine. */
  readonly unified: string
  /** systemd's own v1 hierarchy of a hybrid machine, where nspawn mirrors its groups. */
  readonly named: string | undefined
}

/** Finds the mounts. @throws when the machine has no cgroup v2 at all. */
export async function findCgroupMounts(): Promise<CgroupMounts> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const unified = lines.find(([, , type]) => type === 'cgroup2')?.[1]
  const named = lines.find(
    ([, , type, options]) => type === 'cgroup' && options?.includes('name=systemd'),
  )?.[1]
  if (unified === undefined) {
    throw new Error('disposable hosts need a cgroup v2 mount (unified or hybrid): /proc/self/mounts has none')
  }
  return { unified, named }
}

/** Whether the v2 tree can count processes; where it can't, podman must be told so (docs/facts). */
export async function hasPidsController(mounts: CgroupMounts): Promise<boolean> {
  const controllers = await readFile(join(mounts.unified, 'cgroup.controllers'), 'utf8')
  return controllers.split(/\s+/).includes('pids')
}

/** Kills every process in the group and below it, and waits until they are gone. A missing group is fine. */
export async function killCgroup(directory: string): Promise<void> {
  try {
    // cgroup.kill: Linux 5.14 and later, see the kernel's admin-guide/cgroup-v2.
    await writeFile(join(directory, 'cgroup.kill'), '1')
    await waitUntil(`all processes in ${directory} are gone`, 90_000, async () =>
      (await readFile(join(directory, 'cgroup.events'), 'utf8')).includes('populated 0'),
    )
  } catch (error) {
    if (!isMissing(error) && !hasCode(error, 'ENODEV')) throw error
  }
}

/** Removes an empty group with the groups below it. @returns false while the kernel still holds one */
export async function removeCgroup(directory: string): Promise<boolean> {
  try {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.isDirectory() && !(await removeCgroup(join(directory, entry.name)))) return false
    }
    await rmdir(directory)
  } catch (error) {
    if (hasCode(error, 'EBUSY')) return false
    if (!isMissing(error) && !hasCode(error, 'ENODEV')) throw error
  }
  return true
}

/** Makes a group. @returns its path */
export async function makeCgroup(...segments: string[]): Promise<string> {
  const directory = join(...segments)
  await mkdir(directory, { recursive: true })
  return directory
}

/** An argv that runs `argv` as a member of the group: the shell joins and then becomes the program. */
export function inCgroup(directory: string, argv: readonly string[]): string[] {
  return ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', directory, ...argv]
}
