import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import type { HostPaths } from './host-record.ts'
import { waitUntil } from './wait-until.ts'

const UNMOUNT_TIMEOUT_MS = 60_000

/**
 * Gives the host a copy of the image, mounted at its tree: an ext4 of its own, as on a real machine, so that
 * podman's overlay, hard links, renames and a full disk behave as they do there.
 */
export async function mountDisk(image: string, paths: HostPaths): Promise<void> {
  await execa('cp', ['--sparse=always', '--reflink=auto', image, paths.disk])
  // Nothing on it has to survive a power cut, and what mkfs left for later is never needed.
  await execa('mount', ['-o', 'loop,nobarrier,noinit_itable', paths.disk, paths.tree])
}

/** Undoes mountDisk; a disk that is not mounted is fine. @throws when something still uses it after a minute */
export async function unmountDisk(paths: HostPaths): Promise<void> {
  await waitUntil(`${paths.tree} is unused and can be unmounted`, UNMOUNT_TIMEOUT_MS, async () => {
    if (!(await isMountPoint(paths.tree))) return true
    await execa('umount', [paths.tree], { reject: false })
    return false
  })
}

async function isMountPoint(path: string): Promise<boolean> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  return lines.some((line) => line.split(' ')[4] === path)
}
