/** The terminal's socket: confirmed first, opened once, and for as long as the panel waits taken up again when lost. */
import type {
  TerminalCommand,
  TerminalFrame,
  TerminalHello,
  TerminalMessage,
} from '../../contract/terminal.ts'
import { now } from '../state/clock.ts'
import { session } from '../state/session.ts'
import { api } from './client.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { ApiProblem } from './problem.ts'
import { resumeSession } from './session.ts'
import { askStepUp } from './step-up.ts'

export type TerminalLinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Lost; it is tried again until the panel has ended the program. */
  | { readonly kind: 'waiting' }
  /** `declined`: not confirmed; `late`: away for too long; a code of the table when the panel refused it. */
  | { readonly kind: 'closed'; readonly reason: 'declined' | 'takenOver' | 'late' | (string & {}) }

export interface TerminalLinkOptions {
  readonly command: TerminalCommand
  size(): Pick<TerminalHello, 'cols' | 'rows'>
  /** What the last `started` gave; undefined before. */
  resume(): string | undefined
  onFrame(frame: TerminalFrame): void
  onState(state: TerminalLinkState): void
}

export interface TerminalLink {
  /** Dropped while there is no connection. */
  send(message: TerminalMessage): void
  close(): void
}

/** What the link needs of its surroundings; tests bring their own. */
export interface TerminalLinkWorld {
  /** False when the person does not confirm. */
  confirm(): Promise<boolean>
  getTicket(): Promise<string>
  /** Looks whether the session still holds, and until when it is confirmed. */
  checkSession(): Promise<void>
  connect(url: string): WebSocket
}

const RETRY_MS = 1_000
/** As long as the panel keeps the program for a page that is away. */
const GRACE_MS = 60_000
/** The time at which a confirmation ends is the panel's; what is that near is asked for anew. */
const STEP_UP_MARGIN_MS = 5_000

const realWorld: TerminalLinkWorld = {
  async confirm() {
    const { value } = session
    const until = value.kind === 'in' ? Date.parse(value.info.stepUpUntil) : 0
    return until > now.value + STEP_UP_MARGIN_MS || askStepUp()
  },
  getTicket: async () => (await api('POST /api/ws-ticket')).ticket,
  checkSession: resumeSession,
  connect: (url) => new WebSocket(url),
}

/** Opens it. After `closed`, or an `exit` frame, nothing more comes. */
export function openTerminalLink(
  options: TerminalLinkOptions,
  world: TerminalLinkWorld = realWorld,
): TerminalLink {
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let lostAt = 0
  let isOver = false

  function finish(reason: Extract<TerminalLinkState, { kind: 'closed' }>['reason']): void {
    if (isOver) return
    isOver = true
    options.onState({ kind: 'closed', reason })
  }

  async function connect(): Promise<void> {
    let ticket: string
    try {
      if (!(await world.confirm())) return finish('declined')
      ticket = await world.getTicket()
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status === 401) finish('AUTH_REQUIRED')
      else retry()
      return
    }
    if (!isOver) attach(ticket)
  }

  function attach(ticket: string): void {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const current = world.connect(`${scheme}//${location.host}/api/terminal`)
    socket = current
    let hasOpened = false
    current.onopen = () => {
      hasOpened = true
      const { command } = options
      const resume = options.resume()
      const hello = { type: 'hello', ticket, command, ...options.size() } as const
      current.send(JSON.stringify(resume === undefined ? hello : { ...hello, resume }))
    }
    current.onmessage = ({ data }: MessageEvent) => {
      if (isOver) return
      const frame = JSON.parse(String(data)) as TerminalFrame
      if (frame.type === 'started' || frame.type === 'busy') {
        lostAt = 0
        options.onState({ kind: 'open' })
      }
      options.onFrame(frame)
      if (frame.type === 'exit') close()
    }
    current.onclose = ({ code, reason }) => {
      if (socket === current) socket = null
      void lost(code, reason, hasOpened)
    }
  }

  async function lost(code: number, reason: string, hasOpened: boolean): Promise<void> {
    if (isOver) return
    if (code === CLOSE_CODES.takenOver) return finish('takenOver')
    if (code === CLOSE_CODES.refused) return finish(reason)
    if (code === CLOSE_CODES.badFrame) return finish('INTERNAL')
    // The panel does not tell a browser why it refuses a socket: the confirmation may have ended earlier than thought.
    if (!hasOpened || code === CLOSE_CODES.sessionEnded) await world.checkSession().catch(() => undefined)
    retry()
  }

  function retry(): void {
    if (isOver) return
    if (lostAt === 0) lostAt = Date.now()
    if (Date.now() - lostAt > GRACE_MS) finish('late')
    else {
      options.onState({ kind: 'waiting' })
      timer = setTimeout(() => void connect(), RETRY_MS)
    }
  }

  function close(): void {
    isOver = true
    clearTimeout(timer)
    socket?.close(1000)
    socket = null
  }

  options.onState({ kind: 'connecting' })
  void connect()
  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
    close,
  }
}
