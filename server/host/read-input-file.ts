import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { MAX_ENV_FILE_BYTES } from '../../contract/rules.ts'
import { InputError, NotFoundError } from '../errors.ts'

/**
 * The bytes of a file that a person named on the command line, read with that person's own rights.
 * O_NONBLOCK: a FIFO is refused instead of waited for (open(2)).
 * Errors: NOT_FOUND, FILE_DENIED, FILE_REFUSED for anything but a regular file, FILE_TOO_LARGE above 1 MiB.
 */
export async function readInputFile(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw asInputError(path, cause)
  })
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw new InputError('FILE_REFUSED', { detail: path })
    if (facts.size > MAX_ENV_FILE_BYTES) throw tooLarge(path)
    const buffer = new Uint8Array(MAX_ENV_FILE_BYTES + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null)
      if (bytesRead === 0) return buffer.slice(0, length)
      length += bytesRead
    }
    throw tooLarge(path)
  } finally {
    await file.close()
  }
}

function tooLarge(path: string): InputError {
  return new InputError('FILE_TOO_LARGE', { detail: `${path} has more than ${MAX_ENV_FILE_BYTES} bytes` })
}

function asInputError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return new NotFoundError('NOT_FOUND', { detail: path, cause })
  if (code === 'EACCES' || code === 'EPERM') return new InputError('FILE_DENIED', { detail: path, cause })
  return cause
}
