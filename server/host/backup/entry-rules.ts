/** What may stand in an archive: names, kinds and links are judged here, for making backups and for reading them. */
import { InputError } from '../../errors.ts'

const MAX_PATH_BYTES = 4_095
/** NAME_MAX (limits.h). */
const MAX_NAME_BYTES = 255
const MAX_DEPTH = 256

/** Where the gateway sees its config directory from inside (docs/facts/razroom-gateway.md): its links may say so. */
const CONFIG_INSIDE = '/home/node/.razroom'

export type ArchiveRoot = 'config' | 'workspace'

/** A header of tar as far as it counts here; what is read may have anything in it. */
export interface TarHeader {
  readonly name: string
  readonly type?: string | null
  readonly size?: number
  readonly mode?: number
  readonly mtime?: Date
  readonly linkname?: string | null
  readonly uname?: string
  readonly gname?: string
  /** Words of our own in the extended header (pax(1)). */
  readonly pax?: unknown
}

export interface PlainEntry {
  readonly path: string
  readonly type: 'file' | 'directory' | 'link'
  readonly size: number
  readonly mode: number
  /** Of a link. */
  readonly target: string
}

export function invalid(reason: string, cause?: unknown): InputError {
  return new InputError('BACKUP_INVALID', { detail: reason, cause })
}

/** What is wrong with this name of one file, or null. */
export function nameProblem(name: string): string | null {
  if (name === '' || name === '.' || name === '..')
    return 'its path has the part '.concat(JSON.stringify(name))
  if (name.includes('\0') || name.includes('/')) return 'its name has a byte that no file name has'
  if (name.includes('\ufffd') || !name.isWellFormed()) return 'its name is not UTF-8'
  return Buffer.byteLength(name) > MAX_NAME_BYTES ? 'its name is too long' : null
}

/** What is wrong with the path of an entry, or null: `config`, `workspace` or something below them. */
export function pathProblem(path: string): string | null {
  if (path.startsWith('/')) return 'it has an absolute path'
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return 'its path is too long'
  const parts = path.split('/')
  if (parts[0] !== 'config' && parts[0] !== 'workspace')
    return 'it is neither below config nor below workspace'
  if (parts.length > MAX_DEPTH) return 'it lies too deep'
  for (const part of parts) {
    const problem = nameProblem(part)
    if (problem !== null) return problem
  }
  return null
}

/**
 * True when a link leads to something of the backup, by its text alone.
 * @param path of the link, for example config/a/b
 * @param workspaceInConfig the workspace's place below the config directory, or null when it lies elsewhere
 */
export function isInnerLink(path: string, target: string, workspaceInConfig: string | null): boolean {
  if (target === '' || target.includes('\0') || target.includes('\ufffd') || !target.isWellFormed())
    return false
  if (Buffer.byteLength(target) > MAX_PATH_BYTES) return false
  if (target.startsWith('/')) {
    return (
      target === CONFIG_INSIDE ||
      (target.startsWith(`${CONFIG_INSIDE}/`) && !target.split('/').includes('..'))
    )
  }
  const [root, ...below] = path.split('/')
  const at = [
    ...(root === 'workspace' && workspaceInConfig !== null ? workspaceInConfig.split('/') : []),
    ...below.slice(0, -1),
  ]
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') at.push(part)
    else if (at.pop() === undefined) return false
  }
  return true
}

/**
 * Judges the entries of one archive in their order. Each must be new, its directory must have come before it, and
 * nothing but plain files, directories and links of the backup's own is let through.
 * @param workspaceInConfig as {@link isInnerLink}
 */
export function createEntryJudge(workspaceInConfig: string | null): (header: TarHeader) => PlainEntry {
  const seen = new Map<string, PlainEntry['type']>()
  return (header) => {
    const path = header.name.endsWith('/') ? header.name.slice(0, -1) : header.name
    const refuse = (why: string): never => {
      throw invalid(`${JSON.stringify(header.name.slice(0, 200))}: ${why}`)
    }
    const problem = pathProblem(path)
    if (problem !== null) refuse(problem)
    const type = kindOf(header)
    if (type === null) return refuse(`it is a ${header.type ?? 'thing of an unknown kind'}`)
    if (type !== 'directory' && header.name.endsWith('/')) refuse('it is named like a directory and is none')
    const { mode = 0, size = 0, linkname } = header
    if ((mode & ~0o777) !== 0) refuse(`it has the mode ${mode.toString(8)}`)
    if (type !== 'file' && size !== 0) refuse('it has bytes and is no file')
    if (!Number.isSafeInteger(size) || size < 0) refuse('it has no size')
    if (seen.has(path)) refuse('it comes twice')
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    if (parent === '' ? type !== 'directory' : seen.get(parent) !== 'directory')
      refuse('its directory is not a directory of this archive')
    const target = type === 'link' ? (linkname ?? '') : ''
    if (type === 'link' && !isInnerLink(path, target, workspaceInConfig))
      refuse(`it is a link that leads outside (${JSON.stringify(target.slice(0, 200))})`)
    seen.set(path, type)
    return { path, type, size, mode, target }
  }
}

function kindOf({ type }: TarHeader): PlainEntry['type'] | null {
  if (type === 'file' || type === 'directory') return type
  return type === 'symlink' ? 'link' : null
}
