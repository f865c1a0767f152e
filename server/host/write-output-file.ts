import { open } from 'node:fs/promises'
import { ConflictError, InputError, NotFoundError } from '../errors.ts'

/**
 * Writes a new file (0600) that a person named on the command line, with that person's own rights. What is there is
 * never written over, nor followed when it is a link (open(2), O_EXCL).
 * Errors: FILE_EXISTS, NOT_FOUND when its directory is not there, FILE_DENIED.
 */
export async function writeOutputFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw asError(path, cause)
  })
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function asError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EEXIST') return new ConflictError('FILE_EXISTS', { detail: path, cause })
  if (code === 'ENOENT' || code === 'ENOTDIR') return new NotFoundError('NOT_FOUND', { detail: path, cause })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new InputError('FILE_DENIED', { detail: path, cause })
  return cause
}
