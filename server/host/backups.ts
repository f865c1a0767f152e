/** Backups of config and workspace: made and put back by the agent of the user, kept and judged by root. */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Value } from 'typebox/value'
import { type BackupEntry, BackupName, type BackupReason } from '../../contract/backups.ts'
import type { Settings } from '../../contract/settings.ts'
import { HostError, NotFoundError, PanelError } from '../errors.ts'
import {
  END_NAME,
  ListLine,
  PAX_SHA256,
  PLAN_NAME,
  type RestorePlan,
  type RestoreReport,
  RestoreReportCheck,
  type TreeItem,
  type TreeRequest,
} from './backup/agent-messages.ts'
import { openArchive } from './backup/archive-files.ts'
import { newArchive, readArchiveFile } from './backup/archive-place.ts'
import { type BackupProgram, readAgent, runAgent } from './backup/backup-process.ts'
import { compressionOf, type Manifest } from './backup/format.ts'
import { packArchive } from './backup/pack-archive.ts'
import { readFactsOnly, scanArchive } from './backup/scan-archive.ts'
import { createTarWriter } from './backup/tar-writer.ts'
import { writeOwnFile } from './durable-file.ts'
import type { UserAccount, Watch } from './host.ts'
import { userEnvironment } from './run-as-user.ts'
import { createFrameReader } from './user-agent/frames.ts'

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
}

export interface Backups {
  /** Newest first. Files that are no backups are not listed. */
  listBackups(): Promise<readonly BackupEntry[]>
  /** Verified before it has its name; one that fails leaves no file. BACKUP_EXISTS, DISK_FULL, FILE_DENIED. */
  makeBackup(user: UserAccount, order: BackupOrder, watch?: Watch): Promise<MadeBackup>
  /** BACKUP_NOT_FOUND */
  removeBackup(name: string): Promise<void>
  openBackup(name: string): Promise<{ stream: Readable; sizeBytes: number }>
  /**
   * Reads all of it. BACKUP_INVALID with the reason, BACKUP_NOT_FOUND, ARCHIVE_NOT_FOUND.
   * @param roomBytes DISK_FULL when it says that it holds much more; null: it is not asked
   */
  verifyBackup(source: BackupSource, roomBytes: number | null, watch?: Watch): Promise<VerifiedBackup>
  /** What lies in the directories now; empty when there is no config directory. */
  listGatewayTree(user: UserAccount, directories: GatewayTree, watch?: Watch): Promise<readonly TreeItem[]>
  /** Puts the files back, as the user. Can be run again over one that was ended. */
  restoreBackup(
    user: UserAccount,
    source: BackupSource,
    order: RestoreOrder,
    watch?: Watch,
  ): Promise<RestoreReport>
  readRestoreMark(): Promise<RestoreMark | null>
  /** null: it is done. */
  writeRestoreMark(mark: RestoreMark | null): Promise<void>
}

export interface BackupOptions extends BackupProgram {
  readonly stateDir: string
  readonly panelVersion: string
}

const CAPTURED = { 'config/.env': 1_048_576, 'config/razroom.json': 4_194_304 } as const
const MAX_LINE_BYTES = 65_536

export function createBackups(options: BackupOptions): Backups {
  const directory = join(options.stateDir, 'backups')
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
    listBackups: () => listBackups(directory),
    async makeBackup(user, order, watch) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      return makeBackup(options, directory, user, order, watch)
    },
    async removeBackup(name) {
      await findOwn(directory, name)
      await rm(join(directory, name))
    },
    openBackup: (name) => openOwn(directory, name),
    verifyBackup: (source, roomBytes, watch) => read(source, (file) => verify(file, roomBytes, watch), watch),
    listGatewayTree: (user, directories, watch) => listTree(options, user, directories, watch),
    restoreBackup: (user, source, order, watch) =>
      read(source, (file) => sendBack(options, user, file, order, watch), watch),
    async readRestoreMark() {
      const text = await readFile(markFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      return text === null ? null : { startAfter: text.includes('true') }
    },
    async writeRestoreMark(mark) {
      if (mark === null) await rm(markFile, { force: true })
      else await writeOwnFile(markFile, `${JSON.stringify(mark)}\n`, 0o600)
    },
  }
}

async function findOwn(directory: string, name: string): Promise<string> {
  const path = join(directory, name)
  const found = Value.Check(BackupName, name) ? await lstat(path).catch(() => null) : null
  if (!found?.isFile()) throw new NotFoundError('BACKUP_NOT_FOUND', { detail: name })
  return path
}

async function openOwn(directory: string, name: string): ReturnType<typeof openArchive> {
  return openArchive(await findOwn(directory, name))
}

