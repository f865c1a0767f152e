import type { LogTuple } from '../../contract/events.ts'
import type { LogLine } from '../../contract/schemas.ts'
import type { CommandContext } from './command.ts'
import type { Output } from './output.ts'
import { printable, printableJson } from './terminal-text.ts'

/** Which lines of the log a command shows. */
export interface LogSelection {
  /** How many lines before what is live, after filtering. */
  readonly limit: number
  /** How many lines to look at for that, 0 to 100 000. */
  readonly backlog: number
  /** Only lines at or after this moment, ms since 1970. */
  readonly since?: number
  readonly grep?: RegExp
}

/** `logs`: what is kept, then the end. Resolves with the exit code. */
export async function readLogs(context: CommandContext, selection: LogSelection): Promise<number> {
  const { out } = context
  const end = new AbortController()
  const kept = createTail(selection.limit)
  const client = await context.client()
  await client.streamLogs({ backlog: selection.backlog, signal: end.signal }, (frame) => {
    if (frame.type === 'live') end.abort()
    else if (frame.type === 'gap') noteGap(out, frame.reason)
    else for (const tuple of frame.lines) if (isSelected(tuple, selection)) kept.add(tuple)
  })
  if (out.json) out.document(kept.lines().map(toLogLine))
  else for (const tuple of kept.lines()) await out.write(`${lineText(tuple, out)}\n`)
  return 0
}

/** `logs -f`: what is kept, then what comes, until Ctrl-C or until nobody reads any more. */
export async function followLogs(context: CommandContext, selection: LogSelection): Promise<number> {
  const { out } = context
  const interrupted = new AbortController()
  const release = context.io.onInterrupt(() => interrupted.abort())
  const kept = createTail(selection.limit)
  let isLive = false
  const show = (tuple: LogTuple): Promise<void> =>
    out.write(`${out.json ? printableJson(toLogLine(tuple)) : lineText(tuple, out)}\n`)
  try {
    const client = await context.client()
    const signal = AbortSignal.any([interrupted.signal, out.closed])
    await client.streamLogs({ backlog: selection.backlog, signal }, async (frame) => {
      if (frame.type === 'gap') {
        if (out.json) await out.write(`${printableJson({ gap: frame.reason })}\n`)
        else noteGap(out, frame.reason)
      } else if (frame.type === 'live') {
        if (!isLive) for (const tuple of kept.lines()) await show(tuple)
        isLive = true
      } else
        for (const tuple of frame.lines) {
          if (!isSelected(tuple, selection)) continue
          if (isLive) await show(tuple)
          else kept.add(tuple)
        }
    })
  } finally {
    release()
  }
  return 0
}

function noteGap(out: Output, reason: string): void {
  out.note(out.style('dim', `-- lines are missing here: ${printable(reason)} --`))
}

/** Keeps the last lines added, at a cost that does not grow with their number. */
function createTail(limit: number): { add(tuple: LogTuple): void; lines(): readonly LogTuple[] } {
  let lines: LogTuple[] = []
  return {
    add(tuple) {
      if (limit === 0) return
      lines.push(tuple)
      if (lines.length > limit * 2 + 1000) lines = lines.slice(-limit)
    },
    lines: () => lines.slice(-limit),
  }
}

function isSelected([, time, , text]: LogTuple, { since, grep }: LogSelection): boolean {
  if (since !== undefined && Date.parse(time) < since) return false
  return grep === undefined || grep.test(printable(text))
}

function lineText(tuple: LogTuple, out: Output): string {
  const more = tuple[4] === 1 ? ' … (cut)' : ''
  return `${printable(tuple[3], out.hasColours)}${more}`
}

function toLogLine([cursor, time, stream, text, truncated]: LogTuple): LogLine {
  return {
    cursor,
    time,
    stream: stream === 'o' ? 'stdout' : 'stderr',
    text,
    ...(truncated === 1 ? { truncated: true } : {}),
  }
}
