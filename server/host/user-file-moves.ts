/** Listing, removing and renaming files of the gateway's user: small programs, run as that user. */
import { isAbsolutePath } from '../../contract/rules.ts'
import { CommandError, HostError, InputError } from '../errors.ts'
import type { Host } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'

const TIMEOUT_MS = 30_000
/** Thousands of small files on a slow disk. */
const EMPTYING_MS = 120_000
const MAX_NAMES = 1_000
const options = { timeoutMs: TIMEOUT_MS, direct: true } as const

export type UserFileMoves = Pick<
  Host,
  'listUserDirectory' | 'removeUserFile' | 'emptyUserDirectory' | 'renameUserFile'
>

export function createUserFileMoves(runAsUser: RunAsUser): UserFileMoves {
  return {
    async listUserDirectory(user, path) {
      const directory = `${checked(path)}/`
      try {
        const { stdout } = await runAsUser(
          user,
          ['find', directory, '-mindepth', '1', '-maxdepth', '1', '-printf', '%f\\0'],
          options,
        )
        return stdout.split('\0').slice(0, -1).sort().slice(0, MAX_NAMES)
      } catch (error) {
        if (error instanceof CommandError && saysMissing(error)) return []
        throw error
      }
    },
    async removeUserFile(user, path) {
      await runAsUser(user, ['rm', '--force', '--', checked(path)], options)
    },
    async emptyUserDirectory(user, path) {
      // Without a slash at its end a link in the directory's place is not followed (find(1), -P), and nothing is removed.
      const argv = [
        'find',
        '-P',
        checked(path),
        '-xdev',
        '-mindepth',
        '1',
        '-delete',
        '-printf',
        '.',
      ] as const
      try {
        return (await runAsUser(user, argv, { ...options, timeoutMs: EMPTYING_MS })).stdout !== ''
      } catch (error) {
        if (error instanceof CommandError && saysMissing(error)) return false
        throw error
      }
    },
    async renameUserFile(user, from, to) {
      // With --no-clobber mv(1) exits with 0 whether it moved or not; with --verbose it says what it did.
      const argv = [
        'mv',
        '--no-clobber',
        '--no-target-directory',
        '--verbose',
        '--',
        checked(from),
        checked(to),
      ]
      const { stdout } = await runAsUser(user, argv as [string, ...string[]], options)
      if (!stdout.startsWith('renamed '))
        throw new HostError('FILE_REFUSED', { detail: `${to} is there already; ${from} keeps its name` })
    },
  }
}

function saysMissing({ failure }: CommandError): boolean {
  return failure.lastLines.some((line) => line.includes('No such file or directory'))
}

function checked(path: string): string {
  if (isAbsolutePath(path)) return path
  throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(path)} is not an absolute path` })
}