async function listBackups(directory: string): Promise<BackupEntry[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const entries: BackupEntry[] = []
  for (const name of names) {
    if (compressionOf(name) === null || !Value.Check(BackupName, name)) continue
    const { stream, sizeBytes } = await openOwn(directory, name)
    try {
      const { createdAt, reason, includesWorkspace } = await readFactsOnly(stream)
      entries.push({ name, path: join(directory, name), createdAt, sizeBytes, reason, includesWorkspace })
    } catch (error) {
      if (!(error instanceof PanelError)) throw error
      console.error(`backups: ${join(directory, name)}: ${error.message}`)
    }
  }
  return entries.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

/** Where the workspace lies below the config directory, or null. */
function workspaceInConfig({ configDir, workspaceDir }: GatewayTree): string | null {
  const below = relative(configDir, workspaceDir)
  return below === '' || below.startsWith('..') || below.startsWith('/') ? null : below
}

async function agentOf(user: UserAccount) {
  return { owner: { uid: user.uid, gid: user.gid }, env: await userEnvironment(user) } as const
}

async function makeBackup(
  options: BackupOptions,
  directory: string,
  user: UserAccount,
  order: BackupOrder,
  watch: Watch | undefined,
): Promise<MadeBackup> {
  const { directories, includesWorkspace, reason, settings } = order
  const createdAt = new Date().toISOString()
  const path = order.path ?? (await freeName(directory, createdAt))
  const facts = {
    createdAt,
    panelVersion: options.panelVersion,
    reason,
    user: user.name,
    includesWorkspace,
    workspaceInConfig: workspaceInConfig(directories),
    settings,
  }
  const request: TreeRequest = {
    ...directories,
    includesWorkspace,
    workspaceInConfig: facts.workspaceInConfig,
  }
  const stdin = Buffer.from(JSON.stringify(request))
  const archive = await newArchive(options, path)
  try {
    const work = { ...(await agentOf(user)), args: ['save'] as const, stdin, watch }
    const compression = compressionOf(path) ?? 'zstd'
    const sizeBytes = await readAgent(options, work, async (tree) => {
      const packed = packArchive(tree, facts, compression)
      const size = await archive.write(packed.stream, watch)
      await packed.manifest
      return size
    })
    const manifest = await archive.read((file) => scanArchive(file, { signal: watch?.signal }), watch)
    await archive.commit()
    const files = manifest.entries.filter(({ type }) => type === 'file').length
    const { leftOut, unsettled } = manifest
    const name = path.slice(path.lastIndexOf('/') + 1)
    return { name, path, createdAt, sizeBytes, reason, includesWorkspace, files, leftOut, unsettled }
  } catch (error) {
    await archive.discard()
    throw error
  }
}

/** razroom-<UTC time>.tar.zst, and a number where two fall into one second. */
async function freeName(directory: string, createdAt: string): Promise<string> {
  const stamp = createdAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')
  const taken = new Set(await readdir(directory))
  for (let number = 1; ; number++) {
    const name = `razroom-${stamp}${number === 1 ? '' : `-${number}`}.tar.zst`
    if (!taken.has(name)) return join(directory, name)
  }
}

async function verify(
  file: Readable,
  roomBytes: number | null,
  watch: Watch | undefined,
): Promise<VerifiedBackup> {
  const captured = new Map<string, Uint8Array>()
  const manifest = await scanArchive(file, {
    roomBytes,
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

async function listTree(
  options: BackupOptions,
  user: UserAccount,
  directories: GatewayTree,
  watch: Watch | undefined,
): Promise<TreeItem[]> {
  const request: TreeRequest = {
    ...directories,
    includesWorkspace: true,
    workspaceInConfig: workspaceInConfig(directories),
  }
  const stdin = Buffer.from(JSON.stringify(request))
  const items: TreeItem[] = []
  let isWhole = false
  const refuse = (what: string): never => {
    throw new HostError('COMMAND_FAILED', { detail: `the file helper of ${user.name} sent ${what}` })
  }
  await readAgent(options, { ...(await agentOf(user)), args: ['list'], stdin, watch }, async (output) => {
    const lines = createFrameReader(
      MAX_LINE_BYTES,
      (line) => {
        const value: unknown = JSON.parse(line)
        if (!ListLine.Check(value)) refuse('a list of another shape')
        else if ('end' in value) isWhole = true
        else items.push(value)
      },
      () => refuse('a line without end'),
    )
    for await (const chunk of output) lines.push(chunk as Buffer)
    if (!isWhole) refuse('half a list')
  })
  return items
}

/** The agent writes a file only when its checksum is the manifest's; what is sent is checked here once more. */
async function sendBack(
  options: BackupOptions,
  user: UserAccount,
  file: Readable,
  { directories, includesWorkspace, manifest }: RestoreOrder,
  watch: Watch | undefined,
): Promise<RestoreReport> {
  const pipe = new PassThrough({ highWaterMark: 1_048_576 })
  const archive = createTarWriter(pipe)
  const plan: RestorePlan = {
    ...directories,
    includesWorkspace,
    workspaceInConfig: manifest.workspaceInConfig,
    stamp: `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(2).toString('hex')}`,
  }
  const known = new Map(manifest.entries.map((entry) => [entry.path, entry]))
  const send = async (): Promise<void> => {
    await archive.bytes({ name: PLAN_NAME }, Buffer.from(JSON.stringify(plan)))
    await scanArchive(file, {
      signal: watch?.signal,
      async onEntry({ entry, body }) {
        if (!includesWorkspace && /^workspace(\/|$)/.test(entry.path)) return
        const listed = known.get(entry.path)
        const shared = { name: entry.path, mode: entry.mode, mtime: new Date((listed?.mtime ?? 0) * 1000) }
        if (listed?.type === 'file' && entry.type === 'file') {
          const pax = { [PAX_SHA256]: listed.sha256 }
          await archive.file({ ...shared, size: entry.size, pax }, body)
        } else if (entry.type === 'link')
          await archive.empty({ ...shared, type: 'symlink', linkname: entry.target })
        else await archive.empty({ ...shared, type: 'directory' })
      },
    })
    await archive.bytes({ name: END_NAME }, Buffer.from('{}'))
    await archive.end()
  }
  const sending = send().catch((error: unknown) => {
    archive.fail(error)
    throw error
  })
  sending.catch(() => undefined)
  const said = await runAgent(options, { ...(await agentOf(user)), args: ['restore'], stdin: pipe, watch })
  await sending
  const report: unknown = JSON.parse(said)
  if (RestoreReportCheck.Check(report)) return report
  throw new HostError('COMMAND_FAILED', { detail: `the file helper of ${user.name} sent no report` })
}
