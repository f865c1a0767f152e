import { join } from 'node:path'
import { execa } from 'execa'
import { findCgroupMounts, killCgroup, removeCgroup } from './cgroup.ts'
import { unmountDisk } from './disk.ts'
import { keepDownloads } from './downloads.ts'
import { type HostRecord, hostPaths, removeRecord } from './host-record.ts'
import { removeNetwork } from './network.ts'
import { isAlive } from './process-identity.ts'
import { waitUntil } from './wait-until.ts'

/**
 * Undoes everything that was made for a host: its processes, control groups, network namespace, files, and at
 * last its record. Can be called again after it was cut short, and on a host that was only half made.
 */
export async function tearDown(record: HostRecord): Promise<void> {
  const mounts = await findCgroupMounts()
  const paths = await hostPaths(record.name)
  await killCgroup(join(mounts.unified, record.name))
  // A group counts as empty while its processes still end; the last of a pid namespace takes longest.
  const last = [record.supervisor, record.init].filter((identity) => identity !== undefined)
  await waitUntil(`the processes of ${record.name} have ended`, 90_000, () => !last.some(isAlive))
  const groups = [mounts.unified, mounts.named].filter((mount) => mount !== undefined)
  for (const mount of groups) {
    await waitUntil(`the control group ${record.name} below ${mount} can be removed`, 60_000, () =>
      removeCgroup(join(mount, record.name)),
    )
  }
  await removeNetwork(record.name)
  if (record.network === 'mirrors') await keepDownloads(record.kind, paths.tree)
  await unmountDisk(paths)
  // Should anything still be mounted below, its other side is none of our business.
  await execa('rm', ['--recursive', '--force', '--one-file-system', '--', paths.top])
  await removeRecord(record.name)
}
