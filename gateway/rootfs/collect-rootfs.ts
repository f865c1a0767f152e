import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemErrorCode } from '../fatal-error.ts'
import { findSharedLibraries } from './shared-libraries.ts'
import {
  describeEntries,
  findTreeFaults,
  MANIFEST_PATH,
  type Manifest,
  type TreeEntry,
  writeEntries,
} from './tree.ts'

/** The uid and gid of `node` in the image, as in the real one. */
const NODE_ID = 1000

const passwd =
  `root:x:0:0:root:/root:/sbin/nologin\nnode:x:${NODE_ID}:${NODE_ID}:node:/home/node:/sbin/nologin\n` +
  'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n'
const group = `root:x:0:\nnode:x:${NODE_ID}:\nnogroup:x:65534:\n`
const nsswitch = 'passwd: files\ngroup: files\nhosts: files dns\n'

/** Where distributions keep the certificates of the public authorities, all in one file. */
const certificateBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt']

/** Where `npm run gateway:rootfs` puts the tree, and the Dockerfile looks for it. */
export const defaultTree = join(import.meta.dirname, 'tree')

/** The pinned Node binary and its version. @throws {Error} not installed for this architecture */
export function findPinnedNode(): { path: string; version: string } {
  const name = `node-linux-${process.arch}`
  try {
    const manifestPath = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const { version }: { version: unknown } = JSON.parse(readFileSync(manifestPath, 'utf8'))
    return { path: realpathSync(join(dirname(manifestPath), 'bin', 'node')), version: String(version) }
  } catch (error) {
    throw new Error(
      `the pinned runtime ${name} is not installed; run \`npm ci\` (with optional dependencies)`,
      {
        cause: error,
      },
    )
  }
}

/** Everything the image needs below the gateway itself. @throws {Error} a part is not on this machine */
export function planTree(node: { path: string; version: string }): {
  entries: TreeEntry[]
  manifest: Manifest
} {
  const { loader, directory, libraries } = findSharedLibraries(node.path)
  const said = execFileSync(node.path, ['--version'], { encoding: 'utf8', env: {} }).trim()
  if (said !== `v${node.version}`) throw new Error(`${node.path} is ${said}, not the pinned v${node.version}`)
  const bundle = certificateBundles.find((path) => existsSync(path))
  const entries: TreeEntry[] = [
    { kind: 'file', path: '/usr/local/bin/node', mode: 0o755, from: node.path },
    { kind: 'file', path: loader, mode: 0o755, from: loader },
    // All beside libc, where the loader looks without a cache file, wherever this machine keeps them.
    ...[...libraries]
      .toSorted(([a], [b]) => a.localeCompare(b, 'en'))
      .map(([soname, from]) => ({ kind: 'file' as const, path: join(directory, soname), mode: 0o644, from })),
    { kind: 'file', path: '/etc/passwd', mode: 0o644, content: passwd },
    { kind: 'file', path: '/etc/group', mode: 0o644, content: group },
    { kind: 'file', path: '/etc/nsswitch.conf', mode: 0o644, content: nsswitch },
    ...(bundle
      ? [{ kind: 'file' as const, path: '/etc/ssl/certs/ca-certificates.crt', mode: 0o644, from: bundle }]
      : []),
    {
      kind: 'file',
      path: '/app/package.json',
      mode: 0o644,
      content: '{ "type": "module", "private": true }\n',
    },
    { kind: 'directory', path: '/tmp', mode: 0o1777 },
    { kind: 'directory', path: '/home/node', mode: 0o755 },
    { kind: 'directory', path: '/home/node/.razroom', mode: 0o755 },
  ]
  const manifest = { nodeVersion: node.version, arch: process.arch, entries: describeEntries(entries) }
  return { entries, manifest }
}

/**
 * Collects the root file system of the bundled gateway's image: the pinned Node, its loader and libraries, and the
 * few files a user and a host name are looked up in. It is built beside `tree` and renamed into place; a tree that
 * is already right is left alone.
 * @returns whether anything was written
 */
export function collectRootfs(tree: string): 'collected' | 'unchanged' {
  const { entries, manifest } = planTree(findPinnedNode())
  if (
    JSON.stringify(readManifest(tree)) === JSON.stringify(manifest) &&
    findTreeFaults(tree, manifest).length === 0
  ) {
    return 'unchanged'
  }
  removeLeftovers(tree)
  const fresh = `${tree}.new-${process.pid}`
  const former = `${tree}.old-${process.pid}`
  mkdirSync(fresh, { recursive: true })
  chmodSync(fresh, 0o755)
  const content = `${JSON.stringify(manifest, null, 2)}\n`
  writeEntries(fresh, [...entries, { kind: 'file', path: MANIFEST_PATH, mode: 0o644, content }])
  if (process.getuid?.() === 0) {
    for (const path of ['home/node', 'home/node/.razroom']) chownSync(join(fresh, path), NODE_ID, NODE_ID)
  }
  if (existsSync(tree)) renameSync(tree, former)
  try {
    renameSync(fresh, tree)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // Another run was quicker. What it put there is what this one would have put there, if it is whole.
    const isTaken = ['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')
    if (!isTaken || findTreeFaults(tree, manifest).length > 0) throw error
  } finally {
    rmSync(former, { recursive: true, force: true })
  }
  return 'collected'
}

/** What is wrong with a collected tree, each with what mends it; nothing when it can be built from. */
export function checkRootfs(tree: string): string[] {
  const manifest = readManifest(tree)
  if (!manifest) return [`${tree} is missing or incomplete; run \`npm run gateway:rootfs\``]
  const { version } = findPinnedNode()
  const isCurrent = manifest.nodeVersion === version && manifest.arch === process.arch
  const stale = isCurrent
    ? []
    : [`${tree} holds Node ${manifest.nodeVersion} for ${manifest.arch}, not ${version}`]
  const faults = [...stale, ...findTreeFaults(tree, manifest)]
  return faults.length > 0 ? [...faults, 'run `npm run gateway:rootfs` to collect it anew'] : []
}

function readManifest(tree: string): Manifest | undefined {
  const path = join(tree, MANIFEST_PATH)
  // The manifest is written last and renamed into place with the tree: what is there was made by this program.
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** Removes what killed runs left beside the tree; the names carry the pid of their maker. */
function removeLeftovers(tree: string): void {
  const parent = dirname(tree)
  if (!existsSync(parent)) return
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(`${basename(tree)}.`) ? /\.(?:new|old)-(\d+)$/.exec(name)?.[1] : undefined
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function main(args: readonly string[]): number {
  if (args.length === 0) {
    console.log(`${defaultTree}: ${collectRootfs(defaultTree)}`)
    return 0
  }
  if (args.join(' ') !== '--check') {
    console.error('usage: collect-rootfs.ts [--check]')
    return 2
  }
  const faults = checkRootfs(defaultTree)
  for (const fault of faults) console.error(fault)
  if (faults.length === 0) console.log(`${defaultTree}: complete`)
  return faults.length === 0 ? 0 : 1
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2))
}
