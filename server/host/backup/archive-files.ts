/** The file of a backup: written under another name, put in place only when it is whole, never over another file. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { ConflictError, InputError } from '../../errors.ts'
import { errno, fileError } from '../user-agent/file-errors.ts'

const TEMP_NAME = /^\.razroom-backup-(\d+)-[0-9a-f]{12}\.partial$/

/** A name beside the file that a backup is to become; of this process, never guessed. */
export function tempBeside(path: string): string {
  return join(dirname(path), `.razroom-backup-${process.pid}-${randomBytes(6).toString('hex')}.partial`)
}

/**
 * Writes a new file, 0600, and syncs it. What fails leaves none.
 * @returns its size in bytes
 * @throws {PanelError} DISK_FULL, FILE_DENIED; REQUEST_INVALID when its directory does not exist
 */
export async function writeTemp(path: string, content: AsyncIterable<Uint8Array>): Promise<number> {
  await removeStaleTemps(dirname(path))
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = await open(path, flags, 0o600).catch((error: unknown) => {
    const isMissing = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errno(error) ?? '')
    throw isMissing ? missingDirectory(dirname(path), error) : fileError(error, dirname(path))
  })
  let size = 0
  try {
    for await (const chunk of content) {
      await handle.writeFile(chunk)
      size += chunk.length
    }
    await handle.sync()
    await handle.close()
    return size
  } catch (error) {
    // Closing it twice is an error of its own that says nothing.
    await handle.close().catch(() => undefined)
    await discardTemp(path)
    throw errno(error) === undefined ? error : fileError(error, dirname(path))
  }
}

export function missingDirectory(directory: string, cause: unknown): InputError {
  return new InputError('REQUEST_INVALID', {
    detail: `there is no directory ${directory}: make it first, or name another one`,
    fields: [{ path: 'body.path', message: 'its directory does not exist' }],
    cause,
  })
}

/** @throws {ConflictError} BACKUP_EXISTS something has this name */
export async function commitTemp(temp: string, path: string): Promise<void> {
  try {
    await linkOrReserve(temp, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    if (errno(error) === 'EEXIST') throw new ConflictError('BACKUP_EXISTS', { detail: path, cause: error })
    throw fileError(error, path)
  }
}

/** link(2) never replaces; a file system without links has the name reserved by an empty file of ours instead. */
async function linkOrReserve(temp: string, path: string): Promise<void> {
  try {
    await link(temp, path)
    await unlink(temp)
  } catch (error) {
    if (!['EPERM', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errno(error) ?? '')) throw error
    await (await open(path, 'wx', 0o600)).close()
    await rename(temp, path)
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** No error when there is none. */
export async function discardTemp(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    // Below something that is no directory there is none either.
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errno(error) ?? '')) throw error
  })
}

/** What backups that were killed left here; it is in nobody's way when it cannot be removed. */
async function removeStaleTemps(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: unknown) => {
    // A directory that is not there, or may not be read, is told by the writing.
    if (errno(error) === undefined) throw error
    return []
  })
  for (const name of names) {
    const match = TEMP_NAME.exec(name)
    if (!match || isOtherProcessAlive(Number(match[1]))) continue
    await discardTemp(join(directory, name)).catch((error: unknown) => {
      if (errno(error) !== 'EPERM' && errno(error) !== 'EACCES') throw error
    })
  }
}

/** One backup at a time: a temp file with our own pid is of an earlier process that had it. */
function isOtherProcessAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errno(error) !== 'ESRCH'
  }
}

/**
 * Opens a plain file for reading; a link in its place is followed, as the rights of this process allow.
 * @throws {InputError} ARCHIVE_NOT_FOUND; BACKUP_INVALID for anything but a plain file
 */
export async function openArchive(path: string): Promise<{ stream: Readable; sizeBytes: number }> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(
    (error: unknown) => {
      const isMissing = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errno(error) ?? '')
      if (isMissing) throw new InputError('ARCHIVE_NOT_FOUND', { detail: path, cause: error })
      throw fileError(error, path)
    },
  )
  const found = await handle.stat()
  if (!found.isFile()) {
    await handle.close()
    throw new InputError('BACKUP_INVALID', { detail: `${basename(path)} is not a plain file` })
  }
  return { stream: handle.createReadStream({ highWaterMark: 262_144 }), sizeBytes: found.size }
}
