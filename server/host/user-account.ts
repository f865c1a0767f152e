/** Accounts of this machine: getent, useradd, usermod and the user managers of systemd. */
import { chmod, lstat, readFile, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandTimeout, HostError, SetupError } from '../errors.ts'
import { findProgram } from './clean-environment.ts'
import { isSystemdRunning } from './facts.ts'
import type { IdRange, UserAccount } from './host.ts'
import type { RunCommand } from './run-command.ts'
import { finishUser } from './unfinished-user.ts'

/** As useradd(8) takes it on Debian and Fedora; also what Settings.user allows. */
const USER_NAME = /^[a-z_][a-z0-9_-]{0,30}$/
const MAX_ID = 4_294_967_294
const TIMEOUT_MS = 30_000
const MANAGER_DEADLINE_MS = 30_000
const LINGER_DIRECTORY = '/var/lib/systemd/linger'

/** One line of passwd(5), or null when it is not one. */
export function parsePasswdLine(line: string): UserAccount | null {
  const fields = line.split(':')
  const [name, , uidText, gidText, , home, shell] = fields
  if (fields.length !== 7 || !name || home === undefined || shell === undefined) return null
  const uid = parseId(uidText)
  const gid = parseId(gidText)
  if (uid === null || gid === null || !home.startsWith('/')) return null
  return { name, uid, gid, home, shell }
}

function parseId(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null
  const id = Number(text)
  return id <= MAX_ID ? id : null
}

/** The ranges of subuid(5); lines that are not ranges are left out, as newuidmap(1) leaves them out. */
export function parseIdRanges(text: string): IdRange[] {
  return text.split('\n').flatMap((line) => {
    const [owner, startText, countText, ...rest] = line.trim().split(':')
    const start = parseId(startText)
    const count = parseId(countText)
    return owner && start !== null && count !== null && rest.length === 0 ? [{ owner, start, count }] : []
  })
}

export interface Accounts {
  findUser(name: string): Promise<UserAccount | null>
  createUser(name: string): Promise<UserAccount>
  finishUser(name: string): Promise<UserAccount>
  readIdRanges(kind: 'subuid' | 'subgid'): Promise<readonly IdRange[]>
  addIdRanges(user: string, subuid: IdRange | null, subgid: IdRange | null): Promise<void>
  hasLinger(user: UserAccount): Promise<boolean>
  enableLinger(user: UserAccount): Promise<void>
  ensureUserManager(user: UserAccount): Promise<void>
}

