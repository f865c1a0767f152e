/** What a reader of the log has lost: files that were dropped before it came to them. */
import { fstatSync } from 'node:fs'
import { readPrefix } from './k8s-row.ts'
import { type LogFile, logSize } from './log-file.ts'
import { findLineStart, findRowAfter } from './log-seek.ts'

/** No name leads to the file any more: it is kept only for who still reads it. */
export async function isDropped(log: LogFile): Promise<boolean> {
  return fstatSync(log.handle.fd).nlink === 0
}

/** Those of the files that were begun after this one: by their first rows, for what nobody kept has no number. */
export async function filesAfter(log: LogFile, files: readonly LogFile[]): Promise<LogFile[]> {
  const index = files.findIndex(({ inode }) => inode === log.inode)
  if (index !== -1) return files.slice(index + 1)
  const begun = await firstTime(log)
  const times = await Promise.all(files.map(firstTime))
  // The last one is in the place of the log, whoever put it there.
  return files.filter((_, at) => at === files.length - 1 || isLater(times[at] ?? null, begun))
}

/** Of times with nanoseconds; what has none is taken for later, and is read. */
function isLater(time: string | null, than: string | null): boolean {
  if (time === null || than === null) return true
  return (Date.parse(time) - Date.parse(than) || (time > than ? 1 : -1)) > 0
}

/**
 * Says which lines are missing, by the times of those around them.
 * @param log the file that was read, which is still open @param position up to where
 * @param next the file that reading goes on with
 */
export async function describeLoss(
  log: LogFile,
  position: number,
  next: LogFile | undefined,
): Promise<string> {
  const last = await lastTime(log, position)
  const first = next ? await firstTime(next) : null
  if (last === null || first === null) return 'the log went on in files that were not kept: lines are lost'
  return `lines between ${last} and ${first} are lost: the log went on, and files that old are not kept`
}

/** Time of the first row; null where there is none. */
export const firstTime = (log: LogFile): Promise<string | null> => timeAt(log, 0)

/** Time of the last row that ends at or before a place, the end of the file unless said; null where there is none. */
export async function lastTime(log: LogFile, position?: number): Promise<string | null> {
  const { offset } = await findLineStart(log.handle, position ?? (await logSize(log)), 1)
  return timeAt(log, offset)
}

/** Time of the row at an offset; null for a row of something else. */
async function timeAt(log: LogFile, offset: number): Promise<string | null> {
  const row = await findRowAfter(log.handle, offset)
  const prefix = row && readPrefix(row.bytes, 0, row.bytes.length)
  return row && prefix ? row.bytes.toString('latin1', 0, prefix.timeEnd) : null
}
