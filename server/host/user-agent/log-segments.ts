/**
 * The files that a log consists of. conmon begins a new file at its size limit and drops the old one; a second name
 * that it knows nothing of (a hard link) keeps that (docs/adr/0011-logs.md). `PATH.1` is always the file that conmon
 * writes to, `PATH.2` the one before, and so on.
 */
import { type BigIntStats, linkSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { HostError } from '../../errors.ts'
import { createFileAlarm } from './file-alarm.ts'
import { errno, fileError } from './file-errors.ts'
import { type LogFile, logName, openLog } from './log-file.ts'
import { firstTime, lastTime } from './log-loss.ts'
import { describeLostFile, findLoss, type LostFile } from './log-lost-file.ts'
import { readLostNotes, writeLostNote } from './log-lost-notes.ts'

/** Files that are kept; with conmon's limit for each this bounds the log (domain/gateway-spec.ts). */
export const KEPT_FILES = 4

const nameOf = (path: string, number: number): string => `${path}.${number}`

/** rename(2): what is there is a directory, or that is one and what is there is none. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'])

/** The log's file changes once in many megabytes: whoever sees more changes than this looks at somebody's game. */
const MAX_ATTEMPTS = 10

/** Of what is no file that could be read: a FIFO, a directory, a link in a circle. */
export const NO_FILE = 0n

/** null when there is none, or something else. Without a thread: the keeper of the files asks often. */
function fileAt(path: string): BigIntStats | null {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found?.isFile() ? found : null
  } catch {
    // A link in a circle, a directory without access: who reads the log is told of it.
    return null
  }
}

/** null when there is no such file. Without a thread: see above. */
export async function inodeOf(path: string): Promise<bigint | null> {
  try {
    const found = statSync(path, { bigint: true })
    return found.isFile() ? found.ino : NO_FILE
  } catch (error) {
    return errno(error) === 'ENOENT' ? null : NO_FILE
  }
}

/**
 * The inode of the file that is written to, while it has no row: whether lines before it are lost is told by its first.
 * null when it has one, or there is no such file.
 */
export async function blankFile(path: string): Promise<bigint | null> {
  const found = fileAt(path)
  return found?.size === 0n ? found.ino : null
}

/**
 * Gives the file that is written to its second name, when it has none: the file of before moves on by one number, and
 * the oldest goes. Can be ended at any point and run again.
 * @returns whether the file that is written to had no second name yet; false as well while it has no row and may be
 *   behind a file that is missing: it gets its name with its first row
 */
export async function keepLogFile(path: string): Promise<boolean> {
  const current = fileAt(path)
  const kept = await inodeOf(nameOf(path, 1))
  if (current === null || kept === current.ino) return false
  if (kept !== null) {
    if ((await noteLoss(path, nameOf(path, 1), path)) === 'too early') return false
    for (let number = KEPT_FILES - 1; number >= 1; number -= 1) {
      move(nameOf(path, number), nameOf(path, number + 1))
    }
  }
  try {
    linkSync(path, nameOf(path, 1))
  } catch (error) {
    // Gone, or linked by another panel meanwhile.
    if (errno(error) !== 'ENOENT' && errno(error) !== 'EEXIST') throw fileError(error, path)
  }
  // Left between the first look and the link. Its times can't tell that: the names that moved on have changed them.
  const isLeft = kept !== null && current.size > 0n && (await inodeOf(nameOf(path, 1))) !== current.ino
  if (isLeft) await noteLeft(path)
  return true
}

/**
 * Notes that a file between two is missing, where it is. To move the files on, or to give them names, hides it.
 * @param path of the log @param left the file that was left @param next the one that is behind it now
 * @returns 'too early' while that has no row, which decides it: nothing in it could be lost yet
 */
export async function noteLoss(path: string, left: string, next: string): Promise<'too early' | undefined> {
  // Without a thread, as nearly always nothing is missing: see findLoss.
  const [old, young] = [fileAt(left), fileAt(next)]
  if (!old || !young || old.ctimeNs >= young.birthtimeNs) return
  if (young.size === 0n) return 'too early'
  await noteBetween(path, left, next, findLoss)
}

/** Notes that the file between the two newest that are kept is missing. */
async function noteLeft(path: string): Promise<void> {
  await noteBetween(path, nameOf(path, 2), nameOf(path, 1), async (left, next) => {
    const [from, to] = [await lastTime(left), await firstTime(next)]
    return from === null || to === null ? null : { from, to, isCertain: true }
  })
}

