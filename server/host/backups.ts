/** Backups of config and workspace: made and put back by the agent of the user, kept and judged by root. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import Type from 'typebox'
import type { BackupEntry, BackupReason } from '../../contract/backups.ts'
import type { Settings } from '../../contract/settings.ts'
import type { RestoreReport, TreeItem, TreeRoom } from './backup/agent-messages.ts'
import { readArchiveFile } from './backup/archive-place.ts'
import type { BackupProgram } from './backup/backup-process.ts'
import type { Manifest } from './backup/format.ts'
import { makeBackup } from './backup/make-archive.ts'
import { findOwn, listBackups, openOwn } from './backup/own-backups.ts'
import { listTree, readTreeRoom } from './backup/read-tree.ts'
import { createRemovedBackups } from './backup/removed-backups.ts'
import { scanArchive } from './backup/scan-archive.ts'
import { sendBack } from './backup/send-back.ts'
import { compileLater } from './compile-later.ts'
import { createDiskReserve } from './disk-reserve.ts'
import { writeOwnFile } from './durable-file.ts'
import type { UserAccount, Watch } from './host.ts'

/** Where the gateway's two directories lie. */
export interface GatewayTree {
  readonly configDir: string
  readonly workspaceDir: string
}

export interface BackupOrder {
  readonly directories: GatewayTree
  readonly includesWorkspace: boolean
  readonly reason: BackupReason
  readonly settings: Settings
  /** An absolute path that ends in .tar.zst or .tar.gz; null: a new file of the panel's own directory. */
  readonly path: string | null
}

export interface MadeBackup extends BackupEntry {
  /** Plain files in it. */
  readonly files: number
  readonly leftOut: readonly { path: string; why: string }[]
  /** Files that changed each time they were read. */
  readonly unsettled: readonly string[]
}

/** A backup of the panel's own directory, or a file of this machine. */
export type BackupSource = { readonly name: string } | { readonly path: string }

export interface VerifiedBackup {
  readonly manifest: Manifest
  /** Bytes of config/.env and config/razroom.json; null when the backup has none. */
  readonly envFile: Uint8Array | null
  readonly configFile: Uint8Array | null
}

export interface RestoreOrder {
  readonly directories: GatewayTree
  readonly includesWorkspace: boolean
  /** From {@link Backups.verifyBackup}: what comes now must be the same. */
  readonly manifest: Manifest
}

/** What a restore has still to do, should it be ended in the middle. */
export interface RestoreMark {
  readonly startAfter: boolean
  /** Whose restore it was: sha-256 of the backup's manifest, hex. The mark says nothing about another backup. */
  readonly backup: string
  /** When it was written, ISO 8601: a gateway that was started later was started by somebody else. */
  readonly since: string
}

export interface Backups {
  /** Newest first. Files that are no backups are not listed. */
  listBackups(): Promise<readonly BackupEntry[]>
  /** Verified before it has its name; one that fails leaves no file. BACKUP_EXISTS, DISK_FULL, FILE_DENIED, QUOTA_REACHED. */
  makeBackup(user: UserAccount, order: BackupOrder, watch?: Watch): Promise<MadeBackup>
  /** It is not listed any more, and gone after a day: until then it lies where root alone gets at it. BACKUP_NOT_FOUND */
  removeBackup(name: string): Promise<void>
  openBackup(name: string): Promise<{ stream: Readable; sizeBytes: number }>
  /** Reads all of it and writes nothing. BACKUP_INVALID with the reason, BACKUP_NOT_FOUND, ARCHIVE_NOT_FOUND. */
  verifyBackup(source: BackupSource, watch?: Watch): Promise<VerifiedBackup>
  /** What lies in the directories now; empty when there is no config directory. */
  listGatewayTree(user: UserAccount, directories: GatewayTree, watch?: Watch): Promise<readonly TreeItem[]>
  /** The free space where the two directories lie or will lie, as the user has it. */
  readTreeRoom(user: UserAccount, directories: GatewayTree): Promise<TreeRoom>
  /** Puts the files back, as the user. Can be run again over one that was ended. */
  restoreBackup(
    user: UserAccount,
    source: BackupSource,
    order: RestoreOrder,
    watch?: Watch,
  ): Promise<RestoreReport>
  /** null when there is none, or one of another shape. */
  readRestoreMark(): Promise<RestoreMark | null>
  /** null: it is done. */
  writeRestoreMark(mark: RestoreMark | null): Promise<void>
}

export interface BackupOptions extends BackupProgram {
  readonly stateDir: string
  readonly panelVersion: string
}

const Mark = compileLater(
  Type.Object({ startAfter: Type.Boolean(), backup: Type.String(), since: Type.String() }),
)
const CAPTURED = { 'config/.env': 1_048_576, 'config/razroom.json': 4_194_304 } as const

export function createBackups(options: BackupOptions): Backups {
  const directory = join(options.stateDir, 'backups')
  const removed = createRemovedBackups(options.stateDir, directory)
  const reserve = createDiskReserve(directory)
  const markFile = join(options.stateDir, 'restore.json')
  const read = <T>(
    source: BackupSource,
    consume: (file: Readable) => Promise<T>,
    watch: Watch | undefined,
  ): Promise<T> =>
    'path' in source
      ? readArchiveFile(options, source.path, consume, watch)
      : openOwn(directory, source.name).then(({ stream }) => consume(stream))

  return {
    async listBackups() {
      await removed.sweep()
      return listBackups(directory)
    },
    async makeBackup(user, order, watch) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      if (order.path !== null) return makeBackup(options, directory, user, order, watch)
      await removed.requireRoom()
      await reserve.require(0)
      return makeBackup({ ...options, guard: reserve.guard }, directory, user, order, watch)
    },
    async removeBackup(name) {
      await removed.putAside(await findOwn(directory, name), name)
    },
    openBackup: (name) => openOwn(directory, name),
    verifyBackup: (source, watch) => read(source, (file) => verify(file, watch), watch),
    listGatewayTree: (user, directories, watch) => listTree(options, user, directories, watch),
    readTreeRoom: (user, directories) => readTreeRoom(options, user, directories),
    restoreBackup: (user, source, order, watch) =>
      read(source, (file) => sendBack(options, user, file, order, watch), watch),
    async readRestoreMark() {
      const text = await readFile(markFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      return text === null ? null : parseMark(text)
    },
    async writeRestoreMark(mark) {
      if (mark === null) await rm(markFile, { force: true })
      else await writeOwnFile(markFile, `${JSON.stringify(mark)}\n`, 0o600)
    },
  }
}

/** A mark that cannot be understood is none: nothing is started because of it. */
function parseMark(text: string): RestoreMark | null {
  try {
    const value: unknown = JSON.parse(text)
    return Mark.Check(value) ? value : null
  } catch {
    // Not JSON.
    return null
  }
}

async function verify(file: Readable, watch: Watch | undefined): Promise<VerifiedBackup> {
  const captured = new Map<string, Uint8Array>()
  const manifest = await scanArchive(file, {
    signal: watch?.signal,
    async onEntry({ entry, body }) {
      const maxBytes = CAPTURED[entry.path as keyof typeof CAPTURED]
      if (maxBytes === undefined || entry.type !== 'file' || entry.size > maxBytes) return
      captured.set(entry.path, Buffer.from(await buffer(body)))
    },
  })
  const of = (path: keyof typeof CAPTURED) => captured.get(path) ?? null
  return { manifest, envFile: of('config/.env'), configFile: of('config/razroom.json') }
}
