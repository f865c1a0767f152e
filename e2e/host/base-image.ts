import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { aptSources, type BaseRecipe } from './base-recipe.ts'
import { withCacheLock } from './cache-lock.ts'
import { type CachePaths, openCache } from './cache-paths.ts'
import { isMissing } from './file-errors.ts'

/** Sparse: it takes what is in it. A journey that needs a full disk fills it with fallocate(1). */
const DISK_SIZE = '16G'
const BUILD_TIMEOUT_MS = 900_000
const KEEP_UNUSED_MS = 7 * 24 * 3_600_000

/**
 * The path of a recipe's disk image (ext4), built first when the cache has none. Never a half-built one: it is
 * built aside and renamed. Two processes may ask at once.
 *
 * An image and not a tree, because a copy of a tree costs 1 s at best and 4 to 7 s when another was removed
 * shortly before: ext4 steps over recently deleted inodes one by one (docs/facts/podman-and-systemd.md).
 * @throws with the last lines of what debootstrap or apt printed when the build fails
 */
export async function ensureBaseImage(recipe: BaseRecipe): Promise<string> {
  const { bases } = await openCache()
  const image = join(bases, `${recipe.name}-${recipe.key}.ext4`)
  if (await touch(image)) return image
  const tree = await ensureTree(recipe)
  await buildAside(image, async (aside) => {
    await execa('truncate', [`--size=${DISK_SIZE}`, aside])
    await execa('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-E', 'nodiscard', '-d', tree, aside])
  })
  if (!recipe.isParent) await rm(tree, { recursive: true, force: true })
  return image
}

async function ensureTree(recipe: BaseRecipe): Promise<string> {
  const cache = await openCache()
  const tree = join(cache.bases, `${recipe.name}-${recipe.key}`)
  if (await touch(tree)) return tree
  const parent = recipe.parent === undefined ? undefined : await ensureTree(recipe.parent)
  await buildAside(tree, (aside) =>
    parent === undefined ? debootstrap(recipe, aside, cache) : installOver(recipe, parent, aside, cache),
  )
  return tree
}

/** One lock for all builds: they share the package cache, and side by side they would not be faster. */
async function buildAside(target: string, build: (aside: string) => Promise<void>): Promise<void> {
  await withCacheLock('build', async () => {
    if (await touch(target)) return
    const { bases } = await openCache()
    await removeLeftovers(bases)
    const aside = join(bases, `.building-${randomBytes(4).toString('hex')}`)
    try {
      await build(aside)
      await rename(aside, target)
    } catch (error) {
      await rm(aside, { recursive: true, force: true })
      throw error
    }
  })
}

async function debootstrap(recipe: BaseRecipe, tree: string, cache: CachePaths): Promise<void> {
  const archives = await archivesOf(recipe.suite, cache)
  const include = `--include=${recipe.packages.join(',')}`
  await runBuild(recipe, [
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
  await runBuild(recipe, [
    ...['systemd-nspawn', '--quiet', `--directory=${tree}`, '--register=no', '--keep-unit', '--pipe'],
    ...['--resolv-conf=replace-host', '--timezone=off', `--bind=${archives}:/var/cache/apt/archives`],
    ...['--', 'sh', '-euc', recipe.script, 'build', ...recipe.packages],
  ])
}

async function runBuild(recipe: BaseRecipe, argv: readonly string[]): Promise<void> {
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

/** Marks a tree or image as used now. @returns whether it is there */
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
async function removeLeftovers(bases: string): Promise<void> {
  for (const name of await readdir(bases)) {
    const path = join(bases, name)
    const unusedMs = Date.now() - (await stat(path)).mtimeMs
    if (name.startsWith('.building-') || unusedMs > KEEP_UNUSED_MS)
      await rm(path, { recursive: true, force: true })
  }
}
