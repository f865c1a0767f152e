/** Waits until something happens to a file, at little cost whether much happens or nothing. */
import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'

/** While data comes: looked at this often, whatever the number of writes. An event for each costs 77 % of a core. */
const BUSY_POLL_MS = 8
/** So long after the last data the file counts as quiet, and inotify is armed. */
const BUSY_FOR_MS = 32
/** For file systems without inotify events, and for what happens before a watch can be set. */
const QUIET_POLL_MS = 1_000
const MISSING_POLL_MS = 200

/** Who looks again at the next beat: all at once, for to wake the process costs more than what they look at. */
const waiting = new Set<() => void>()
let isBeating = false

function beat(): void {
  isBeating = false
  const looks = [...waiting]
  waiting.clear()
  for (const look of looks) look()
}

/** @returns what takes it back */
function atNextBeat(look: () => void): () => void {
  waiting.add(look)
  if (!isBeating) setTimeout(beat, BUSY_POLL_MS)
  isBeating = true
  return () => waiting.delete(look)
}

function after(ms: number, look: () => void): () => void {
  const timer = setTimeout(look, ms)
  return () => clearTimeout(timer)
}

export interface FileAlarm {
  /** Call it when data came. */
  noteData(): void
  /**
   * Call it when there is nothing to read: returns when it is worth to look again. The caller must look once more
   * after the first return of a quiet time: it comes at once, with the watch set.
   */
  wait(isMissing: boolean): Promise<void>
  /** Data came a moment ago. */
  isBusy(): boolean
  close(): void
}

export function createFileAlarm(path: string, signal: AbortSignal): FileAlarm {
  let lastDataAt = 0
  let watcher: FSWatcher | null = null
  let hasRung = false
  let ring: () => void = () => undefined
  // Once, not for each of a hundred pauses a second.
  signal.addEventListener('abort', () => ring(), { once: true })

  const isBusy = (): boolean => Date.now() - lastDataAt < BUSY_FOR_MS
  const disarm = (): void => {
    watcher?.close()
    watcher = null
  }
  const onEvent = (): void => {
    hasRung = true
    // The next event would say nothing new before the file has been read.
    disarm()
    ring()
  }
  const arm = (target: string): void => {
    hasRung = false
    try {
      watcher = watch(target, { persistent: false }, onEvent)
      // Out of watches, or the target went: the poll goes on.
      watcher.on('error', disarm)
    } catch {
      watcher = null
    }
  }
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        stop()
        ring = () => undefined
        resolve()
      }
      const stop = ms === BUSY_POLL_MS ? atNextBeat(finish) : after(ms, finish)
      ring = finish
      if (signal.aborted) finish()
    })

  const waitQuietly = async (isMissing: boolean): Promise<void> => {
    if (watcher === null && !hasRung) {
      arm(isMissing ? dirname(path) : path)
      if (watcher !== null) return
    }
    if (!hasRung) await pause(isMissing ? MISSING_POLL_MS : QUIET_POLL_MS)
    hasRung = false
  }

  return {
    noteData() {
      lastDataAt = Date.now()
    },
    // Not async: that would be two more promises, a hundred times a second.
    wait(isMissing) {
      if (isMissing || !isBusy()) return waitQuietly(isMissing)
      disarm()
      return pause(BUSY_POLL_MS)
    },
    isBusy,
    close: disarm,
  }
}
