import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { openCache } from './cache-paths.ts'
import { isMissing } from './file-errors.ts'
import { type HostKind, KINDS } from './kinds.ts'

const TREE_ARCHIVES = 'var/cache/apt/archives'

/**
 * Gives a host the packages that were downloaded before; apt checks each by its hash before use. A shared folder
 * would not do, for apt locks it, and an installer in one host would fail because of another host.
 */
export async function lendDownloads(kind: HostKind, tree: string): Promise<void> {
  const archives = join((await openCache()).archives, KINDS[kind].suite)
  await copyPackages(archives, join(tree, TREE_ARCHIVES))
}

/** Adds what a host has downloaded to the cache. */
export async function keepDownloads(kind: HostKind, tree: string): Promise<void> {
  const archives = join((await openCache()).archives, KINDS[kind].suite)
  await copyPackages(join(tree, TREE_ARCHIVES), archives)
}

async function copyPackages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const present = new Set(await readdir(to))
  for (const name of await listPackages(from)) {
    if (present.has(name)) continue
    // By rename: two hosts may give the same package back at once.
    const aside = join(to, `.${name}.${randomBytes(4).toString('hex')}`)
    await copyFile(join(from, name), aside)
    await rename(aside, join(to, name))
  }
}

async function listPackages(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.deb'))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
