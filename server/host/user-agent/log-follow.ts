/** Follows a log: its last lines, then every line that is added, over truncation and new files. */
import { setImmediate as turn } from 'node:timers/promises'
import { formatCursor, parseCursor } from '../../../contract/log-rows.ts'
import { createFileAlarm, type FileAlarm } from './file-alarm.ts'
import { compareLog, EMPTY_FILE, isRowStart, type LogFile, logName, logSize, openLog } from './log-file.ts'
import { describeLoss, filesAfter, isDropped } from './log-loss.ts'
import { createLogMatcher } from './log-matcher.ts'
import { partsBefore } from './log-parts.ts'
import { createLogReading, type LineFilter, type LogReading } from './log-reading.ts'
import { findLineStart } from './log-seek.ts'
import { blankFile, closeAll, KEPT_FILES, openSegments } from './log-segments.ts'
import type { LogFilter, LogFollowParams } from './protocol.ts'

/** While data comes, the path is not asked for its file at each look. */
const COMPARE_EVERY_MS = 100
/** A backlog is read by many at once seldom; lines that come may be followed by many that stall. */
const BACKLOG_CHUNK_BYTES = 196_608
const LIVE_CHUNK_BYTES = 65_536

export interface LogItem {
  /** A frame of contract/log-rows.ts, good until the next item is asked for. */
  readonly rows?: Uint8Array
  /** Lines before these were lost: a file is missing or was cut, or `after` names a place that is no more. */
  readonly gap?: string
  /** The backlog is over. */
  readonly live: boolean
  /** With the first that is live: up to where the log has been read. */
  readonly cursor?: string
}

/** Where reading goes on: this file, then the newer ones. */
interface Place {
  reading: LogReading | null
  newer: LogFile[]
  gap: string | undefined
}

/**
 * Yields until the signal. The consumer may take its time: nothing is read ahead, and nothing is left out that is kept.
 *
 * @throws {HostError} FILE_REFUSED, FILE_DENIED
 */
export async function* followLog(params: LogFollowParams, signal: AbortSignal): AsyncGenerator<LogItem> {
  const { path } = params
  const filter = params.filter === undefined ? null : createLineFilter(params.filter)
  const alarm = createFileAlarm(path, signal)
  const place = await begin(params, filter)
  let isLive = false
  let liveFrom = place.newer.length === 0 && place.reading ? await logSize(place.reading.log) : Infinity
  let [comparedAt, checkedAt] = [0, Date.now()]
  let isPause = false
  const tell = (): LogItem => {
    const { gap } = place
    place.gap = undefined
    return gap === undefined ? { live: isLive } : { live: isLive, gap }
  }
  try {
    while (!signal.aborted) {
      if (Date.now() - checkedAt >= COMPARE_EVERY_MS) {
        checkedAt = Date.now()
        // There are newer files then: the end of the backlog is in the last of them.
        if (await leaveDropped(place, path, filter)) liveFrom = Number.POSITIVE_INFINITY
      }
      const [limit, chunk] = isLive ? [Infinity, LIVE_CHUNK_BYTES] : [liveFrom, BACKLOG_CHUNK_BYTES]
      // What was written since then is there after the next pause.
      const rows = isPause ? null : (place.reading?.next(limit, chunk) ?? null)
      isPause = false
      if (rows !== null) {
        alarm.noteData()
        isPause = isLive && place.newer.length === 0 && place.reading?.isSpent === true
        if (rows instanceof Uint8Array)
          yield place.gap === undefined ? { live: isLive, rows } : { ...tell(), rows }
        // Reading waits for nothing: whatever else is asked gets its turn.
        else await turn()
        continue
      }
      if (place.newer.length > 0) {
        await place.reading?.log.handle.close()
        const [log, ...newer] = place.newer
        place.newer = newer
        place.gap ??= log?.loss
        const parts = place.gap === undefined ? place.reading?.parts() : undefined
        place.reading = log ? createLogReading(log, 0, filter, parts) : null
        if (!isLive && log && newer.length === 0) liveFrom = await logSize(log)
        continue
      }
      if (!isLive) {
        isLive = true
        const { reading } = place
        const cursor = formatCursor(reading ? logName(reading.log) : EMPTY_FILE, reading?.position ?? 0)
        yield { ...tell(), cursor }
      }
      if (alarm.isBusy() && Date.now() - comparedAt < COMPARE_EVERY_MS) await alarm.wait(false)
      else {
        comparedAt = Date.now()
        await lookAgain(place, path, filter, alarm)
        if (place.gap !== undefined) yield tell()
      }
    }
  } finally {
    alarm.close()
    await place.reading?.log.handle.close()
    await closeAll(place.newer)
  }
}

