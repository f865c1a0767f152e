/** Whom and what the front may name. Everything is decided by the machine and by what root wrote down, never by the front. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Value } from 'typebox/value'
import { BackupName } from '../../../contract/backups.ts'
import { isAbsolutePath } from '../../../contract/rules.ts'
import { defaultSettings } from '../../../contract/settings.ts'
import { AuthError, InputError, SetupError } from '../../errors.ts'
import { createRedactor } from '../../redact.ts'
import type { UserAccount } from '../host.ts'
import { PANEL_USER } from '../panel-user.ts'
import { createCommandRunner } from '../run-command.ts'
import { findReader } from '../source-directory.ts'
import { createAccounts } from '../user-account.ts'
import { type AdmissionList, createAdmissionFile, stampOf } from './admission-list.ts'
import { type Reader, readOpenness } from './open-paths.ts'

/** The kernel's overflow ids, which are nobody's (user_namespaces(7)): what they may read, everybody may. */
const NOBODY: Reader = { uid: 65_534, gid: 65_534 }
const NEVER: ReadonlySet<number> = new Set([0, NOBODY.uid, 65_535, 4_294_967_294, 4_294_967_295])
/** The first uid of ordinary people unless login.defs(5) says otherwise. */
const UID_MIN = 1_000
/** Accounts that the panel makes by itself: with one, no package's account can be taken in advance. */
const OWN_NAME = /^razroom[a-z0-9_-]{0,24}$/
const MAX_MADE = 16
/** A look at the name service costs a process. The file of accounts is looked at each time; other services after this. */
const KEEP_ACCOUNT_MS = 30_000
const LOOK_MS = 30_000
const UPLOAD = /^upload-[0-9a-f]{32}$/

const { run } = createCommandRunner(createRedactor(() => []))

export interface Admission {
  /**
   * The account of this name, as the machine has it now.
   * @throws AuthError USER_NOT_ADMITTED root has not allowed it
   * @throws SetupError USER_MISSING, USER_UNSUITABLE root, nobody, and accounts of the system
   */
  findAccount(name: string): Promise<UserAccount>
  /**
   * A name that may be an account's in {@link findAccount}, or after {@link beginMaking}.
   * @throws AuthError USER_NOT_ADMITTED
   * @throws SetupError USER_UNSUITABLE root and nobody, whom nobody can allow
   */
  requireAllowed(name: string): Promise<void>
  /** @throws AuthError USER_NOT_ADMITTED a name that the panel does not make by itself */
  beginMaking(name: string): Promise<void>
  /** It was not made after all. */
  undoMaking(name: string): Promise<void>
  /**
   * Who reads this path: as findReader() of source-directory.ts has it where root has allowed the path, or its owner is
   * allowed; else nobody, so that only what everybody may read is read.
   * @throws AuthError PATH_NOT_ADMITTED not everybody may look there
   */
  findReader(path: string): Promise<Reader | null>
  /** @throws AuthError PATH_NOT_ADMITTED neither root nor an allowed account says that a file may be made there */
  requireWritable(path: string): Promise<void>
  /** The ids of all accounts of this machine (`subuid`), or of all groups. */
  readIds(kind: 'subuid' | 'subgid'): Promise<readonly number[]>
  readList(): Promise<AdmissionList>
  /**
   * Root allows this account.
   * @param mayBeMissing allow the name although there is no such account yet; else nothing is done then
   * @throws SetupError USER_UNSUITABLE root, nobody, and accounts of the system that the panel has not made
   */
  addUser(name: string, mayBeMissing: boolean): Promise<void>
  removeUser(name: string): Promise<void>
  /** Root allows this file or directory to be read for the gateway, or a backup to be written there. */
  addPath(path: string): Promise<void>
  removePath(path: string): Promise<void>
}

/**
 * What root has allowed on this machine.
 * @param stateDir root's directory of the panel, 0700
 * @param findUser looks an account up; the machine's own name service unless given
 */
