/** What lies below the config and the workspace directory, as far as a backup can hold it. */
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '../../errors.ts'
import type { TreeRequest } from '../backup/agent-messages.ts'
import { type ArchiveRoot, isInnerLink, nameProblem, pathProblem } from '../backup/entry-rules.ts'
import { type LeftOut, MAX_ENTRIES } from '../backup/format.ts'
import { errno, fileError } from '../user-agent/file-errors.ts'

export interface WalkedItem {
  /** In the archive: config/... or workspace/... */
  readonly path: string
  /** On the disk. */
  readonly file: string
  readonly type: 'file' | 'directory' | 'link'
  /** Of a file, as it was when it was looked at. */
  readonly size: number
  readonly mode: number
  /** Seconds since 1970, as the header of tar holds it (0 to 2^31 - 1). */
  readonly mtime: number
  readonly target: string
}

export interface WalkedTree {
  readonly items: readonly WalkedItem[]
  readonly leftOut: readonly LeftOut[]
}

/** Files of a save or a restore that was killed. */
const OWN_TEMP = /\.razroom-panel-\d+-[0-9a-f]{12}\.tmp$/
/** Without these two a backup would be none. */
const ESSENTIAL = ['config', 'config/.env', 'config/razroom.json']
const MAX_TEXT_SECONDS = 0x7fffffff

/**
 * Directories first, then what is in them, names in the order of their bytes. Links are not followed, except for the
 * two directories themselves and for `.env` and `razroom.json`, which people keep elsewhere.
 * @throws {HostError} FILE_REFUSED no config directory; FILE_DENIED one of the essential files cannot be read;
 *   FILE_TOO_LARGE too many entries
 */
export async function walkTree(request: TreeRequest): Promise<WalkedTree> {
  const configDir = await realpath(request.configDir).catch((error: unknown) => {
    throw fileError(error, request.configDir)
  })
  const workspaceDir = await realpath(request.workspaceDir).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null
    throw fileError(error, request.workspaceDir)
  })
  const walk = createWalk(request.workspaceInConfig)
  const isApart = workspaceDir !== configDir
  const besides = request.workspaceInConfig === null ? [] : [join(configDir, request.workspaceInConfig)]
  await walk.root(
    'config',
    configDir,
    isApart ? [...besides, ...(workspaceDir === null ? [] : [workspaceDir])] : [],
  )
  if (request.includesWorkspace && isApart && workspaceDir !== null)
    await walk.root('workspace', workspaceDir, [configDir])
  return walk.tree
}

function createWalk(workspaceInConfig: string | null) {
  const items: WalkedItem[] = []
  const leftOut: LeftOut[] = []
  const tree: WalkedTree = { items, leftOut }

  function add(item: WalkedItem): void {
    items.push(item)
    if (items.length > MAX_ENTRIES)
      throw new HostError('FILE_TOO_LARGE', {
        detail: `there are more than ${MAX_ENTRIES} files in ${item.path.split('/')[0]}`,
      })
  }

  async function directory(path: string, file: string, skip: readonly string[]): Promise<void> {
    const names = await readdir(file, { encoding: 'buffer' })
    for (const name of names.sort(Buffer.compare)) {
      const text = name.toString('utf8')
      const isText = Buffer.from(text, 'utf8').equals(name) && nameProblem(text) === null
      if (!isText) leftOut.push({ path: `${path}/${name.toString('latin1')}`, why: 'its name is not UTF-8' })
      else if (!OWN_TEMP.test(text) && !skip.includes(join(file, text)))
        await one(`${path}/${text}`, join(file, text), skip)
    }
  }

  async function one(path: string, file: string, skip: readonly string[]): Promise<void> {
    const problem = pathProblem(path)
    if (problem !== null) {
      leftOut.push({ path, why: problem })
      return
    }
    try {
      await look(path, file, skip)
    } catch (error) {
      const code = errno(error)
      if (code === 'ENOENT') return
      if ((code !== 'EACCES' && code !== 'EPERM') || ESSENTIAL.includes(path)) throw fileError(error, file)
      leftOut.push({ path, why: 'it may not be read' })
    }
  }

  async function look(path: string, file: string, skip: readonly string[]): Promise<void> {
    let found = await lstat(file)
    if (found.isSymbolicLink() && ESSENTIAL.includes(path)) found = await stat(file)
    const mtime = Math.min(MAX_TEXT_SECONDS, Math.max(0, Math.floor(found.mtimeMs / 1000)))
    const shared = { path, file, mode: found.mode & 0o777, mtime }
    if (found.isFile()) add({ ...shared, type: 'file', size: found.size, target: '' })
    else if (found.isDirectory()) {
      add({ ...shared, type: 'directory', size: 0, target: '' })
      await directory(path, file, skip)
    } else if (found.isSymbolicLink()) {
      const target = await readlink(file)
      if (isInnerLink(path, target, workspaceInConfig))
        add({ ...shared, type: 'link', mode: 0o777, size: 0, target })
      else leftOut.push({ path, why: 'a link that leads outside' })
    } else leftOut.push({ path, why: found.isFIFO() ? 'a FIFO' : found.isSocket() ? 'a socket' : 'a device' })
  }

  return {
    tree,
    root: (name: ArchiveRoot, file: string, skip: readonly string[]) => one(name, file, skip),
  }
}
