/** Whether everybody on this machine may read a path, found without telling what lies where not everybody may look. */
import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'

const [OTHERS_READ, OTHERS_ENTER] = [0o004, 0o001]

/** Who reads a path: see findReader() of source-directory.ts. */
export interface Reader {
  readonly uid: number
  readonly gid: number
}

export type Openness =
  /** Everybody may go as far as it goes; at the end it may still be missing. */
  | { readonly kind: 'open' }
  /** Not everybody may look there. */
  | { readonly kind: 'closed'; readonly at: string }
  /** The way leads through something of this account, and everybody may go as far as that. */
  | { readonly kind: 'owned'; readonly reader: Reader; readonly at: string }

/**
 * Walks down from `/` as findReader() does, but no further than everybody may: what is behind a closed directory is not
 * looked at, so its names stay unknown.
 */
export async function readOpenness(path: string): Promise<Openness> {
  let at = '/'
  const parts = path.split('/').filter((name) => name !== '' && name !== '.')
  for (const [index, part] of parts.entries()) {
    const next = join(at, part)
    const found = await lstat(next).catch(() => null)
    if (found === null) return { kind: 'open' }
    if (found.uid !== 0) return { kind: 'owned', reader: { uid: found.uid, gid: found.gid }, at: next }
    if (found.isSymbolicLink()) {
      const target = await realpath(next).catch(() => null)
      if (target === null) return { kind: 'open' }
      const rest = parts.slice(index + 1).join('/')
      return readOpenness(join(target, rest))
    }
    const needed = found.isDirectory() ? OTHERS_ENTER : OTHERS_READ
    if ((found.mode & needed) === 0) return { kind: 'closed', at: next }
    at = next
  }
  const end = await lstat(at)
  return (end.mode & OTHERS_READ) === 0 ? { kind: 'closed', at } : { kind: 'open' }
}
