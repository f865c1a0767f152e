import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Free bytes for ordinary users on the file system of this path, or of its nearest parent that exists (statfs(2)). */
export async function readDiskFree(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path === '/') throw error
    return readDiskFree(dirname(path))
  }
}
