/**
 * The user agent: a process of the gateway's user that does everything below that user's home, so that root never
 * opens a path there. It is started by user-agent-client.ts with a dropped uid and gid, a clean environment and `/` as
 * its directory, speaks protocol.ts over stdin and stdout, and ends when stdin does.
 */
import { isMainThread, workerData } from 'node:worker_threads'
import { HostError, PanelError } from '../../errors.ts'
import { createFrameReader } from './frames.ts'
import { appendLog, linkLog } from './log-append.ts'
import { followLog, type LogItem } from './log-follow.ts'
import { readLogAfter, readLogPage, readWholeLine } from './log-page.ts'
import { isSearchThread, searchLog } from './log-search.ts'
import { searchInThread } from './log-search-thread.ts'
import { keepLog } from './log-segments.ts'
import { hasDirectory, makeDirectory } from './make-directory.ts'
import {
  type AgentControl,
  type AgentReply,
  type AgentRequest,
  costOf,
  MAX_FRAME_BYTES,
  STREAM_CREDIT,
} from './protocol.ts'
import { readContent } from './read-file.ts'
import { watchFiles } from './watch-files.ts'
import { writeDurably } from './write-file.ts'

interface Stream {
  readonly controller: AbortController
  credit: number
  onCredit: () => void
}

const SMALL_ROWS_BYTES = 16_384

const streams = new Map<number, Stream>()

function send(reply: AgentReply): void {
  const line = JSON.stringify(reply)
  if (line.length > MAX_FRAME_BYTES / 2 && Buffer.byteLength(line) >= MAX_FRAME_BYTES) {
    const detail = 'the answer is too large'
    process.stdout.write(`${JSON.stringify({ id: reply.id, error: { code: 'FILE_TOO_LARGE', detail } })}\n`)
    return
  }
  process.stdout.write(`${line}\n`)
}

function sendError(id: number, error: unknown): void {
  const known =
    error instanceof PanelError ? error : new HostError('INTERNAL', { detail: String(error), cause: error })
  send({ id, error: { code: known.code, detail: known.detail ?? known.message } })
}

async function answer(request: AgentRequest): Promise<unknown> {
  switch (request.verb) {
    case 'ping':
      return null
    case 'read': {
      const content = await readContent(request.params.path, request.params.maxBytes)
      if (content === null) return null
      const { bytes, ...rest } = content
      return { base64: bytes.toString('base64'), ...rest }
    }
    case 'write': {
      const { base64, ...rest } = request.params
      return writeDurably({ ...rest, bytes: Buffer.from(base64, 'base64') })
    }
    case 'makeDirectory':
      return makeDirectory(request.params.path, request.params.mode)
    case 'hasDirectory':
      return hasDirectory(request.params.path)
    case 'logPage':
      return readLogPage(request.params)
    case 'logAfter':
      return readLogAfter(request.params)
    case 'logLine':
      return readWholeLine(request.params.path, request.params.cursor)
    case 'logAppend':
      await appendLog(request.params.path, Buffer.from(request.params.base64, 'base64'))
      return null
    case 'logLink':
      return linkLog(request.params.from, request.params.path)
    default:
      throw new HostError('INTERNAL', { detail: `${request.verb} is not a verb with one answer` })
  }
}

/** Sends the items as credit allows; without credit the source is not asked for more. */
async function runStream(id: number, open: (signal: AbortSignal) => AsyncIterable<unknown>): Promise<void> {
  const stream: Stream = {
    controller: new AbortController(),
    credit: STREAM_CREDIT,
    onCredit: () => undefined,
  }
  streams.set(id, stream)
  const { signal } = stream.controller
  try {
    for await (const item of open(signal)) {
      if (signal.aborted) break
      const { rows } = item as Partial<LogItem>
      stream.credit -= costOf(rows?.length)
      if (rows === undefined) send({ id, item })
      else await sendRows(id, item as LogItem, rows)
      // Before the next item is made: what nobody takes is not read either.
      while (stream.credit <= 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          stream.onCredit = resolve
        })
      }
    }
    send({ id, end: true })
  } finally {
    streams.delete(id)
  }
}

/** Rows of a log follow their line as they are. Resolves when they are on their way: their memory is used again. */
async function sendRows(id: number, { rows: _rows, ...item }: LogItem, rows: Uint8Array): Promise<void> {
  const written = Promise.withResolvers<void>()
  const isPlain = item.gap === undefined && item.cursor === undefined
  const line = isPlain
    ? `${id} ${item.live ? 1 : 0} ${rows.length}\n`
    : `${JSON.stringify({ id, item, bytes: rows.length })}\n`
  if (rows.length <= SMALL_ROWS_BYTES) {
    // To copy them costs less than a second buffer for the stream.
    const both = Buffer.allocUnsafe(line.length + rows.length)
    both.write(line, 'latin1')
    both.set(rows, line.length)
    process.stdout.write(both)
    return
  }
  // One writev(2) for both.
  process.stdout.cork()
  process.stdout.write(line)
  process.stdout.write(rows, () => written.resolve())
  process.stdout.uncork()
  // As a rule the kernel has taken all of it by now.
  if (process.stdout.writableLength > 0) await written.promise
}

function control(message: AgentControl): void {
  const stream = streams.get(message.id)
  // The stream may have ended while the message was under way.
  if (!stream) return
  if ('credit' in message) stream.credit += message.credit
  else stream.controller.abort()
  stream.onCredit()
}

function streamOf(request: AgentRequest): ((signal: AbortSignal) => AsyncIterable<unknown>) | null {
  switch (request.verb) {
    case 'watch':
      return (signal) => watchFiles(request.params.paths, signal)
    case 'logFollow':
      return (signal) => followLog(request.params, signal)
    case 'logSearch':
      return (signal) => searchLog(request.params, import.meta.filename, signal)
    case 'keepLog':
      return (signal) => keepLog(request.params.path, signal)
    default:
      return null
  }
}

function receive(line: string): void {
  // Only root writes to this pipe.
  const message = JSON.parse(line) as AgentRequest | AgentControl
  if (!('verb' in message)) {
    control(message)
    return
  }
  const { id } = message
  const open = streamOf(message)
  const work = open ? runStream(id, open) : answer(message).then((value) => send({ id, value }))
  work.catch((error: unknown) => sendError(id, error))
}

if (isMainThread) {
  process.umask(0o077)
  const reader = createFrameReader(MAX_FRAME_BYTES, receive, () => process.exit(1))
  process.stdin.on('data', (bytes: Buffer) => reader.push(bytes))
  process.stdin.on('end', () => process.exit(0))
  // The panel is gone: there is nobody to tell.
  process.stdout.on('error', () => process.exit(0))
} else if (isSearchThread(workerData)) {
  await searchInThread(workerData)
}
