/** A log file that is open, and the names of places in it. */
import { createHash } from 'node:crypto'
import { fstatSync, readSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { errno, fileError } from './file-errors.ts'
import { openRegular } from './read-file.ts'

/** As much of the first row as tells one file from another that got the same inode: its time has nanoseconds. */
const HEAD_BYTES = 35
/** Of a file without a row: nothing in it has a cursor yet. */
export const EMPTY_FILE = '0'.repeat(12)

export interface LogFile {
  readonly handle: FileHandle
  readonly inode: bigint
  /** Lines between the file before and this one are lost; said to whoever comes from there. */
  readonly loss?: string
}

/** @returns null when there is no such file @throws {HostError} FILE_REFUSED, FILE_DENIED */
export async function openLog(path: string): Promise<LogFile | null> {
  const handle = await openRegular(path)
  if (handle === null) return null
  const { ino } = await handle.stat({ bigint: true })
  return { handle, inode: ino }
}

export async function logSize(log: LogFile): Promise<number> {
  // A file that is open is asked without a thread, ten times a second for each viewer.
  return fstatSync(log.handle.fd).size
}

/** The first part of a cursor: inode and first bytes, because a new file may get the inode of a removed one. */
export function logName(log: LogFile): string {
  const head = Buffer.alloc(HEAD_BYTES)
  const bytesRead = readSync(log.handle.fd, head, 0, HEAD_BYTES, 0)
  if (bytesRead < HEAD_BYTES) return EMPTY_FILE
  return createHash('sha1').update(`${log.inode}:`).update(head).digest('hex').slice(0, 12)
}

/** True when a row starts at this offset: what was read up to there is still what it was. */
export async function isRowStart(log: LogFile, offset: number): Promise<boolean> {
  if (offset === 0) return true
  const byte = Buffer.alloc(1)
  const { bytesRead } = await log.handle.read(byte, 0, 1, offset - 1)
  return bytesRead === 1 && byte[0] === 10
}

/** Whether the path still leads to this file, and whether that still has what was read. */
export async function compareLog(
  log: LogFile,
  path: string,
  offset: number,
): Promise<'same' | 'truncated' | 'replaced' | 'gone'> {
  try {
    const found = statSync(path, { bigint: true })
    if (found.ino !== log.inode) return 'replaced'
    return found.size < BigInt(offset) ? 'truncated' : 'same'
  } catch (error) {
    if (errno(error) === 'ENOENT') return 'gone'
    throw fileError(error, path)
  }
}
