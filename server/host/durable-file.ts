import { randomBytes } from 'node:crypto'
import { open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Replaces one of the panel's own files, root's, below root's directories, so that a crash at any moment leaves the old
 * or the new bytes whole: temp file in the same directory, fsync, rename, fsync of the directory (rename(2), fsync(2)).
 * @param mode permission bits of the new file
 */
export async function writeOwnFile(path: string, bytes: string | Uint8Array, mode: number): Promise<void> {
  const directory = dirname(path)
  const temp = join(directory, `.${randomBytes(8).toString('hex')}.tmp`)
  const file = await open(temp, 'wx', mode)
  try {
    await file.writeFile(bytes)
    await file.sync()
    await file.close()
    await rename(temp, path)
  } catch (error) {
    await file.close()
    await unlink(temp)
    throw error
  }
  const parent = await open(directory, 'r')
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}
