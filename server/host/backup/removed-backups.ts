/** Backups that were removed through the panel: root keeps them aside for a day, for whoever removed them may not have been an admin. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError } from '../../errors.ts'

/** Beside the directory of backups. */
export const REMOVED_DIRECTORY = 'removed-backups'
const KEEP_MS = 24 * 3_600_000
/** Backups, with those that are kept aside: whoever makes and removes them all day shall not fill a file system. */
const MAX_BACKUPS = 1_000
const NAME = /^([0-9]{13})-/

export interface RemovedBackups {
  /** Takes a file out of the directory of backups; there is no verb to get at it after that. */
  putAside(path: string, name: string): Promise<void>
  /** Removes what was put aside more than a day ago. */
  sweep(): Promise<void>
  /** @throws {ConflictError} QUOTA_REACHED */
  requireRoom(): Promise<void>
}

/**
 * @param stateDir root's directory, 0700
 * @param directory of the backups, on the same file system
 */
export function createRemovedBackups(stateDir: string, directory: string): RemovedBackups {
  const aside = join(stateDir, REMOVED_DIRECTORY)

  async function sweep(): Promise<void> {
    for (const name of await namesIn(aside)) {
      const removedAt = Number(NAME.exec(name)?.[1] ?? Number.NaN)
      if (Date.now() - removedAt > KEEP_MS) await rm(join(aside, name), { force: true })
    }
  }

  return {
    sweep,
    async putAside(path, name) {
      await mkdir(aside, { recursive: true, mode: 0o700 })
      await rename(path, join(aside, `${Date.now()}-${name}`))
      await sweep()
    },
    async requireRoom() {
      await sweep()
      const [made, removed] = [(await namesIn(directory)).length, (await namesIn(aside)).length]
      if (made + removed < MAX_BACKUPS) return
      const detail = `${made} backups in ${directory}, and ${removed} that were removed since yesterday in ${aside}`
      throw new ConflictError('QUOTA_REACHED', { detail })
    },
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
