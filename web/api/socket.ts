/** A WebSocket that comes back by itself: ticket, connect, hello; then frames until it is closed on purpose. */
import { api } from './client.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { ApiProblem } from './problem.ts'
import { resumeSession } from './session.ts'

/** `refused`: the panel is there, but the stream cannot be had now, for example before the setup. */
export type WaitReason = 'lost' | 'tooMany' | 'refused'

export type SocketState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Not connected; the next try is at `retryAt`, in milliseconds since the epoch. */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: WaitReason }

export interface SocketOptions {
  readonly path: '/api/events' | '/api/logs/stream' | '/api/logs/search'
  /** The first frame, made anew for each connection so that it can say where to resume. */
  hello(ticket: string): object
  /** Binary frames come as they are, others as the document they hold. */
  onFrame(frame: unknown): void
  onState(state: SocketState): void
}

export interface PanelSocket {
  /** Tries at once instead of waiting for the next turn. */
  retry(): void
  close(): void
}

/** What the socket needs of its surroundings; tests bring their own. */
export interface SocketWorld {
  getTicket(): Promise<string>
  /** Looks whether the session still holds; the login page appears when it does not. */
  checkSession(): Promise<void>
  connect(url: string): WebSocket
  random(): number
}

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000
const TOO_MANY_DELAY_MS = 30_000
/** A connection that held this long was a good one: the next loss starts with a short wait again. */
const STABLE_MS = 5_000
const SETTLED_MS = 1_000

const REASONS: ReadonlyMap<number, WaitReason> = new Map([
  [CLOSE_CODES.tooMany, 'tooMany'],
  [CLOSE_CODES.refused, 'refused'],
])

const realWorld: SocketWorld = {
  getTicket: async () => (await api('POST /api/ws-ticket')).ticket,
  checkSession: resumeSession,
  connect: (url) => new WebSocket(url),
  random: Math.random,
}

/** Wait before try number `attempt` (from 0) in ms: doubling, capped, spread by a random share in [0, 1). */
export function retryDelayMs(attempt: number, random: number): number {
  const base = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10))
  return Math.round(base * (0.75 + random * 0.5))
}

/** Opens the socket and keeps it open until `close` is called. */
export function openSocket(options: SocketOptions, world: SocketWorld = realWorld): PanelSocket {
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempt = 0
  let isClosed = false
  /** Each try has a number, so that what a late answer brings is left alone. */
  let turn = 0

  async function connect(): Promise<void> {
    clearTimeout(timer)
    const own = ++turn
    options.onState({ kind: 'connecting' })
    let ticket: string
    try {
      ticket = await world.getTicket()
    } catch (error) {
      const isLoggedOut = error instanceof ApiProblem && error.problem.status === 401
      if (own === turn && !isClosed && !isLoggedOut) wait('lost')
      return
    }
    if (own === turn && !isClosed) attach(ticket, own)
  }

  function attach(ticket: string, own: number): void {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const current = world.connect(`${scheme}//${location.host}${options.path}`)
    current.binaryType = 'arraybuffer'
    socket = current
    let openedAt = 0
    let isSettled = false
    const settle = () => {
      if (isSettled || own !== turn || socket !== current) return
      isSettled = true
      options.onState({ kind: 'open' })
    }
    current.onopen = () => {
      openedAt = Date.now()
      current.send(JSON.stringify(options.hello(ticket)))
      // A stream that resumes may have nothing to say for long; one that is refused is closed at once.
      setTimeout(() => settle(), SETTLED_MS)
    }
    current.onmessage = ({ data }: MessageEvent) => {
      if (own !== turn) return
      settle()
      options.onFrame(data instanceof ArrayBuffer ? new Uint8Array(data) : JSON.parse(String(data)))
    }
    current.onclose = ({ code }) => {
      if (own !== turn || isClosed) return
      socket = null
      if (openedAt !== 0 && Date.now() - openedAt > STABLE_MS) attempt = 0
      void lost(code, own)
    }
  }

  async function lost(code: number, own: number): Promise<void> {
    if (code === CLOSE_CODES.sessionEnded || code === CLOSE_CODES.ticketInvalid) {
      try {
        await world.checkSession()
      } catch {
        // The panel did not answer: that is a lost connection like any other, and is tried again below.
      }
      if (own !== turn || isClosed) return
    }
    wait(REASONS.get(code) ?? 'lost')
  }

  function wait(reason: WaitReason): void {
    const delay = reason === 'tooMany' ? TOO_MANY_DELAY_MS : retryDelayMs(attempt, world.random())
    attempt += 1
    options.onState({ kind: 'waiting', retryAt: Date.now() + delay, reason })
    timer = setTimeout(() => void connect(), delay)
  }

  function retry(): void {
    if (isClosed || socket) return
    attempt = 0
    void connect()
  }

  function onVisible(): void {
    if (document.visibilityState === 'visible') retry()
  }

  addEventListener('online', retry)
  document.addEventListener('visibilitychange', onVisible)
  void connect()
  return {
    retry,
    close() {
      isClosed = true
      turn += 1
      clearTimeout(timer)
      removeEventListener('online', retry)
      document.removeEventListener('visibilitychange', onVisible)
      socket?.close(1000)
      socket = null
    },
  }
}
