/** The fingerprint of files of the panel's own, which is made anew only when one of them has changed. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceDirectory } from './source-directory.ts'

/** Times of files are as coarse as the kernel's clock: what changed just now may change once more and look the same. */
const SETTLED_MS = 1_000

/**
 * Keeps the last fingerprint for as long as lstat(2) says the same of everything below: nobody can set the time of a
 * change (inode(7)). Some hundred megabytes need not be read again for each look.
 * @param settledMs how long ago the last change must be, in milliseconds
 * @returns what makes one for a directory, or gives the one that it has made before
 */
export function rememberFingerprint(
  settledMs = SETTLED_MS,
): (directory: SourceDirectory, make: () => Promise<string>) => Promise<string> {
  let known: { readonly stamp: string; readonly fingerprint: string } | null = null
  return async (directory, make) => {
    const { stamp, changedMs } = await readStamp(directory)
    if (known?.stamp === stamp) return known.fingerprint
    const fingerprint = await make()
    const isSettled = Date.now() - changedMs > settledMs
    if (isSettled && (await readStamp(directory)).stamp === stamp) known = { stamp, fingerprint }
    return fingerprint
  }
}

async function readStamp({ path, parts }: SourceDirectory): Promise<{ stamp: string; changedMs: number }> {
  const names = (await Promise.all(parts.map((part) => listBelow(path, part)))).flat().sort()
  const lines: string[] = []
  let changedMs = 0
  for (const name of names) {
    const { dev, ino, mode, size, mtimeNs, ctimeNs, ctimeMs } = await lstat(join(path, name), {
      bigint: true,
    })
    lines.push([name, dev, ino, mode, size, mtimeNs, ctimeNs].join(' '))
    changedMs = Math.max(changedMs, Number(ctimeMs))
  }
  return { stamp: JSON.stringify([path, ...lines]), changedMs }
}

async function listBelow(path: string, part: string): Promise<string[]> {
  if (!(await lstat(join(path, part))).isDirectory()) return [part]
  const below = await readdir(join(path, part), { recursive: true })
  return [part, ...below.map((name) => join(part, name))]
}
