/** Writes a log file for a container that writes none in this place: rows of the journal, or another file's own rows. */
import { constants } from 'node:fs'
import { type FileHandle, link, open, rename } from 'node:fs/promises'
import { HostError } from '../../errors.ts'
import { fileError } from './file-errors.ts'
import { inodeOf, keepLogFile, NO_FILE, noteLoss, remove } from './log-segments.ts'

/** A full file is followed by the next, as conmon does it (domain/gateway-spec.ts). In bytes. */
const MAX_FILE_BYTES = 67_108_864
const FILE_MODE = 0o600
const APPEND =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK |
  constants.O_NOCTTY

const nextOf = (path: string): string => `${path}.next`

/**
 * Appends whole rows; all of them or, on a full disk, none.
 * @throws {HostError} DISK_FULL, FILE_REFUSED, FILE_DENIED
 */
export async function appendLog(
  path: string,
  rows: Buffer,
  maxBytes: number = MAX_FILE_BYTES,
): Promise<void> {
  try {
    let file = await openRegular(path)
    try {
      const { size } = await file.stat()
      if (size > 0 && size + rows.length > maxBytes) {
        await file.close()
        file = await begin(path)
      }
      await appendAll(file, rows)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(error, path)
  }
}

async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, APPEND, FILE_MODE)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new HostError('FILE_REFUSED', { detail: path })
}

/** A new file in the place of the full one, which keeps its other name. */
async function begin(path: string): Promise<FileHandle> {
  await keepLogFile(path)
  remove(nextOf(path))
  const file = await open(nextOf(path), APPEND | constants.O_EXCL, FILE_MODE)
  await rename(nextOf(path), path)
  return file
}

async function appendAll(file: FileHandle, rows: Buffer): Promise<void> {
  const { size } = await file.stat()
  try {
    await file.appendFile(rows)
  } catch (error) {
    await file.truncate(size)
    throw error
  }
}

/**
 * Gives the file that the container writes to this name too, so that what was written outlives the container.
 * @returns whether it did not have it yet; false as well when there is no such file, or it has no row yet that tells
 * whether lines before it are lost
 * @throws {HostError} FILE_REFUSED (EXDEV: it lies on another disk), FILE_DENIED
 */
export async function linkLog(from: string, path: string): Promise<boolean> {
  const source = await inodeOf(from)
  if (source === null || source === NO_FILE || source === (await inodeOf(path))) return false
  await keepLogFile(path)
  if ((await noteLoss(path, path, from)) === 'too early') return false
  remove(nextOf(path))
  try {
    await link(from, nextOf(path))
    await rename(nextOf(path), path)
  } catch (error) {
    throw fileError(error, from)
  }
  await keepLogFile(path)
  return true
}
