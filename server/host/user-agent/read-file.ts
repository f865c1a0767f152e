import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { HostError } from '../../errors.ts'
import { errno, fileError } from './file-errors.ts'

export interface FileContent {
  readonly bytes: Buffer
  /** sha-256 of the bytes, hex. */
  readonly etag: string
  readonly mode: number
  readonly uid: number
}

export function etagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Opens a regular file for reading. Symbolic links are followed: this process can open nothing that its user could
 * not, and people do keep their `.env` elsewhere. O_NONBLOCK, so that a FIFO does not hold us; what is not a regular
 * file is refused by fstat after that, with no gap between looking and opening.
 *
 * @returns null when there is no such file
 * @throws {HostError} FILE_REFUSED, FILE_DENIED
 */
export async function openRegular(path: string): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY
  const handle = await open(path, flags).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null
    throw fileError(error, path)
  })
  if (handle === null) return null
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new HostError('FILE_REFUSED', { detail: path })
}

/**
 * Reads a whole regular file, at most `maxBytes` of it.
 * @returns null when there is no such file
 * @throws {HostError} FILE_REFUSED, FILE_DENIED, FILE_TOO_LARGE
 */
export async function readContent(path: string, maxBytes: number): Promise<FileContent | null> {
  const handle = await openRegular(path)
  if (handle === null) return null
  try {
    const { mode, uid } = await handle.stat()
    const bytes = await readUpTo(handle, path, maxBytes)
    return { bytes, etag: etagOf(bytes), mode: mode & 0o7777, uid }
  } catch (error) {
    throw fileError(error, path)
  } finally {
    await handle.close()
  }
}

/** The size that fstat tells is not trusted: the file may grow meanwhile, and files of proc(5) say 0. */
async function readUpTo(handle: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let total = 0
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536, total)
    if (bytesRead === 0) return Buffer.concat(parts)
    total += bytesRead
    if (total > maxBytes) {
      throw new HostError('FILE_TOO_LARGE', { detail: `${path} has more than ${maxBytes} bytes` })
    }
    parts.push(buffer.subarray(0, bytesRead))
  }
}
