/** Log lines on their way through the panel: column by column as the helper of the user sends them, until somebody reads. */
import type { LogLine } from '../../contract/schemas.ts'
import { HostError } from '../errors.ts'
import type { LogChunk } from './host.ts'
import type { LogBatch } from './user-agent/protocol.ts'

const batches = new WeakMap<LogChunk, LogBatch>()

/** The chunk of a batch; its lines are made when they are asked for, so that who only hands it on pays nothing for them. */
export function chunkOf(batch: LogBatch): LogChunk {
  const { live, gap } = batch
  let lines: readonly LogLine[] | undefined
  const chunk: LogChunk = {
    live,
    ...(gap === undefined ? {} : { gap }),
    get lines() {
      lines ??= toLines(batch)
      return lines
    },
  }
  batches.set(chunk, batch)
  return chunk
}

/** The batch that a chunk was made of; undefined for one that was made otherwise. */
export function batchOf(chunk: LogChunk): LogBatch | undefined {
  return batches.get(chunk)
}

/** Cursor of the last line; undefined when there is none. */
export function lastCursor(batch: LogBatch): string | undefined {
  const end = batch.ends.at(-1)
  return end === undefined ? undefined : cursorOf(batch, end)
}

function cursorOf({ file }: LogBatch, end: number): string {
  return `${file}.${end.toString(36)}`
}

/** @throws {HostError} COMMAND_FAILED it is not what the helper sends */
export function toLines(batch: LogBatch): LogLine[] {
  if (batch.ends.length === 0) return []
  const times = batch.times.split('\n')
  const texts = batch.texts.split('\n')
  const { length } = batch.ends
  if (times.length !== length || texts.length !== length || batch.flags.length !== length) {
    throw new HostError('COMMAND_FAILED', { detail: 'the file helper sent a log of another shape' })
  }
  return batch.ends.map((end, index): LogLine => {
    const flag = batch.flags[index]
    return {
      cursor: cursorOf(batch, end),
      time: times[index] ?? '',
      stream: flag === 'e' || flag === 'E' ? 'stderr' : 'stdout',
      text: texts[index] ?? '',
      ...(flag === 'O' || flag === 'E' ? { truncated: true } : {}),
    }
  })
}
