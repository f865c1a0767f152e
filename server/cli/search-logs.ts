import { Compile } from 'typebox/compile'
import { type LogQuery, LogSearchFrame } from '../../contract/logs.ts'
import { controlRequest, otherVersionError, unreachableError } from './control-request.ts'
import { CONTROL_TICKET, openSocket } from './control-socket.ts'

const SEARCH_PATH = '/api/logs/search'

export interface LogSearchRequest {
  readonly query: LogQuery
  /** Ends the search. */
  readonly signal: AbortSignal
}

/**
 * Hands over the frames of a search in the log, the newest hits first, until its end or the signal.
 * Errors: DAEMON_UNREACHABLE, also when the search broke off; the panel's own problem where there is no log
 * (SETUP_REQUIRED); or what onFrame threw.
 */
export async function searchLogs(
  socketPath: string,
  { query, signal }: LogSearchRequest,
  onFrame: (frame: LogSearchFrame) => void | Promise<void>,
): Promise<void> {
  const frames = Compile(LogSearchFrame)
  let isEnded = false
  await openSocket({
    socketPath,
    path: SEARCH_PATH,
    hello: { type: 'hello', ticket: CONTROL_TICKET, query },
    signal,
    onFrame(frame) {
      if (!frames.Check(frame)) throw otherVersionError(SEARCH_PATH, 'a frame of unknown form')
      isEnded = frame.type === 'end'
      return onFrame(frame)
    },
  })
  if (isEnded || signal.aborted) return
  // A socket cannot say why it ends, for example that nothing is set up yet; a request can.
  await controlRequest(socketPath, 'GET /api/logs', { query: { limit: 1 } })
  throw unreachableError(socketPath, new Error('the search in the log broke off'))
}
