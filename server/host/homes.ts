/** The accounts people could mean, and whether a home can hold containers. */
import { lstat, readFile, statfs } from 'node:fs/promises'
import { nearestTrusted } from './disk-free.ts'
import type { UserAccount } from './host.ts'
import type { RunCommand } from './run-command.ts'
import { parsePasswdLine } from './user-account.ts'

const TIMEOUT_MS = 30_000
/** Magic numbers (statfs(2)) of file systems that are somewhere else: ids of others cannot be given to files there. */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  1397113167: 'AFS',
  16914839: '9p',
  12805120: 'CephFS',
}
/** First and last uid of ordinary people unless login.defs(5) says otherwise. */
const UID_MIN = 1_000
const UID_MAX = 60_000

export interface HomeFacts {
  /** `missing`: nothing there, or behind something that is not root's; `other`: no directory of this user. */
  readonly state: 'own' | 'missing' | 'other'
  /** Name of the network file system it lies on, or null. */
  readonly networkFileSystem: string | null
}

export interface Homes {
  /** Looks at the home itself and at nothing in it. */
  readHome(user: UserAccount): Promise<HomeFacts>
  /** Names of the ordinary users of this machine, as far as the name service lists them. */
  listUsers(): Promise<readonly string[]>
}

export function createHomes(run: RunCommand): Homes {
  return {
    async readHome(user) {
      const place = await nearestTrusted(user.home)
      const [found, { type }] = await Promise.all([lstat(place), statfs(place)])
      const networkFileSystem = NETWORK_FILE_SYSTEMS[type] ?? null
      // The first directory on the way that is not root's: the home itself, unless somebody else's lies before it.
      if (found.isDirectory() && found.uid === user.uid) return { state: 'own', networkFileSystem }
      const isThere = await lstat(user.home).then(
        () => true,
        () => false,
      )
      return { state: isThere ? 'other' : 'missing', networkFileSystem }
    },
    async listUsers() {
      const [{ stdout }, defs] = await Promise.all([
        run(['getent', 'passwd'], { timeoutMs: TIMEOUT_MS }),
        readFile('/etc/login.defs', 'utf8').catch(() => ''),
      ])
      const limit = (key: string, otherwise: number) =>
        Number(new RegExp(`^${key}\\s+(\\d+)`, 'm').exec(defs)?.[1] ?? otherwise)
      const [min, max] = [limit('UID_MIN', UID_MIN), limit('UID_MAX', UID_MAX)]
      return stdout.split('\n').flatMap((line) => {
        const user = parsePasswdLine(line)
        return user && user.uid >= min && user.uid <= max ? [user.name] : []
      })
    },
  }
}
