/** What only the doctor wants to know of the machine. Nothing here changes anything. */
import { readFile, statfs } from 'node:fs/promises'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { nearestTrusted } from './disk-free.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'
import type { RunCommand } from './run-command.ts'
import { hasUserManager } from './user-account.ts'
import { parseUnit, readUnitArguments, type UnitFacts } from './user-units.ts'

/** A file or directory that is not as it should be: another's, open to others, or closed to the user itself. */
export interface OddFile {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'other'
  readonly uid: number
  /** Permission bits. */
  readonly mode: number
}

export interface OddFileSearch {
  readonly directory: string
  /** So many levels below it. */
  readonly depth: number
  /** Paths in it that are nobody else's business, and that the user cannot do without. */
  readonly closed: readonly string[]
}

export interface Memory {
  /** What programs could still get without swapping (proc_meminfo(5), MemAvailable). */
  readonly availableBytes: number
  readonly swapFreeBytes: number
}

export interface Inodes {
  readonly free: number
  /** 0 where the file system has no fixed number of them. */
  readonly total: number
}

export interface Examination {
  /** The user's own systemd runs and answers; looking never starts it. */
  hasUserManager(user: UserAccount): Promise<boolean>
  readMemory(): Promise<Memory>
  /** Of the file system of this path, as far as {@link Host.readDiskFree} looks. */
  readInodes(path: string): Promise<Inodes>
  /** Controllers that the user's manager may give to containers (cgroups(7)); null where there is no such cgroup. */
  readDelegation(user: UserAccount): Promise<readonly string[] | null>
  /**
   * What lies in the directory and is not the user's, as far as the user sees it, and those of the closed paths that
   * others have any right to or that the user itself may not read or write: on its own file system, at most 200. Links
   * are left out.
   */
  findOddFiles(user: UserAccount, search: OddFileSearch): Promise<readonly OddFile[]>
  /** A unit of the machine's own systemd, for example razroom-panel.service. */
  readSystemUnit(name: string): Promise<UnitFacts>
  /** The version of the panel that is installed, which need not be the one that runs; null for a checkout. */
  readInstalledVersion(): Promise<string | null>
}

const TIMEOUT_MS = 20_000
const MAX_ODD_FILES = 200
const INSTALLED_MANIFEST = '/usr/local/lib/razroom-panel/current/package.json'
const Manifest = Type.Object({ version: Type.String() })

export function createExamination(run: RunCommand, runAsUser: RunAsUser): Examination {
  return {
    hasUserManager,
    async readMemory() {
      return parseMemory(await readFile('/proc/meminfo', 'utf8'))
    },
    async readInodes(path) {
      const { files, ffree } = await statfs(await nearestTrusted(path))
      return { free: ffree, total: files }
    },
    async readDelegation({ uid }) {
      const path = `/sys/fs/cgroup/user.slice/user-${uid}.slice/user@${uid}.service/cgroup.controllers`
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      return text === null ? null : text.split(/\s+/).filter((name) => name !== '')
    },
    async findOddFiles(user, search) {
      const { stdout } = await runAsUser(user, oddFilesArgv(user, search), {
        timeoutMs: TIMEOUT_MS,
        direct: true,
        // 1: part of it cannot be looked into, or is gone meanwhile; what is in the way is in the list itself.
        okExitCodes: [0, 1],
      })
      return parseOddFiles(stdout).slice(0, MAX_ODD_FILES)
    },
    async readSystemUnit(name) {
      const { stdout } = await run(['systemctl', ...readUnitArguments(name)], { timeoutMs: TIMEOUT_MS })
      return parseUnit(stdout)
    },
    async readInstalledVersion() {
      const text = await readFile(INSTALLED_MANIFEST, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      if (text === null) return null
      const manifest: unknown = JSON.parse(text)
      return Value.Check(Manifest, manifest) ? manifest.version : null
    },
  }
}

/** @param text of /proc/meminfo, in kB */
export function parseMemory(text: string): Memory {
  const value = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { availableBytes: value('MemAvailable'), swapFreeBytes: value('SwapFree') }
}

/** find(1) goes through no link (-P), and prints what it found by numbers and with a NUL behind each path. */
function oddFilesArgv(
  { uid }: UserAccount,
  { directory, depth, closed }: OddFileSearch,
): [string, ...string[]] {
  const isClosed = closed.flatMap((path) => ['-o', '-path', path.replaceAll(/[\\*?[\]]/g, '\\$&')])
  const isOpen = ['-perm', '/077']
  const isLocked = ['!', '-perm', '-600', '-o', '-type', 'd', '!', '-perm', '-700']
  const isWrong = ['(', ...isOpen, '-o', ...isLocked, ')', '(', '-false', ...isClosed, ')']
  const isOdd = ['(', '!', '-uid', String(uid), '-o', ...isWrong, ')']
  const tests = ['-xdev', '-maxdepth', String(depth), '!', '-type', 'l', ...isOdd]
  return ['find', '-P', directory, ...tests, '-printf', '%y %U %m %p\\0']
}

/** @param text records of `oddFilesArgv` */
export function parseOddFiles(text: string): OddFile[] {
  return text.split('\0').flatMap((record) => {
    const parts = /^(\S) (\d+) ([0-7]+) (.+)$/s.exec(record)
    if (!parts) return []
    const [, type = '', uid = '', mode = '', path = ''] = parts
    const kind = type === 'f' ? 'file' : type === 'd' ? 'directory' : 'other'
    return [{ path, kind, uid: Number(uid), mode: Number.parseInt(mode, 8) } as const]
  })
}
