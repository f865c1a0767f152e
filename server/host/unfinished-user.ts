/** An account whose making was cut off: useradd(8) writes four files and then makes the home, one after the other. */
import { lstat, rmdir } from 'node:fs/promises'
import { SetupError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import type { RunCommand } from './run-command.ts'

const TIMEOUT_MS = 30_000
/** getent(1): there is no such entry. */
const NO_ENTRY = 2

/**
 * Adds what a useradd that was killed has not come to: the entries of shadow(5) and group(5), and the home. What is there
 * stays (docs/facts/podman-and-systemd.md, "Users and their manager").
 * @throws SetupError USER_UNSUITABLE the home is another one than the panel gives, or somebody else's
 */
export async function finishUser(run: RunCommand, user: UserAccount): Promise<void> {
  const { name, gid, home } = user
  const lookUp = async (database: string, key: string): Promise<string | null> => {
    const asked = ['getent', database, '--', key] as const
    const { exitCode, stdout } = await run(asked, { timeoutMs: TIMEOUT_MS, okExitCodes: [0, NO_ENTRY] })
    return exitCode === 0 ? stdout : null
  }
  if (home !== `/home/${name}`)
    throw new SetupError('USER_UNSUITABLE', { detail: `the home of ${name} is ${home}, not /home/${name}` })
  // Adds a locked entry for each account that has none (pwconv(8)).
  if ((await lookUp('shadow', name)) === null) await run(['pwconv'], { timeoutMs: TIMEOUT_MS })
  const group = await lookUp('group', String(gid))
  // Somebody may have been given the number meanwhile.
  if (group !== null && group.split(':')[0] !== name)
    throw new SetupError('USER_UNSUITABLE', {
      detail: `the group ${gid} of ${name} is that of ${group.split(':')[0]}`,
    })
  if (group === null)
    await run(['groupadd', '--system', '--gid', String(gid), '--', name], { timeoutMs: TIMEOUT_MS })
  // As useradd has it; the home itself is closed by who calls this.
  if (await isHomeMissing(user)) await run(['mkhomedir_helper', name, '0022'], { timeoutMs: TIMEOUT_MS })
}

/** useradd gives it to its user before it puts anything in; what is still root's is empty, and made once more. */
async function isHomeMissing({ name, uid, home }: UserAccount): Promise<boolean> {
  try {
    const found = await lstat(home)
    if (found.isDirectory() && found.uid === uid) return false
    if (found.uid === 0) await rmdir(home)
    else throw new SetupError('USER_UNSUITABLE', { detail: `${home} does not belong to its user ${name}` })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return true
    if (code !== 'ENOTEMPTY' && code !== 'ENOTDIR') throw error
    throw new SetupError('USER_UNSUITABLE', { detail: `${home} is not an empty directory`, cause: error })
  }
}
