import { access, chmod, constants, mkdir, stat } from 'node:fs/promises'
import { HostError } from '../../errors.ts'
import { errno, fileError } from './file-errors.ts'

/**
 * Makes a directory and its parents (0700 each, by the umask), or corrects the mode of the one that is there.
 * @throws {HostError} FILE_REFUSED something else is there; FILE_DENIED it is another user's, or not writable;
 *   DISK_FULL
 */
export async function makeDirectory(
  path: string,
  mode: number,
): Promise<{ created: boolean; corrected: boolean }> {
  try {
    const created = (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined
    const found = await stat(path)
    if (!found.isDirectory()) throw new HostError('FILE_REFUSED', { detail: path })
    if (found.uid !== process.geteuid?.())
      throw new HostError('FILE_DENIED', { detail: `${path} belongs to uid ${found.uid}` })
    const corrected = (found.mode & 0o7777) !== mode
    if (corrected) await chmod(path, mode)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return { created, corrected: corrected && !created }
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      throw new HostError('FILE_REFUSED', { detail: `${path} is a link to nothing`, cause: error })
    }
    throw fileError(error, path)
  }
}

/** True when a directory is there. @throws {HostError} FILE_DENIED */
export async function hasDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    const code = errno(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw fileError(error, path)
  }
}
