/** A search in all of the log: one socket for each, which ends with it and is not opened again. */
import { ERROR_CODES, type ErrorCode } from '../../contract/error-codes.ts'
import type { LogQuery, LogSearchFrame, LogSearchHello } from '../../contract/logs.ts'
import type { Problem } from '../../contract/schemas.ts'
import { api } from './client.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { toProblem, unreachableProblem } from './problem.ts'
import { resumeSession } from './session.ts'

export interface LogSearchOptions {
  onFrame(frame: LogSearchFrame): void
  /** It broke off before its end; nothing comes after that. */
  onFailure(problem: Problem): void
}

/** What a search needs of its surroundings; tests bring their own. */
export interface LogSearchWorld {
  getTicket(): Promise<string>
  /** Looks whether the session still holds; the login page appears when it does not. */
  checkSession(): Promise<void>
  connect(url: string): WebSocket
}

const realWorld: LogSearchWorld = {
  getTicket: async () => (await api('POST /api/ws-ticket')).ticket,
  checkSession: resumeSession,
  connect: (url) => new WebSocket(url),
}

/** Starts a search. @returns a function that ends it at once, here and on the host */
export function startLogSearch(
  query: LogQuery,
  options: LogSearchOptions,
  world: LogSearchWorld = realWorld,
): () => void {
  let socket: WebSocket | null = null
  let isOver = false

  function fail(problem: Problem): void {
    if (isOver) return
    isOver = true
    options.onFailure(problem)
  }

  function attach(ticket: string): void {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const current = world.connect(`${scheme}//${location.host}/api/logs/search`)
    socket = current
    current.onopen = () => {
      const hello: LogSearchHello = { type: 'hello', ticket, query }
      current.send(JSON.stringify(hello))
    }
    current.onmessage = ({ data }: MessageEvent) => {
      if (isOver) return
      const frame = JSON.parse(String(data)) as LogSearchFrame
      if (frame.type === 'end') isOver = true
      options.onFrame(frame)
    }
    current.onclose = ({ code, reason }) => void lost(code, reason)
  }

  async function lost(code: number, reason: string): Promise<void> {
    if (isOver) return
    if (code === CLOSE_CODES.refused) return fail(problemOf(reason))
    if (code === CLOSE_CODES.sessionEnded || code === CLOSE_CODES.ticketInvalid)
      // When the panel does not answer, that is told below.
      await world.checkSession().catch(() => undefined)
    fail({ ...unreachableProblem(), title: 'The search was interrupted', hint: 'Search again.' })
  }

  world.getTicket().then(
    (ticket) => {
      if (!isOver) attach(ticket)
    },
    (error: unknown) => fail(toProblem(error)),
  )
  return () => {
    isOver = true
    socket?.close(1000)
  }
}

/** A refused socket says the code alone. */
function problemOf(reason: string): Problem {
  const code: ErrorCode = Object.hasOwn(ERROR_CODES, reason) ? (reason as ErrorCode) : 'INTERNAL'
  const { status, title, hint } = ERROR_CODES[code]
  return { type: 'about:blank', status, title, hint, code }
}
