import { link, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openCache } from './cache-paths.ts'
import { hasCode, isMissing } from './file-errors.ts'
import { type HostKind, KINDS } from './kinds.ts'

const TREE_ARCHIVES = 'var/cache/apt/archives'

/**
 * Gives a host the packages that were downloaded before, as links: apt checks each by its hash before use, and
 * replaces files and never changes them. A shared folder would not do, for apt locks it, and an installer in one
 * host would fail because of another host.
 */
export async function lendDownloads(kind: HostKind, tree: string): Promise<void> {
  const archives = join((await openCache()).archives, KINDS[kind].suite)
  await linkPackages(archives, join(tree, TREE_ARCHIVES))
}

/** Adds what a host has downloaded to the cache. */
export async function keepDownloads(kind: HostKind, tree: string): Promise<void> {
  const archives = join((await openCache()).archives, KINDS[kind].suite)
  await linkPackages(join(tree, TREE_ARCHIVES), archives)
}

async function linkPackages(from: string, to: string): Promise<void> {
  let names: string[]
  try {
    names = await readdir(from)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await mkdir(to, { recursive: true })
  for (const name of names) {
    if (!name.endsWith('.deb')) continue
    try {
      await link(join(from, name), join(to, name))
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
  }
}
