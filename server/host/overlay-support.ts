import { statfs } from 'node:fs/promises'
import { release } from 'node:os'

/** Rootless overlay mounts without a helper: podman needs Linux 5.13 for them (containers-storage.conf(5), overlay). */
const FIRST_KERNEL = [5, 13] as const
/** Magic numbers of file systems that can carry overlay's upper directory (statfs(2)): ext2/3/4, xfs, btrfs. */
const CARRIERS = new Set([0xef53, 0x58465342, 0x9123683e])

/** True when the overlay driver works for users below this path, an existing directory. */
export async function canStackOverlay(path: string): Promise<boolean> {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const isNewEnough = major > FIRST_KERNEL[0] || (major === FIRST_KERNEL[0] && minor >= FIRST_KERNEL[1])
  return isNewEnough && CARRIERS.has((await statfs(path)).type)
}
