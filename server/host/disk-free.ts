import { lstat, realpath, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { errno } from './user-agent/file-errors.ts'

/** errno values (path_resolution(7)) of a path that leads to nothing. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']

/**
 * Free bytes for ordinary users on the file system of this path, or of its nearest parent that exists. Root goes down
 * only as far as the first directory that is not root's and looks at that one: nobody else can put something in its
 * way, and what lies below a user's home is never opened.
 */
export async function readDiskFree(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestTrusted(path))
  return bavail * bsize
}

/** The deepest part of the path that exists and that only root could have put there. */
export async function nearestTrusted(path: string): Promise<string> {
  return (await splitTrusted(path)).at
}

/** {@link nearestTrusted}, with links of root's resolved, and the parts of the path that are left below it. */
export async function splitTrusted(path: string): Promise<{ at: string; rest: readonly string[] }> {
  const parts = path.split('/').filter((name) => name !== '' && name !== '.')
  let at = '/'
  for (const [index, part] of parts.entries()) {
    const next = join(at, part)
    const found = await lstat(next).catch(nullWhenAbsent)
    if (found === null || (found.isSymbolicLink() && found.uid !== 0)) return { at, rest: parts.slice(index) }
    // A link that leads nowhere, or in a circle, is the end of what exists.
    const place = found.isSymbolicLink() ? await realpath(next).catch(nullWhenAbsent) : next
    if (place === null) return { at, rest: parts.slice(index) }
    at = place
    if (found.uid !== 0 || !(found.isDirectory() || found.isSymbolicLink()))
      return { at, rest: parts.slice(index + 1) }
  }
  return { at, rest: [] }
}

function nullWhenAbsent(error: unknown): null {
  if (ABSENT.includes(errno(error) ?? '')) return null
  throw error
}
