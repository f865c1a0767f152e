/** Durable saves: a file has its old bytes or its new ones, never a part of either, whatever ends us. */
import { randomBytes } from 'node:crypto'
import { constants, lstatSync, renameSync } from 'node:fs'
import { lstat, open, readdir, realpath, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ConflictError, HostError } from '../../errors.ts'
import { errno, fileError } from './file-errors.ts'
import { MAX_FILE_BYTES } from './protocol.ts'
import { etagOf, readContent } from './read-file.ts'

export interface WriteRequest {
  readonly path: string
  readonly bytes: Uint8Array
  readonly mode: number
  /** 'absent': there must be no file; missing: whatever there is, is replaced. */
  readonly expectedEtag?: string | undefined
}

/** One save at a time: between comparing and renaming no other save of this process may come. */
let last: Promise<unknown> = Promise.resolve()

/**
 * Writes a temp file in the same directory, syncs it, renames it into place and syncs the directory. A symbolic link
 * stays one: what it leads to is replaced.
 *
 * @returns the etag of what was written
 * @throws {ConflictError} ENV_CHANGED the file has another etag than expected
 * @throws {HostError} DISK_FULL, FILE_DENIED, FILE_REFUSED; the old file is whole, and no temp file is left
 */
export function writeDurably(request: WriteRequest): Promise<{ etag: string }> {
  const save = last.then(() => saveFile(request))
  last = save.catch(() => undefined)
  return save
}

async function saveFile(request: WriteRequest): Promise<{ etag: string }> {
  const { path, bytes, mode, expectedEtag } = request
  try {
    const target = await resolveTarget(path)
    await removeStaleTemps(target)
    const temp = tempName(target)
    try {
      await writeTemp(temp, bytes, mode)
      if (expectedEtag === undefined) await rename(temp, target)
      else await renameOverExpected(temp, target, expectedEtag)
    } catch (error) {
      await unlink(temp).catch((second: unknown) => {
        if (errno(second) !== 'ENOENT') throw new AggregateError([error, second], `${temp} is left behind`)
      })
      throw error
    }
    await syncDirectory(dirname(target))
    return { etag: etagOf(bytes) }
  } catch (error) {
    throw fileError(error, path)
  }
}

/** Where the bytes go: the file itself, or what a symbolic link leads to. */
async function resolveTarget(path: string): Promise<string> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null
    throw error
  })
  if (found === null || found.isFile()) return path
  if (!found.isSymbolicLink()) throw new HostError('FILE_REFUSED', { detail: path })
  const target = await realpath(path).catch((error: unknown) => {
    if (errno(error) !== 'ENOENT') throw error
    throw new HostError('FILE_REFUSED', { detail: `${path} is a link to nothing`, cause: error })
  })
  if (!(await lstat(target)).isFile()) throw new HostError('FILE_REFUSED', { detail: path })
  return target
}

async function writeTemp(temp: string, bytes: Uint8Array, mode: number): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = await open(temp, flags, 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.chmod(mode & 0o777)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Between comparing and renaming an editor may rename its own file over this one, and its save would be gone without a
 * word. Node has no renameat2(2), which could do both at once; so what can take long comes first, and then the place is
 * looked at again and taken without a pause.
 */
async function renameOverExpected(temp: string, target: string, expected: string): Promise<void> {
  const mark = readMark(target)
  const present = await readContent(target, MAX_FILE_BYTES)
  if ((present?.etag ?? 'absent') === expected && readMark(target) === mark) {
    renameSync(temp, target)
    return
  }
  throw new ConflictError('ENV_CHANGED', { detail: `${target} is not what you have read` })
}

/** What is another with every change of the file, and with another file in its place. */
function readMark(path: string): string {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return 'absent'
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':')
}

/** Without it the rename itself may be lost at a power cut (rename(2), fsync(2)). */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Hidden, of this process, never guessed; the base is cut: 50 UTF-16 units are at most 150 of NAME_MAX's 255 bytes. */
function tempName(target: string): string {
  return join(dirname(target), `${tempPrefix(target)}${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
}

function tempPrefix(target: string): string {
  return `.${basename(target).slice(0, 50)}.razroom-panel-`
}

/** Removes temp files of this file whose process was killed in the middle of a save. */
async function removeStaleTemps(target: string): Promise<void> {
  const prefix = tempPrefix(target)
  for (const name of await readdir(dirname(target))) {
    const match = name.startsWith(prefix) ? /^(\d+)-[0-9a-f]{12}\.tmp$/.exec(name.slice(prefix.length)) : null
    if (!match || isOtherProcessAlive(Number(match[1]))) continue
    await unlink(join(dirname(target), name)).catch((error: unknown) => {
      if (errno(error) !== 'ENOENT') throw error
    })
  }
}

/** Saves of this process are one at a time, so a temp file with its own pid is of an earlier one with that pid. */
function isOtherProcessAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errno(error) !== 'ESRCH'
  }
}