export function createAccounts(run: RunCommand): Accounts {
  const findUser = (name: string): Promise<UserAccount | null> => lookUp(run, name)
  return {
    findUser,
    async createUser(name) {
      if (await findUser(name)) throw new SetupError('USER_UNSUITABLE', { detail: `the user ${name} exists` })
      try {
        await addUser(run, name)
      } catch (error) {
        // It may have ended in the middle; what is missing is added, or that fails for the same reason.
        const begun = await findUser(name)
        if (!begun) throw error
        await finishUser(run, begun)
      }
      const user = await findUser(name)
      if (!user)
        throw new HostError('COMMAND_FAILED', { detail: `useradd succeeded, but there is no user ${name}` })
      await makeHomePrivate(user)
      return user
    },
    async finishUser(name) {
      const user = await findUser(name)
      if (!user) throw new SetupError('USER_MISSING', { detail: `there is no user ${name}` })
      await finishUser(run, user)
      await makeHomePrivate(user)
      return user
    },
    async readIdRanges(kind) {
      const text = await readFile(`/etc/${kind}`, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      return parseIdRanges(text)
    },
    async addIdRanges(user, subuid, subgid) {
      const options = [
        ...(subuid ? ['--add-subuids', `${subuid.start}-${subuid.start + subuid.count - 1}`] : []),
        ...(subgid ? ['--add-subgids', `${subgid.start}-${subgid.start + subgid.count - 1}`] : []),
      ]
      if (options.length > 0) await run(['usermod', ...options, '--', user], { timeoutMs: TIMEOUT_MS })
    },
    async hasLinger(user) {
      return (await lstat(`${LINGER_DIRECTORY}/${user.name}`).catch(() => null)) !== null
    },
    async enableLinger(user) {
      await requireSystemd()
      await run(['loginctl', 'enable-linger', '--', user.name], { timeoutMs: TIMEOUT_MS })
    },
    ensureUserManager: (user) => startUserManager(run, user),
  }
}

/** getent(1): exit code 2 means that there is no such user. */
async function lookUp(run: RunCommand, name: string): Promise<UserAccount | null> {
  // A number would be looked up as a uid.
  if (!USER_NAME.test(name)) return null
  const { exitCode, stdout } = await run(['getent', 'passwd', '--', name], {
    timeoutMs: TIMEOUT_MS,
    okExitCodes: [0, 2],
  })
  if (exitCode === 2) return null
  const user = parsePasswdLine(stdout.split('\n')[0] ?? '')
  if (user?.name !== name) {
    throw new SetupError('USER_UNSUITABLE', { detail: `the account entry of ${name} cannot be read` })
  }
  return user
}

async function addUser(run: RunCommand, name: string): Promise<void> {
  if (!USER_NAME.test(name)) {
    throw new SetupError('USER_UNSUITABLE', { detail: `${JSON.stringify(name)} is not a valid user name` })
  }
  const home = `/home/${name}`
  // useradd would take an existing directory over as it is, with whoever owns it.
  if (await lstat(home).catch(() => null)) {
    throw new SetupError('USER_UNSUITABLE', {
      detail: `there is no user ${name}, but ${home} exists: move it away, or give it to the user you create`,
    })
  }
  const shell = (await findProgram('nologin')) ?? '/bin/false'
  const argv = ['--system', '--user-group', '--create-home', '--home-dir', home, '--shell', shell, '--', name]
  await run(['useradd', ...argv], { timeoutMs: TIMEOUT_MS })
}

/** 0700 whatever HOME_MODE and UMASK of login.defs(5) say. The parent is root's, and nobody runs as this user yet. */
async function makeHomePrivate(user: UserAccount): Promise<void> {
  const home = await lstat(user.home)
  if (!home.isDirectory() || home.uid !== user.uid) {
    throw new SetupError('USER_UNSUITABLE', { detail: `${user.home} is not a directory of ${user.name}` })
  }
  await chmod(user.home, 0o700)
}

async function requireSystemd(): Promise<void> {
  if (await isSystemdRunning()) return
  throw new SetupError('PLATFORM_UNSUPPORTED', {
    detail: 'systemd is not running here, so there is no user manager',
  })
}

/** `enable-linger` and `start` return before the bus is there (docs/facts/podman-and-systemd.md). */
async function startUserManager(run: RunCommand, user: UserAccount): Promise<void> {
  await requireSystemd()
  await run(['systemctl', 'start', `user@${user.uid}.service`], { timeoutMs: MANAGER_DEADLINE_MS })
  const deadline = Date.now() + MANAGER_DEADLINE_MS
  while (!(await hasUserManager(user))) {
    if (Date.now() > deadline) {
      throw new CommandTimeout('COMMAND_TIMED_OUT', {
        detail: `the user manager of ${user.name} has no bus after ${MANAGER_DEADLINE_MS / 1000} s`,
        command: `systemctl status user@${user.uid}.service`,
      })
    }
    await wait(50)
  }
}

/** True when systemd is PID 1 and the user's own manager answers on its bus. */
export async function hasUserManager(user: UserAccount): Promise<boolean> {
  if (!(await isSystemdRunning()) || (await runtimeDirectory(user)) === null) return false
  return (await stat(`/run/user/${user.uid}/bus`).catch(() => null))?.isSocket() ?? false
}

/** XDG_RUNTIME_DIR of the user where it exists and is the user's own, else null. */
export async function runtimeDirectory(user: UserAccount): Promise<string | null> {
  const path = `/run/user/${user.uid}`
  const found = await lstat(path).catch(() => null)
  return found?.isDirectory() && found.uid === user.uid ? path : null
}
