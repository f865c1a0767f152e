/** Keeps podman from being run for a user before setup has given the user what the first run decides about. */
import type { UserAccount } from './host.ts'
import type { Accounts } from './user-account.ts'
import type { UserFiles } from './user-files.ts'

const MAX_CONF_BYTES = 1_048_576

/** Where a decision about the image store shows: in what setup writes, or in the store itself. */
export interface PodmanTraces {
  readonly containersConfFile: string
  readonly imageStoreDir: string
}

/** Entry of the panel's record: setup has decided how podman runs for this user (operations/setup-podman.ts). */
export const podmanEntry = (user: string): string => `podman:${user}`

/**
 * The first run of podman makes a user namespace with the ids the user has by then, which its pause process keeps, and
 * an image store with the driver of then. So a look from outside must not come before setup has chosen both: not before
 * there are subordinate ids, nor before its configuration is there or a store that somebody made earlier.
 *
 * @param isDecided setup has decided for this user, whatever traces it left
 * @returns whether podman may be run as this user; once true it stays so
 */
export function createPodmanReadiness(
  accounts: Pick<Accounts, 'readIdRanges'>,
  files: Pick<UserFiles, 'readUserFile' | 'hasUserDirectory'>,
  tracesOf: (user: UserAccount) => PodmanTraces,
  isDecided: (user: UserAccount) => Promise<boolean> = async () => false,
): (user: UserAccount) => Promise<boolean> {
  const ready = new Set<string>()
  return async (user) => {
    const key = `${user.name}:${user.uid}:${user.home}`
    if (ready.has(key)) return true
    const [subuid, subgid] = await Promise.all([
      accounts.readIdRanges('subuid'),
      accounts.readIdRanges('subgid'),
    ])
    const hasRange = (ranges: typeof subuid) =>
      ranges.some(({ owner }) => owner === user.name || owner === String(user.uid))
    if (!hasRange(subuid) || !hasRange(subgid)) return false
    const { containersConfFile, imageStoreDir } = tracesOf(user)
    const isChosen =
      (await isDecided(user)) ||
      (await files.readUserFile(user, containersConfFile, MAX_CONF_BYTES)) !== null ||
      (await files.hasUserDirectory(user, imageStoreDir))
    if (isChosen) ready.add(key)
    return isChosen
  }
}
