import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { CLOSE_CODES } from '../../contract/events.ts'
import { HostError } from '../errors.ts'
import { asProblemError, otherVersionError, parseAnswer, unreachableError } from './control-request.ts'

/** On the control socket the ticket proves nothing: root's file mode on the socket already did. */
export const CONTROL_TICKET = 'control'
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 2_000

export interface SocketRequest {
  readonly socketPath: string
  /** Path of the endpoint, for example /api/events. */
  readonly path: string
  /** The first frame. */
  readonly hello: object
  /**
   * Called for each frame, in order and one at a time: the socket is not read while its promise is pending. Binary
   * frames come as they are, others as the document they hold.
   */
  readonly onFrame: (frame: unknown) => void | Promise<void>
  /** Ends the socket; `openSocket` then resolves. */
  readonly signal: AbortSignal
}

/**
 * Runs one WebSocket over the control socket until either side ends it.
 * Errors: what onFrame threw; ProblemError when the panel refused it; SERVER_BUSY when too many are open;
 * DAEMON_UNREACHABLE when it could not be opened or the panel does not understand this version.
 */
export function openSocket({ socketPath, path, hello, onFrame, signal }: SocketRequest): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws+unix:${socketPath}:${path}`, { perMessageDeflate: false })
    let work = Promise.resolve()
    let failure: unknown
    const end = (): void => socket.close(1000)
    const fail = (error: unknown): void => {
      failure ??= error
      socket.terminate()
    }
    const take = async (data: unknown, isBinary: boolean): Promise<void> => {
      if (signal.aborted || failure !== undefined) return
      await onFrame(isBinary ? data : parseAnswer(path, String(data)))
    }
    signal.addEventListener('abort', end, { once: true })
    socket.on('open', () => socket.send(JSON.stringify(hello)))
    socket.on('message', (data, isBinary) => {
      socket.pause()
      work = work
        .then(() => take(data, isBinary))
        .catch(fail)
        .then(() => socket.resume())
    })
    socket.on('unexpected-response', (_, response) => void refusal(path, response).then(fail, fail))
    socket.on('error', (error) => {
      if (!signal.aborted) failure ??= unreachableError(socketPath, error)
    })
    socket.on('close', (code) => {
      signal.removeEventListener('abort', end)
      if (!signal.aborted) failure ??= closeError(path, code)
      void work.then(() => (failure === undefined ? resolve() : reject(failure)))
    })
  })
}

async function refusal(path: string, response: IncomingMessage): Promise<Error> {
  return asProblemError(path, response.statusCode ?? 0, parseAnswer(path, await text(response)))
}

/** Undefined for the closes after which a new socket may go on; see CLOSE_CODES in contract/events.ts. */
function closeError(path: string, code: number): Error | undefined {
  if (code === CLOSE_CODES.tooMany)
    return new HostError('SERVER_BUSY', { detail: `${path} was closed with ${code}` })
  const isRefusal = code === CLOSE_CODES.badFrame || code === CLOSE_CODES.ticketInvalid
  return isRefusal ? otherVersionError(path, `it closed the socket with ${code}`) : undefined
}

/** Pauses between tries to reconnect: 0.2 s, doubling up to 2 s; `wait` resolves early when the signal ends it. */
export function createPauses(signal: AbortSignal): { wait(): Promise<void>; reset(): void } {
  let pauseMs = FIRST_PAUSE_MS
  return {
    async wait() {
      await sleep(pauseMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    },
    reset: () => {
      pauseMs = FIRST_PAUSE_MS
    },
  }
}