export async function createAdmission(
  stateDir: string,
  findUser: (name: string) => Promise<UserAccount | null> = createAccounts(run).findUser,
): Promise<Admission> {
  const file = createAdmissionFile(stateDir)
  const accounts = createAccountCache(findUser)
  // An installation from before has its list now, while nobody has changed its record yet.
  await file.read()

  async function isAllowed(name: string): Promise<boolean> {
    if (name === PANEL_USER) return false
    const { users, made } = await file.read()
    return name === defaultSettings().user || users.includes(name) || made.includes(name)
  }

  /** The panel makes an account of this name without asking root. */
  async function mayMake(name: string): Promise<boolean> {
    return OWN_NAME.test(name) && name !== PANEL_USER && (await file.read()).made.length < MAX_MADE
  }

  /** Its uid is that of an account that is allowed. */
  async function isAllowedUid(uid: number): Promise<boolean> {
    const { users, made } = await file.read()
    for (const name of new Set([defaultSettings().user, ...users, ...made])) {
      const account = await accounts(name)
      if (account?.uid === uid) return !NEVER.has(uid)
    }
    return false
  }

  async function isAllowedPath(path: string): Promise<boolean> {
    const [directory, name] = [dirname(path), basename(path)]
    if (directory === join(stateDir, 'uploads') && UPLOAD.test(name)) return true
    if (directory === join(stateDir, 'backups') && Value.Check(BackupName, name)) return true
    return (await file.read()).paths.includes(path)
  }

  async function readerWithout(path: string): Promise<Reader> {
    const openness = await readOpenness(path)
    if (openness.kind === 'closed') throw notAdmitted(path, openness.at)
    if (openness.kind === 'owned' && (await isAllowedUid(openness.reader.uid))) return openness.reader
    return NOBODY
  }

  return {
    async findAccount(name) {
      if (!(await isAllowed(name))) throw userNotAdmitted(name)
      const account = await accounts(name)
      if (!account) throw new SetupError('USER_MISSING', { detail: `there is no user ${name}` })
      requireOrdinary(account)
      return account
    },
    async requireAllowed(name) {
      if (await isAllowed(name)) return
      const account = await accounts(name)
      if (account) requireOrdinary(account)
      // One that is there was not made by the panel, and is not allowed by trying.
      if (account || !(await mayMake(name))) throw userNotAdmitted(name)
    },
    async beginMaking(name) {
      if (!(await isAllowed(name)) && !(await mayMake(name))) throw userNotAdmitted(name)
      await file.change((list) => ({ ...list, made: [...new Set([...list.made, name])] }))
    },
    async undoMaking(name) {
      await file.change((list) => ({ ...list, made: list.made.filter((one) => one !== name) }))
    },
    async findReader(path) {
      if (!(await isAllowedPath(path))) return readerWithout(path)
      return findReader(path)
    },
    async requireWritable(path) {
      if (await isAllowedPath(path)) return
      const openness = await readOpenness(dirname(path))
      if (openness.kind === 'owned' && (await isAllowedUid(openness.reader.uid))) return
      throw notAdmitted(path, dirname(path))
    },
    async readIds(kind) {
      const { stdout } = await run(['getent', kind === 'subuid' ? 'passwd' : 'group'], { timeoutMs: LOOK_MS })
      return stdout.split('\n').flatMap((line) => {
        const id = line.split(':')[2]
        return id !== undefined && /^\d{1,10}$/.test(id) ? [Number(id)] : []
      })
    },
    readList: file.read,
    async addUser(name, mayBeMissing) {
      const account = await accounts(name)
      if (account) await requirePerson(account, (await file.read()).made)
      else if (!mayBeMissing) return
      await file.change((list) => ({ ...list, users: [...new Set([...list.users, name])] }))
    },
    async removeUser(name) {
      await file.change((list) => ({ ...list, users: list.users.filter((one) => one !== name) }))
    },
    async addPath(path) {
      if (!isAbsolutePath(path))
        throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(path)} is not an absolute path` })
      await file.change((list) => ({ ...list, paths: [...new Set([...list.paths, path])] }))
    },
    async removePath(path) {
      await file.change((list) => ({ ...list, paths: list.paths.filter((one) => one !== path) }))
    },
  }
}

function userNotAdmitted(name: string): AuthError {
  const detail = `${name}; root allows it by: sudo razroom-panel access user add ${name}`
  return new AuthError('USER_NOT_ADMITTED', { detail })
}

function notAdmitted(path: string, at: string): AuthError {
  const why = path === at ? 'not everybody may read it' : `not everybody may look into ${at}`
  return new AuthError('PATH_NOT_ADMITTED', { detail: `${path}: ${why}, and root has not allowed it` })
}

/** Root, and who stands for nobody: what it is told, the panel never runs anything as one of them. */
function requireOrdinary({ name, uid, gid }: UserAccount): void {
  if (!NEVER.has(uid) && !NEVER.has(gid)) return
  throw new SetupError('USER_UNSUITABLE', { detail: `${name} (uid ${uid}, gid ${gid}) is root or nobody` })
}

/** Accounts of the system belong to its services; the panel's own are no others'. */
async function requirePerson(account: UserAccount, made: readonly string[]): Promise<void> {
  requireOrdinary(account)
  const { name, uid } = account
  if (name === defaultSettings().user || made.includes(name) || uid >= (await readUidMin())) return
  throw new SetupError('USER_UNSUITABLE', {
    detail: `${name} (uid ${uid}) is an account of the system, which the panel has not made`,
  })
}

async function readUidMin(): Promise<number> {
  const text = await readFile('/etc/login.defs', 'utf8').catch(() => '')
  return Number(/^UID_MIN\s+(\d+)/m.exec(text)?.[1] ?? UID_MIN)
}

/** Looks an account up, unless that was done a moment ago and /etc/passwd is the same. */
function createAccountCache(
  findUser: (name: string) => Promise<UserAccount | null>,
): (name: string) => Promise<UserAccount | null> {
  const known = new Map<string, { stamp: string | null; until: number; account: UserAccount | null }>()
  return async (name) => {
    const stamp = await stampOf('/etc/passwd')
    const entry = known.get(name)
    if (entry && entry.stamp === stamp && performance.now() < entry.until) return entry.account
    const account = await findUser(name)
    // Names come from the list of root, so there are few.
    if (account) known.set(name, { stamp, until: performance.now() + KEEP_ACCOUNT_MS, account })
    else known.delete(name)
    return account
  }
}
