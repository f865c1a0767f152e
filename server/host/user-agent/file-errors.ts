import { HostError, PanelError } from '../../errors.ts'

/** errno values (errno(3)) that mean: something else than the expected kind of file is in that place. */
const WRONG_KIND = new Set(['ELOOP', 'ENOTDIR', 'EISDIR', 'ENXIO', 'ENAMETOOLONG', 'EEXIST', 'ENODEV'])

/** The errno name of a failed system call, or undefined for any other value. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A failed system call on a file of the user, as an error of the panel. */
export function fileError(error: unknown, path: string): PanelError {
  if (error instanceof PanelError) return error
  const code = errno(error)
  if (code === undefined) throw error
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HostError('DISK_FULL', { detail: path, cause: error })
  if (code === 'ENOENT') {
    return new HostError('FILE_REFUSED', { detail: `${path}: its directory does not exist`, cause: error })
  }
  if (WRONG_KIND.has(code))
    return new HostError('FILE_REFUSED', { detail: `${path} (${code})`, cause: error })
  return new HostError('FILE_DENIED', { detail: `${path} (${code})`, cause: error })
}
