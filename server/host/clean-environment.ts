/** What every program that the host starts gets: nothing of the environment the panel was started in. */
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'

/** Directories programs are looked for in; only root writes there. */
export const PROGRAM_DIRECTORIES: readonly string[] = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
]

/** The whole environment of a program that root runs. */
export const CLEAN_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: PROGRAM_DIRECTORIES.join(':'),
  LANG: 'C.UTF-8',
}

/** Absolute path of a program in {@link PROGRAM_DIRECTORIES}, or null when none of them has it. */
export async function findProgram(name: string): Promise<string | null> {
  for (const directory of PROGRAM_DIRECTORIES) {
    const path = join(directory, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return null
}
