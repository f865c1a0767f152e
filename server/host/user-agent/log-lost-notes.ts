/**
 * Notes of files that are missing, beside the log (`PATH.lost`). What tells of one is gone as soon as the files before it
 * move on by a number, so it is noted before that.
 */
import { constants } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { EMPTY_FILE, type LogFile, logName } from './log-file.ts'
import type { LostFile } from './log-lost-file.ts'
import { readContent } from './read-file.ts'

const MAX_BYTES = 8_192
/** More than there are files. */
const MAX_NOTES = 8
const CREATE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK

interface LostNote extends LostFile {
  /** Name of the file behind the missing one, as in the cursors of its lines. */
  readonly file: string
}

/** A time as a row has it, and nothing else: it is shown. */
const TIME = /^[0-9TZ:.+-]{20,40}$/

function isNote(value: unknown): value is LostNote {
  const { file, from, to, isCertain } = (value ?? {}) as Partial<Record<keyof LostNote, unknown>>
  const times = [from, to]
  return (
    typeof file === 'string' &&
    times.every((time) => typeof time === 'string' && TIME.test(time)) &&
    typeof isCertain === 'boolean'
  )
}

const nameOf = (path: string): string => `${path}.lost`

/** None where there is no such file, or something else in its place. */
export async function readLostNotes(path: string): Promise<readonly LostNote[]> {
  try {
    const content = await readContent(nameOf(path), MAX_BYTES)
    const found: unknown = content === null ? [] : JSON.parse(Buffer.from(content.bytes).toString('utf8'))
    return Array.isArray(found) ? found.filter(isNote) : []
  } catch {
    // The lines that are there must be read all the same.
    return []
  }
}

/** @param next the file behind the missing one; its first row is there */
export async function writeLostNote(path: string, next: LogFile, lost: LostFile): Promise<void> {
  const file = logName(next)
  if (file === EMPTY_FILE) return
  const others = (await readLostNotes(path)).filter((note) => note.file !== file)
  const notes = [...others, { file, ...lost }].slice(-MAX_NOTES)
  const fresh = `${nameOf(path)}.next`
  // Not synced: the file that is written to has no second name before this is done.
  const handle = await open(fresh, CREATE, 0o600)
  try {
    await handle.writeFile(JSON.stringify(notes))
  } finally {
    await handle.close()
  }
  await rename(fresh, nameOf(path))
}
