/** Where an image is built from: found without trusting whoever could swap a directory on the way there. */
import type { Stats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { isAbsolutePath } from '../../contract/rules.ts'
import { CommandError, InputError, SetupError } from '../errors.ts'
import type { BuildSource } from './host.ts'
import type { RunCommand } from './run-command.ts'
import { errno } from './user-agent/file-errors.ts'

/** The names podman itself looks for (podman-build(1)). */
const DOCKERFILES = ['Containerfile', 'Dockerfile']
/** In podman's order: the first that is there counts. */
const IGNORE_FILES = ['.containerignore', '.dockerignore']
/** What the bundled image is made of, below the directory of the panel. */
const BUNDLED_PARTS = ['Dockerfile', 'gateway/rootfs/tree', 'dist/gateway'] as const
const LOOK_TIMEOUT_MS = 30_000
/** Others may write, and there is no sticky bit that keeps them from renaming (inode(7)). */
const [GROUP_WRITE, OTHERS_WRITE, STICKY] = [0o020, 0o002, 0o1000]

/** Says who reads a path; null: root. {@link findReader} unless the machine's owner has to allow what root reads. */
export type FindReader = (path: string) => Promise<{ readonly uid: number; readonly gid: number } | null>

export interface SourceDirectory {
  readonly path: string
  /**
   * Who reads it: the first owner on the way there who is not root, since that user could put something else in its
   * place; then root would copy what that user may not read. null: root, only root's directories lead there.
   */
  readonly reader: { readonly uid: number; readonly gid: number } | null
  /** What goes into the build, relative to the path. */
  readonly parts: readonly string[]
  /** Patterns of tar(1) for what stays out. */
  readonly excludes: readonly string[]
}

/**
 * @param readerOf of a checkout; the parts of the bundled image are the panel's own
 * @throws {InputError} REPO_NOT_FOUND, DOCKERFILE_MISSING
 * @throws {SetupError} BUNDLED_IMAGE_MISSING
 */
export async function openSource(
  run: RunCommand,
  source: BuildSource,
  bundledDir: string,
  readerOf: FindReader = findReader,
): Promise<SourceDirectory> {
  if (source.kind === 'bundled') {
    if (!(await isBundledAvailable(bundledDir))) {
      throw new SetupError('BUNDLED_IMAGE_MISSING', { detail: bundledDir })
    }
    const reader = await findReader(bundledDir)
    return { path: bundledDir, reader, parts: BUNDLED_PARTS, excludes: [] }
  }
  const { path } = source
  if (!isAbsolutePath(path)) {
    throw new InputError('REPO_NOT_FOUND', { detail: `${JSON.stringify(path)} is not an absolute path` })
  }
  const reader = await readerOf(path)
  const owner = reader === null ? {} : { owner: reader }
  const files = await listFiles(run, path, owner)
  if (!DOCKERFILES.some((name) => files.includes(name))) {
    throw new InputError('DOCKERFILE_MISSING', { detail: path })
  }
  const ignoreFile = IGNORE_FILES.find((name) => files.includes(name))
  const ignored =
    ignoreFile === undefined
      ? ''
      : (await run(['cat', '--', join(path, ignoreFile)], { timeoutMs: LOOK_TIMEOUT_MS, ...owner })).stdout
  return { path, reader, parts: ['.'], excludes: excludesOf(ignored) }
}

/** True when everything the bundled image is made of lies below this directory. */
export async function isBundledAvailable(bundledDir: string): Promise<boolean> {
  const found = await Promise.all(
    BUNDLED_PARTS.map((part) => lstat(join(bundledDir, part)).catch(() => null)),
  )
  const [dockerfile, ...directories] = found
  return dockerfile?.isFile() === true && directories.every((entry) => entry?.isDirectory() === true)
}

/**
 * Walks down from `/` and stops at the first part that is not root's: nobody but root could have swapped anything
 * before it, and what comes after it is not looked at by root.
 *
 * @throws {InputError} REPO_NOT_FOUND it does not exist, or lies where others could swap it
 */
export async function findReader(path: string): Promise<{ uid: number; gid: number } | null> {
  let at = '/'
  for (const part of path.split('/').filter((name) => name !== '' && name !== '.')) {
    const next = join(at, part)
    const found = await lstat(next).catch((cause: unknown) => {
      const why = errno(cause) === 'ENOTDIR' ? `${at} is not a directory` : `${next} does not exist`
      throw new InputError('REPO_NOT_FOUND', { detail: why, cause })
    })
    if (found.uid !== 0) return { uid: found.uid, gid: found.gid }
    const swappers = whoMaySwap(found)
    if (swappers !== null) {
      throw new InputError('REPO_NOT_FOUND', {
        detail: `${swappers} may write in ${next}, and so put something else in the place of ${path}`,
      })
    }
    // A link of root's, in a directory of root's: where it leads is checked from the top.
    if (found.isSymbolicLink()) {
      at = await realpath(next).catch((cause: unknown) => {
        throw new InputError('REPO_NOT_FOUND', {
          detail: `${next} is a link that ${whyNowhere(cause)}`,
          cause,
        })
      })
      const reader = await findReader(at)
      if (reader !== null) return reader
    } else at = next
  }
  return null
}

/** Whoever besides root may rename what lies in this directory of root's, in words; null: nobody. */
function whoMaySwap(found: Stats): string | null {
  if (!found.isDirectory() || (found.mode & STICKY) !== 0) return null
  if ((found.mode & OTHERS_WRITE) !== 0) return 'every user'
  return (found.mode & GROUP_WRITE) !== 0 && found.gid !== 0 ? `every member of group ${found.gid}` : null
}

/** Errors of realpath(3). */
function whyNowhere(error: unknown): string {
  const code = errno(error)
  if (code === 'ENOENT') return 'leads to nothing'
  if (code === 'ELOOP') return 'leads in a circle'
  if (code === 'ENOTDIR') return 'leads below something that is not a directory'
  return `cannot be followed (${code ?? 'unknown error'})`
}

/** Names of the regular files in a directory, seen with the rights of its reader. */
async function listFiles(
  run: RunCommand,
  path: string,
  owner: { readonly owner?: { uid: number; gid: number } },
): Promise<string[]> {
  // With a slash at its end, a path of something else than a directory is an error (path_resolution(7)).
  const argv = [
    'find',
    `${path}/`,
    '-mindepth',
    '1',
    '-maxdepth',
    '1',
    '-type',
    'f',
    '-printf',
    '%f\\0',
  ] as const
  try {
    const { stdout } = await run(argv, { timeoutMs: LOOK_TIMEOUT_MS, ...owner })
    return stdout.split('\0').slice(0, -1)
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause
    const why = cause.failure.lastLines.at(-1)?.replace(/^find: /, '') ?? `${path} cannot be read`
    throw new InputError('REPO_NOT_FOUND', { detail: why, cause })
  }
}

/**
 * What need not even be copied: `.git` is never part of an image here, and `node_modules` at the top not when the
 * ignore file says so without exceptions. All else that the ignore file says is for podman to obey, which reads it too.
 */
export function excludesOf(ignoreFile: string): string[] {
  const lines = ignoreFile.split('\n').map((line) => line.trim())
  const hasExceptions = lines.some((line) => line.startsWith('!'))
  const isIgnored = lines.some((line) => /^(\/|\*\*\/)?node_modules\/?$/.test(line))
  return ['./.git', ...(isIgnored && !hasExceptions ? ['./node_modules'] : [])]
}
