import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { aptSources, type BaseRecipe } from './base-recipe.ts'
import { withCacheLock } from './cache-lock.ts'
import { type CachePaths, openCache } from './cache-paths.ts'
import { isMissing } from './file-errors.ts'

const BUILD_TIMEOUT_MS = 900_000
const KEEP_UNUSED_MS = 7 * 24 * 3_600_000

/**
 * The path of a recipe's tree, built first when the cache has none. Never a half-built one: it is built aside
 * and renamed. Two processes may ask at once.
 * @throws with the last lines of what debootstrap or apt printed when the build fails
 */
export async function ensureBaseTree(recipe: BaseRecipe): Promise<string> {
  const cache = await openCache()
  const tree = join(cache.bases, `${recipe.name}-${recipe.key}`)
  if (await touch(tree)) return tree
  const parentTree = recipe.parent === undefined ? undefined : await ensureBaseTree(recipe.parent)
  // One lock for all builds: they share the package cache, and side by side they would not be faster.
  await withCacheLock('build', async () => {
    if (await touch(tree)) return
    await removeLeftovers(cache)
    const aside = join(cache.bases, `.building-${randomBytes(4).toString('hex')}`)
    try {
      await (parentTree === undefined
        ? debootstrap(recipe, aside, cache)
        : installOver(recipe, parentTree, aside, cache))
      await rename(aside, tree)
    } catch (error) {
      await rm(aside, { recursive: true, force: true })
      throw error
    }
  })
  return tree
}

async function debootstrap(recipe: BaseRecipe, tree: string, cache: CachePaths): Promise<void> {
  const archives = await archivesOf(recipe.suite, cache)
  const include = `--include=${recipe.packages.join(',')}`
  await build(recipe, [
    // Its mounts and processes end with it, even when we are killed.
    ...['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'],
    ...['debootstrap', '--variant=minbase', `--cache-dir=${archives}`, include],
    ...[recipe.suite, tree, recipe.access.mirror],
  ])
  await rm(join(tree, 'etc/hostname'), { force: true })
  await execa('find', [join(tree, 'var/cache/apt/archives'), '-name', '*.deb', '-delete'])
}

async function installOver(
  recipe: BaseRecipe,
  parent: string,
  tree: string,
  cache: CachePaths,
): Promise<void> {
  await execa('cp', ['--archive', '--reflink=auto', parent, tree])
  await writeFile(join(tree, 'etc/apt/sources.list'), aptSources(recipe.suite, recipe.access))
  const options = recipe.access.aptOptions.map((line) => `${line}\n`).join('')
  await writeFile(join(tree, 'etc/apt/apt.conf.d/90outer-machine'), options)
  const certificates = join(tree, 'usr/local/share/ca-certificates')
  await mkdir(certificates, { recursive: true })
  for (const { name, pem } of recipe.access.certificates) await writeFile(join(certificates, name), pem)
  const archives = await archivesOf(recipe.suite, cache)
  await build(recipe, [
    ...['systemd-nspawn', '--quiet', `--directory=${tree}`, '--register=no', '--keep-unit', '--pipe'],
    ...['--resolv-conf=replace-host', '--timezone=off', `--bind=${archives}:/var/cache/apt/archives`],
    ...['--', 'sh', '-euc', recipe.script, 'build', ...recipe.packages],
  ])
}

async function build(recipe: BaseRecipe, argv: readonly string[]): Promise<void> {
  const result = await execa('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], {
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: BUILD_TIMEOUT_MS,
    forceKillAfterDelay: 1_000,
  })
  if (result.exitCode === 0) return
  const tail = result.all.split('\n').slice(-30).join('\n')
  const reason = result.timedOut ? `took more than ${BUILD_TIMEOUT_MS} ms` : `exit ${result.exitCode}`
  throw new Error(`building the base ${recipe.name} failed (${reason}):\n${tail}`)
}

async function archivesOf(suite: string, cache: CachePaths): Promise<string> {
  const archives = join(cache.archives, suite)
  // apt wants `partial`, and downloads as the user _apt, who must be able to enter.
  await mkdir(join(archives, 'partial'), { recursive: true })
  return archives
}

/** Marks a tree as used now. @returns whether it is there */
async function touch(tree: string): Promise<boolean> {
  try {
    await utimes(tree, new Date(), new Date())
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Removes what killed builds left, and bases of former recipes that nobody used for a week. */
async function removeLeftovers(cache: CachePaths): Promise<void> {
  for (const name of await readdir(cache.bases)) {
    const path = join(cache.bases, name)
    const unusedMs = Date.now() - (await stat(path)).mtimeMs
    if (name.startsWith('.building-') || unusedMs > KEEP_UNUSED_MS)
      await rm(path, { recursive: true, force: true })
  }
}
