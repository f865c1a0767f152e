/**
 * Gives files of root back to the user they lie with. Nothing is named twice: each directory and file is opened once,
 * from the open directory above it, looked at as what was opened, and changed as that. A name that is exchanged
 * meanwhile therefore changes nothing.
 */
import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync, readdirSync } from 'node:fs'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants
const DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
const FILE_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
/** As deep, and as many, as a gateway's directories ever are. */
const MAX_DEPTH = 64
const MAX_ENTRIES = 200_000

export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface GivenBack {
  /** Paths below the start, '' for the start itself. */
  readonly paths: readonly string[]
  /** True when there was more than is looked at. */
  readonly isCut: boolean
}

/**
 * Walks a directory of the user and gives what is root's in it to the user: directories, and regular files with one
 * link. Links are not followed, and directories of anybody else not entered.
 * @param start an absolute path; the caller sees to it that no link on it is followed
 * @param onEntry for tests: called for each entry between the first look at it and its being opened
 */
export function giveBack(
  start: string,
  owner: Owner,
  onEntry: (path: string) => void = () => undefined,
): GivenBack {
  const parent = openOrNull(start.slice(0, start.lastIndexOf('/')) || '/', DIRECTORY_FLAGS)
  const given: string[] = []
  let entries = 0
  let isCut = false
  // Not there, or behind a link: then there is nothing that could be given back safely.
  if (parent === null) return { paths: given, isCut }

  /** Takes the descriptor over. */
  function visit(fd: number, path: string, depth: number): void {
    try {
      if (!own(fd, path)) return
      if (depth >= MAX_DEPTH) {
        isCut = true
        return
      }
      for (const name of readdirSync(`/proc/self/fd/${fd}`)) {
        entries += 1
        if (entries > MAX_ENTRIES) isCut = true
        if (isCut) return
        const below = path === '' ? name : `${path}/${name}`
        visitEntry(`/proc/self/fd/${fd}/${name}`, below, depth)
      }
    } finally {
      closeSync(fd)
    }
  }

  function visitEntry(at: string, path: string, depth: number): void {
    // Only a hint which kind of thing to open: what was opened is looked at again.
    const hint = lookOrNull(at)
    onEntry(path)
    if (hint?.isDirectory()) {
      const fd = openOrNull(at, DIRECTORY_FLAGS)
      if (fd !== null) visit(fd, path, depth + 1)
    } else if (hint?.isFile() && hint.uid === 0) {
      const fd = openOrNull(at, FILE_FLAGS)
      if (fd === null) return
      try {
        const found = fstatSync(fd)
        if (found.isFile() && found.nlink === 1 && found.uid === 0) change(fd, path)
      } finally {
        closeSync(fd)
      }
    }
  }

  /** True when the directory is the user's, or is now. */
  function own(fd: number, path: string): boolean {
    const { uid } = fstatSync(fd)
    if (uid === owner.uid) return true
    if (uid !== 0) return false
    change(fd, path)
    return true
  }

  function change(fd: number, path: string): void {
    fchownSync(fd, owner.uid, owner.gid)
    given.push(path)
  }

  try {
    const name = start.slice(start.lastIndexOf('/') + 1)
    const fd = openOrNull(`/proc/self/fd/${parent}/${name}`, DIRECTORY_FLAGS)
    if (fd === null) return { paths: [], isCut }
    // A directory of root's in one of root's is root's by intention, such as /srv/x before anybody gave it away.
    if (fstatSync(fd).uid === owner.uid || fstatSync(parent).uid === owner.uid) visit(fd, '', 0)
    else closeSync(fd)
    return { paths: given, isCut }
  } finally {
    closeSync(parent)
  }
}

function lookOrNull(path: string): ReturnType<typeof lstatSync> | null {
  try {
    return lstatSync(path)
  } catch (error) {
    return goneOrThrow(error)
  }
}

function openOrNull(path: string, flags: number): number | null {
  try {
    return openSync(path, flags)
  } catch (error) {
    return goneOrThrow(error)
  }
}

/** What was gone, exchanged or is no file by the time it is opened is left alone (open(2)). */
function goneOrThrow(error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== undefined && ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'EACCES', 'EPERM'].includes(code))
    return null
  throw error
}