async function noteBetween(
  path: string,
  left: string,
  next: string,
  judge: (left: LogFile, next: LogFile) => Promise<LostFile | null>,
): Promise<void> {
  const files: LogFile[] = []
  try {
    for (const one of [left, next]) {
      const log = await openLog(one)
      if (log === null) return
      files.push(log)
    }
    const [before, log] = files
    const lost = before && log && (await judge(before, log))
    if (lost) await writeLostNote(path, log, lost)
  } catch {
    // Files are kept all the same, on a full disk too: lines that are there are worth more than word of those that are not.
  } finally {
    await closeAll(files)
  }
}

/**
 * Opens what there is of the log, oldest first; the last one is the file that is written to, when it is there.
 * The caller closes them.
 */
export async function openSegments(path: string): Promise<LogFile[]> {
  const found: LogFile[] = []
  try {
    await openAll(path, found)
    return await withLosses(path, found)
  } catch (error) {
    await closeAll(found)
    throw error
  }
}

async function openAll(path: string, found: LogFile[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const newest = await openNames(path, found)
    // Had another file begun meanwhile, its second name could have been met before the files that are older than it.
    if (attempt === MAX_ATTEMPTS || (await inodeOf(path)) === newest) return
    await closeAll(found.splice(0))
  }
}

/** @returns the inode of the file that was written to when this began; null where there was none */
async function openNames(path: string, found: LogFile[]): Promise<bigint | null> {
  const seen = new Set<bigint>()
  let newest: bigint | null = null
  // The newest name first: a file that moves on meanwhile is met again, not missed.
  for (let number = 0; number <= KEPT_FILES + 1; number += 1) {
    const log = number === 0 ? await openLog(path) : await openKept(nameOf(path, number))
    if (number === 0) newest = log?.inode ?? null
    if (log === null) continue
    if (seen.has(log.inode)) await log.handle.close()
    else {
      seen.add(log.inode)
      found.unshift(log)
    }
  }
  return newest
}

/** Says of each file whether one is missing before it. */
async function withLosses(path: string, files: readonly LogFile[]): Promise<LogFile[]> {
  const lost = new Map<LogFile, string>()
  for (const [index, log] of files.entries()) {
    const left = files[index - 1]
    const found = left && (await findLoss(left, log))
    if (found) lost.set(log, describeLostFile(found))
  }
  // After that: whoever moves the files on has written his note before.
  const notes = files.length > 1 ? await readLostNotes(path) : []
  for (const log of notes.length > 0 ? files.slice(1) : []) {
    const name = logName(log)
    const note = notes.find(({ file }) => file === name)
    if (note) lost.set(log, describeLostFile(note))
  }
  return files.map((log) => {
    const loss = lost.get(log)
    return loss === undefined ? log : { ...log, loss }
  })
}

/** What somebody else put in the place of a kept file must not hide the others. */
async function openKept(path: string): Promise<LogFile | null> {
  return openLog(path).catch((error: unknown) => {
    if (error instanceof HostError && (error.code === 'FILE_REFUSED' || errno(error.cause) === 'EACCES'))
      return null
    throw error
  })
}

export async function closeAll(logs: readonly LogFile[]): Promise<void> {
  await Promise.all(logs.map(({ handle }) => handle.close()))
}

/** It may be gone already. */
export function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw fileError(error, path)
  }
}

/**
 * The file that was there goes. Where something is in the way for ever (a directory), this one goes in its stead.
 * Without a thread: conmon may begin another file while one is waited for, and so lose the one that gets a name here.
 */
function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errno(error) === 'ENOENT') return
    if (!IN_THE_WAY.has(errno(error) ?? '')) throw fileError(error, from)
    remove(from)
  }
}

/** A second name that somebody else took away is given again so soon. */
const CHECK_EVERY_MS = 100

/** Keeps each file of the log from its first row on, until the signal; yields when a new one has begun. */
export async function* keepLog(path: string, signal: AbortSignal): AsyncGenerator<true> {
  const alarm = createFileAlarm(path, signal)
  try {
    /** The file that was last found to have its second name, and when. */
    let [kept, checkedAt]: [bigint | undefined, number] = [undefined, 0]
    let size = -1n
    while (!signal.aborted) {
      const seen = look(path)
      // While it grows there is nothing to do but this one look: a hundred times a second.
      if (seen?.ino !== kept || Date.now() - checkedAt >= CHECK_EVERY_MS) {
        checkedAt = Date.now()
        const isNew = await keepLogFile(path)
        // Only what was there before it was found to be kept is known to be.
        kept = isNew ? undefined : seen?.ino
        if (isNew) yield true
      }
      const now = seen === null ? -1n : seen.ino ^ (seen.size << 1n)
      if (now !== size) alarm.noteData()
      size = now
      await alarm.wait(seen === null)
    }
  } finally {
    alarm.close()
  }
}

function look(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null
  } catch (error) {
    throw fileError(error, path)
  }
}
