import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file or directory of the root file system. `path` is absolute inside it, `mode` the permission bits. */
export type TreeEntry =
  | { kind: 'directory'; path: string; mode: number }
  | { kind: 'file'; path: string; mode: number; from: string }
  | { kind: 'file'; path: string; mode: number; content: string }

/** What the tree must hold, kept inside it, so that it can be checked without its sources. */
export interface Manifest {
  nodeVersion: string
  arch: string
  entries: { path: string; mode: number; sha256: string | null }[]
}

/** Where the manifest lies in the tree. */
export const MANIFEST_PATH = '/app/rootfs.json'

/** Describes entries by their content; the order is theirs, the result the same for the same content. */
export function describeEntries(entries: readonly TreeEntry[]): Manifest['entries'] {
  return entries.map((entry) => {
    if (entry.kind === 'directory') return { path: entry.path, mode: entry.mode, sha256: null }
    const content = 'from' in entry ? readFileSync(entry.from) : entry.content
    return { path: entry.path, mode: entry.mode, sha256: sha256(content) }
  })
}

/** Writes entries into an empty directory, as plain files (symbolic links are followed) with their exact modes. */
export function writeEntries(tree: string, entries: readonly TreeEntry[]): void {
  for (const entry of entries) {
    const path = join(tree, entry.path)
    makeDirectories(tree, dirname(entry.path))
    if (entry.kind === 'directory') mkdirSync(path, { recursive: true })
    else if ('from' in entry) copyFileSync(entry.from, path)
    else writeFileSync(path, entry.content)
    // Set apart from the making, because the umask applies there.
    chmodSync(path, entry.mode)
  }
}

/** Compares a tree with its manifest. @returns one sentence for each difference */
export function findTreeFaults(tree: string, manifest: Manifest): string[] {
  return manifest.entries.flatMap(({ path, mode, sha256: expected }) => {
    const stats = lstatSync(join(tree, path), { throwIfNoEntry: false })
    if (!stats) return [`${path} is missing`]
    if (expected === null ? !stats.isDirectory() : !stats.isFile()) return [`${path} is of another kind`]
    const faults = []
    if ((stats.mode & 0o7777) !== mode) {
      faults.push(`${path} has mode ${(stats.mode & 0o7777).toString(8)}, not ${mode.toString(8)}`)
    }
    if (expected !== null && sha256(readFileSync(join(tree, path))) !== expected) {
      faults.push(`${path} has other content`)
    }
    return faults
  })
}

function makeDirectories(tree: string, path: string): void {
  if (path === '/') return
  makeDirectories(tree, dirname(path))
  const directory = join(tree, path)
  if (lstatSync(directory, { throwIfNoEntry: false })) return
  mkdirSync(directory)
  chmodSync(directory, 0o755)
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
