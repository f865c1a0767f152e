/** Follows a k8s-file log: its last lines, then every line that is added, over truncation and rotation. */
import { createFileAlarm, type FileAlarm } from './file-alarm.ts'
import { type AssembledLine, createLineAssembler, type LineAssembler } from './line-assembler.ts'
import { compareLog, isRowStart, type LogFile, logName, logSize, openLog, parseCursor } from './log-file.ts'
import { toBatch } from './log-page.ts'
import { findLineStart } from './log-seek.ts'
import { findSkip } from './log-skip.ts'
import type { LogBatch, LogFollowParams } from './protocol.ts'

const CHUNK_BYTES = 65_536
/** At a time once it is live: a client that stops reading has made less work by then. */
const LIVE_CHUNK_BYTES = 16_384
/** While data comes, the path is not asked for its file at each look. */
const COMPARE_EVERY_MS = 100

/** What is being read: it starts anew with each file. */
interface Reading {
  readonly log: LogFile
  readonly assembler: LineAssembler
  name: string
  position: number
  /** Up to here it is backlog. */
  readonly liveFrom: number
  comparedAt: number
  /** Of the line that was read last. */
  lastTime: string
}

/**
 * Yields batches until the signal. The reader may take its time: nothing is read ahead. A batch has `gap` when lines
 * before it were lost: the file was cut, or `after` names a place that is no more.
 *
 * @throws {HostError} FILE_REFUSED, FILE_DENIED
 */
export async function* followLog(params: LogFollowParams, signal: AbortSignal): AsyncGenerator<LogBatch> {
  const { path } = params
  const alarm = createFileAlarm(path, signal)
  const lines: AssembledLine[] = []
  const collect = (line: AssembledLine): void => {
    lines.push(line)
  }
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let reading: Reading | null = null
  let gap: string | undefined
  let isLive = false
  try {
    ;({ reading, gap } = await begin(params, collect))
    while (!signal.aborted) {
      if (reading !== null && isLive) {
        const skip = await findSkip(reading.log, reading.position, reading.lastTime)
        if (skip !== null) {
          reading = {
            ...reading,
            assembler: createLineAssembler(skip.position, collect),
            position: skip.position,
          }
          gap = `${(skip.bytes / 1e6).toFixed(1)} MB of the log came faster than they could be sent`
        }
      }
      const bytesRead: number = reading === null ? 0 : await readChunk(reading, buffer, isLive)
      if (reading !== null && bytesRead > 0) {
        alarm.noteData()
        reading.lastTime = lines.at(-1)?.time ?? reading.lastTime
        if (lines.length > 0 || gap !== undefined) {
          yield toBatch(await nameOf(reading), lines.splice(0), { live: isLive, gap })
          gap = undefined
        }
        continue
      }
      if (!isLive) {
        isLive = true
        yield toBatch(reading === null ? '' : await nameOf(reading), [], { live: true, gap })
        gap = undefined
      }
      const next = await lookAgain(reading, path, collect, alarm)
      reading = next.reading
      gap = next.gap ?? gap
    }
  } finally {
    alarm.close()
    await reading?.log.handle.close()
  }
}

/** Opens the log at the place where the first line is wanted. */
async function begin(
  params: LogFollowParams,
  collect: (line: AssembledLine) => void,
): Promise<{ reading: Reading | null; gap: string | undefined }> {
  const log = await openLog(params.path)
  if (log === null) return { reading: null, gap: undefined }
  const size = await logSize(log)
  const name = await logName(log)
  let position = 0
  let gap: string | undefined
  if (params.after === undefined) {
    position = await findLineStart(log.handle, size, params.backlog)
  } else {
    const cursor = parseCursor(params.after)
    const isKept = cursor?.name === name && cursor.end <= size && (await isRowStart(log, cursor.end))
    if (isKept) position = cursor.end
    else gap = 'the log was replaced meanwhile: lines before these may be lost'
  }
  const assembler = createLineAssembler(position, collect)
  return { reading: { log, assembler, name, position, liveFrom: size, comparedAt: 0, lastTime: '' }, gap }
}

/** Reads what comes next into the assembler; up to the end of the backlog before anything is live. */
async function readChunk(reading: Reading, buffer: Buffer, isLive: boolean): Promise<number> {
  const room = isLive ? LIVE_CHUNK_BYTES : Math.min(buffer.length, reading.liveFrom - reading.position)
  if (room <= 0) return 0
  const { bytesRead } = await reading.log.handle.read(buffer, 0, room, reading.position)
  if (bytesRead > 0) reading.assembler.push(buffer.subarray(0, bytesRead))
  reading.position += bytesRead
  return bytesRead
}

/** A file that was empty when it was opened gets its name with its first row. */
async function nameOf(reading: Reading): Promise<string> {
  if (reading.position > 0 && reading.name === '0') reading.name = await logName(reading.log)
  return reading.name
}

/** At the end of what there is: has the file been cut or replaced? If not, waits until it is worth to read again. */
async function lookAgain(
  reading: Reading | null,
  path: string,
  collect: (line: AssembledLine) => void,
  alarm: FileAlarm,
): Promise<{ reading: Reading | null; gap?: string }> {
  if (reading !== null && alarm.isBusy() && Date.now() - reading.comparedAt < COMPARE_EVERY_MS) {
    await alarm.wait(false)
    return { reading }
  }
  if (reading !== null) reading.comparedAt = Date.now()
  const state = reading === null ? 'gone' : await compareLog(reading.log, path, reading.position)
  if (reading !== null && state === 'truncated') {
    const gap = 'the log file was emptied: lines before these may be lost'
    return { reading: fresh(reading.log, collect), gap }
  }
  if (reading !== null && (state === 'same' || state === 'gone')) {
    await alarm.wait(state === 'gone')
    return { reading }
  }
  if (reading !== null && (await logSize(reading.log)) > reading.position) return { reading }
  const log = await openLog(path)
  if (log === null) {
    await alarm.wait(true)
    return { reading }
  }
  await reading?.log.handle.close()
  alarm.noteData()
  return { reading: fresh(log, collect) }
}

function fresh(log: LogFile, collect: (line: AssembledLine) => void): Reading {
  return {
    log,
    assembler: createLineAssembler(0, collect),
    name: '0',
    position: 0,
    liveFrom: 0,
    comparedAt: 0,
    lastTime: '',
  }
}
