/** Tells when files appear, change or go: inotify on their directories, and a look at the files themselves. */
import { type BigIntStats, type FSWatcher, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { errno } from './file-errors.ts'

/** An editor makes several events of one save. */
const SETTLE_MS = 20
/** For what no event tells: a link's target, a renamed parent, a file system without inotify. */
const POLL_MS = 2_000

/**
 * Yields each path once when its watch has begun, and then each time the file there appears, changes or goes, until the
 * signal. A directory that is missing is waited for. Changes that come faster than they are taken are told once.
 */
export async function* watchFiles(paths: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  const bell = createBell(signal)
  const directories = createDirectoryWatch(bell.ring)
  const marks = new Map<string, string>()
  try {
    directories.arm(paths)
    for (const path of paths) marks.set(path, readMark(path))
    yield* paths
    while (!signal.aborted) {
      const hasRung = await bell.wait(POLL_MS)
      // What is found without a ring may be in the middle of a save, too; as a rule nothing is.
      if (hasRung || paths.some((path) => marks.get(path) !== readMark(path))) await wait(SETTLE_MS)
      directories.arm(paths)
      for (const path of paths) {
        const mark = readMark(path)
        if (marks.get(path) === mark) continue
        marks.set(path, mark)
        if (signal.aborted) return
        yield path
      }
    }
  } finally {
    directories.close()
  }
}

/** What changes with every change of the file; a replaced file has another inode. Without a thread: see log-file.ts. */
function readMark(path: string): string {
  try {
    const found = statSync(path, { bigint: true })
    return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs, found.mode, found.uid].join(':')
  } catch (error) {
    return errno(error) ?? 'unknown'
  }
}

/** A ring before the wait is not lost; it returns whether there was one. */
function createBell(signal: AbortSignal): { ring(): void; wait(ms: number): Promise<boolean> } {
  let hasRung = false
  let finish: () => void = () => undefined
  const ring = (): void => {
    hasRung = true
    finish()
  }
  signal.addEventListener('abort', ring, { once: true })
  if (signal.aborted) ring()
  return {
    ring,
    async wait(ms) {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          finish = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      const rung = hasRung
      hasRung = signal.aborted
      finish = () => undefined
      return rung
    },
  }
}

interface DirectoryWatch {
  /** Watches the directories of these paths, or their nearest parents that exist, and no other ones. */
  arm(paths: readonly string[]): void
  close(): void
}

function createDirectoryWatch(onEvent: () => void): DirectoryWatch {
  const watchers = new Map<string, FSWatcher>()
  const drop = (key: string): void => {
    watchers.get(key)?.close()
    watchers.delete(key)
  }
  return {
    arm(paths) {
      const wanted = new Map<string, string>()
      for (const path of paths) {
        const nearest = nearestDirectory(dirname(path))
        if (nearest !== null) wanted.set(`${nearest.path}:${nearest.inode}`, nearest.path)
      }
      for (const key of watchers.keys()) if (!wanted.has(key)) drop(key)
      for (const [key, directory] of wanted) {
        if (watchers.has(key)) continue
        try {
          const watcher = watch(directory, { persistent: false }, onEvent)
          watchers.set(key, watcher)
          watcher.on('error', () => drop(key))
        } catch (error) {
          // Out of inotify watches, or just removed: the poll goes on, and the next round tries again.
          if (errno(error) === undefined) throw error
        }
      }
    },
    close() {
      for (const key of [...watchers.keys()]) drop(key)
    },
  }
}

/** With its inode: a directory that was replaced needs a new watch. */
function nearestDirectory(path: string): { path: string; inode: string } | null {
  for (let at = path; ; at = dirname(at)) {
    const found = findNow(at)
    if (found?.isDirectory()) return { path: at, inode: `${found.dev}:${found.ino}` }
    if (at === dirname(at)) return null
  }
}

function findNow(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true })
  } catch {
    // Missing, or not to be entered: its parent is watched.
    return null
  }
}