/** Opens the log at the place where the first line is wanted. */
async function begin(params: LogFollowParams, filter: LineFilter | null): Promise<Place> {
  const blank = await blankFile(params.path)
  const files = await openSegments(params.path)
  // One without a row comes when it has one: only then is known what is missing before it, and there is a place in it.
  if (files.length > 1 && files.at(-1)?.inode === blank) await closeAll(files.splice(-1))
  const start =
    params.after === undefined
      ? await findBacklog(files, params.backlog)
      : await findAfter(files, params.after)
  const parts = start.offset === 0 && !start.isLost ? await partsBefore(files, start.index) : undefined
  await closeAll(files.slice(0, start.index))
  const [log, ...newer] = files.slice(start.index)
  const gap = start.isLost
    ? 'the log was replaced meanwhile: lines before these may be lost'
    : start.offset === 0
      ? log?.loss
      : undefined
  return { reading: log ? createLogReading(log, start.offset, filter, parts) : null, newer, gap }
}

interface Start {
  readonly index: number
  readonly offset: number
  readonly isLost?: true
}

/** Where the last `count` lines of all files begin. */
async function findBacklog(files: readonly LogFile[], count: number): Promise<Start> {
  let missing = count
  let start: Start = { index: 0, offset: 0 }
  // All there are: nothing has to be counted.
  if (count === Number.MAX_SAFE_INTEGER) return start
  for (let index = files.length - 1; index >= 0; index -= 1) {
    const log = files[index]
    if (!log) break
    const found = await findLineStart(log.handle, await logSize(log), missing)
    start = { index, offset: found.offset }
    missing -= found.lines
    if (missing <= 0) break
  }
  return start
}

async function findAfter(files: readonly LogFile[], after: string): Promise<Start> {
  const cursor = parseCursor(after)
  // There was no row yet: all that there are came later.
  if (cursor?.file === EMPTY_FILE) return { index: 0, offset: 0 }
  for (const [index, log] of files.entries()) {
    if (cursor?.file !== logName(log)) continue
    if (cursor.end <= (await logSize(log)) && (await isRowStart(log, cursor.end)))
      return { index, offset: cursor.end }
  }
  return { index: 0, offset: 0, isLost: true }
}

/** At the end of what there is: has the file been cut or replaced? If not, waits until it is worth to read again. */
async function lookAgain(
  place: Place,
  path: string,
  filter: LineFilter | null,
  alarm: FileAlarm,
): Promise<void> {
  const { reading } = place
  if (reading === null) {
    const log = await openLog(path)
    if (log === null) return alarm.wait(true)
    place.reading = createLogReading(log, 0, filter)
    alarm.noteData()
    return
  }
  const state = await compareLog(reading.log, path, reading.position)
  if (state === 'truncated') {
    place.gap = 'the log file was emptied: lines before these may be lost'
    place.reading = createLogReading(reading.log, 0, filter)
    return
  }
  if (state !== 'replaced') return alarm.wait(state === 'gone')
  // What came before the new file began is read first.
  if ((await logSize(reading.log)) > reading.position && (await isComplete(reading))) return
  const blank = await blankFile(path)
  const files = await openSegments(path)
  place.newer = await filesAfter(reading.log, files)
  if (place.newer.at(-1)?.inode === blank) place.newer.pop()
  await closeAll(files.filter((file) => !place.newer.includes(file)))
  if (place.newer.length === 0) return alarm.wait(false)
  // Nobody kept the file that was read: files between it and the next one may be missing.
  if (files.length > 1 && !files.some(({ inode }) => inode === reading.log.inode))
    place.gap = await describeLoss(reading.log, reading.position, place.newer[0])
  alarm.noteData()
}

/**
 * A reader that is slower than the log for long is left behind by the files that are kept. Then it goes on with the
 * oldest of them: its own would take up the disk for as long as it reads.
 * @returns whether it did
 */
async function leaveDropped(place: Place, path: string, filter: LineFilter | null): Promise<boolean> {
  const { reading, newer } = place
  if (reading === null || !(await isDropped(reading.log))) return false
  const files = await openSegments(path)
  const after = await filesAfter(reading.log, files)
  const [log, ...rest] = after
  // Nobody kept it, and so it may lack no line before the next one: it is read to its end.
  if (log === undefined || after.length < KEPT_FILES) {
    await closeAll(files)
    return false
  }
  await closeAll(files.filter((file) => !after.includes(file)))
  place.gap = await describeLoss(reading.log, reading.position, log)
  await closeAll([reading.log, ...newer])
  place.reading = createLogReading(log, 0, filter)
  place.newer = rest
  return true
}

/** There is a whole row behind the place: an unfinished one of a file that was left never ends. */
async function isComplete({ log, position }: LogReading): Promise<boolean> {
  const bytes = Buffer.alloc(16_384)
  const { bytesRead } = await log.handle.read(bytes, 0, bytes.length, position)
  return bytes.subarray(0, bytesRead).includes(10) || bytesRead === bytes.length
}

/** Plain text only: a pattern could keep the process from all else. */
function createLineFilter({ text = '', ignoresCase, isInverse, stream }: LogFilter): LineFilter {
  const { matches } = createLogMatcher({ text, kind: 'plain', ignoresCase, isInverse })
  return (line) => {
    if (stream !== undefined && line.stream !== stream) return false
    if (text === '') return true
    return matches(line.text)
  }
}
