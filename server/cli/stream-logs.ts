import { Compile } from 'typebox/compile'
import { readLines } from '../../contract/log-rows.ts'
import { type LogLine, LogNotice } from '../../contract/logs.ts'
import { controlRequest, isUnreachable, otherVersionError, unreachableError } from './control-request.ts'
import { CONTROL_TICKET, createPauses, openSocket } from './control-socket.ts'

const LOGS_PATH = '/api/logs/stream'
const LONGEST_SILENCE_MS = 30_000

/** What the stream brings: lines, or a notice between them. */
export type LogFrame = LogNotice | { readonly type: 'lines'; readonly lines: readonly LogLine[] }

export interface LogStreamRequest {
  /** Lines to send before what is live, 0 to 100 000. */
  readonly backlog: number
  /** Cursor to go on behind; the backlog is then not sent. */
  readonly after?: string
  /** Ends the stream. */
  readonly signal: AbortSignal
  /** How long there may be tries without a single frame before the stream fails, ms. */
  readonly longestSilenceMs?: number
}

/**
 * Hands over the frames of the log, in order, until the signal ends it. The socket is not read while the promise of
 * onFrame is pending. A broken socket is opened again behind the last line seen.
 * Errors: DAEMON_UNREACHABLE, the panel's own problem where there is no log (SETUP_REQUIRED), or what onFrame threw.
 */
export async function streamLogs(
  socketPath: string,
  request: LogStreamRequest,
  onFrame: (frame: LogFrame) => void | Promise<void>,
): Promise<void> {
  const { signal } = request
  const longestSilenceMs = request.longestSilenceMs ?? LONGEST_SILENCE_MS
  const notices = Compile(LogNotice)
  const read = (frame: unknown): LogFrame => {
    if (notices.Check(frame)) return frame
    const lines = frame instanceof Uint8Array ? readLines(frame) : null
    if (lines === null) throw otherVersionError(LOGS_PATH, 'a frame of unknown form')
    return { type: 'lines', lines }
  }
  const pauses = createPauses(signal)
  let after = request.after
  let silentSince: number | null = null
  const take = async (told: unknown): Promise<void> => {
    const frame = read(told)
    pauses.reset()
    silentSince = null
    await onFrame(frame)
    if (frame.type === 'lines') after = frame.lines.at(-1)?.cursor ?? after
    else if (frame.type === 'live') after = frame.cursor ?? after
  }
  while (!signal.aborted) {
    let failure: unknown
    let hasFrames = false
    try {
      await openSocket({
        socketPath,
        path: LOGS_PATH,
        hello: {
          type: 'hello',
          ticket: CONTROL_TICKET,
          backlog: request.backlog,
          ...(after === undefined ? {} : { after }),
        },
        signal,
        onFrame: (frame) => {
          hasFrames = true
          return take(frame)
        },
      })
      // A socket cannot say why it ends at once, for example that nothing is set up yet; a request can.
      if (!hasFrames && !signal.aborted)
        await controlRequest(socketPath, 'GET /api/logs', { query: { limit: 1 } })
    } catch (error) {
      if (!isUnreachable(error)) throw error
      failure = error
    }
    if (signal.aborted) return
    silentSince ??= Date.now()
    if (Date.now() - silentSince > longestSilenceMs)
      throw (
        failure ?? unreachableError(socketPath, new Error('the stream of the log ends as soon as it begins'))
      )
    await pauses.wait()
  }
}
