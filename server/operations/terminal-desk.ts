/** The one terminal of this panel: who is in it, what it has shown, and when it ends. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { CLOSE_CODES } from '../../contract/events.ts'
import type {
  TerminalCommand,
  TerminalEnd,
  TerminalFrame,
  TerminalHello,
  TerminalState,
} from '../../contract/terminal.ts'
import { type ByteRing, createByteRing } from '../domain/byte-ring.ts'
import type { TerminalPlan } from '../domain/terminal-commands.ts'
import type { Terminal } from '../host/host.ts'

/** How long a page may be away: a reload, a lost connection. */
const GRACE_MS = 60_000
/** Nobody has typed for so long. */
const IDLE_MS = 30 * 60_000
const REPLAY_BYTES = 262_144
/** Sent and not drawn yet: above the one the program is held back, below the other it goes on. */
const HIGH_WATER_BYTES = 262_144
const LOW_WATER_BYTES = 65_536
/** A frame of a replay. */
const PIECE_BYTES = 49_152

/** The page at the other end. */
export interface TerminalClient {
  send(frame: TerminalFrame): void
  close(code: number, reason: string): void
}

/** What this client may do; of a terminal that is not its own nothing but to take it over. */
export interface TerminalSeat {
  input(data: string): void
  resize(size: Pick<TerminalHello, 'cols' | 'rows'>): void
  drawn(bytes: number): void
  end(): void
  takeOver(): void
  /** The connection is gone. `isForGood`: its session has ended, so nobody comes back. */
  leave(isForGood: boolean): void
}

/** What the desk needs of its surroundings. */
export interface TerminalWorld {
  /** Starts the command; what it changes is the wizard's from then on. */
  open(
    request: Pick<TerminalHello, 'command' | 'cols' | 'rows'>,
    onOutput: (bytes: Uint8Array) => void,
  ): Promise<{ readonly terminal: Terminal; readonly place: TerminalPlan['place'] }>
  /** It has ended: what it changed up to now is the wizard's, what comes is not. */
  settle(): Promise<void>
}

export interface TerminalDesk {
  /**
   * Opens a terminal for this client, takes its own one up again, or tells who is in it.
   * @throws what the world's `open` throws, for example SETUP_REQUIRED or IMAGE_MISSING
   */
  attach(hello: Omit<TerminalHello, 'type' | 'ticket'>, client: TerminalClient): Promise<TerminalSeat>
  /** Who is in it. */
  state(): TerminalState
  /** Ends what runs and waits until it is gone. */
  close(): Promise<void>
}

interface Running {
  readonly command: TerminalCommand
  readonly startedAt: string
  readonly place: TerminalPlan['place']
  readonly terminal: Terminal
  readonly shown: ByteRing
  resume: string
  client: TerminalClient | null
  undrawn: number
  isPaused: boolean
  reason: TerminalEnd
  exit: Extract<TerminalFrame, { type: 'exit' }> | null
  grace: NodeJS.Timeout | undefined
  idle: NodeJS.Timeout | undefined
  /** All of it is gone. */
  settled: Promise<void>
}

/** @param onChange somebody has entered, left, or gone away for a while */
export function createTerminalDesk(world: TerminalWorld, onChange: () => void = () => {}): TerminalDesk {
  let running: Running | null = null
  let opening: Promise<unknown> | null = null
  let isClosed = false

  async function open(hello: Omit<TerminalHello, 'type' | 'ticket'>): Promise<Running> {
    const { command, cols, rows } = hello
    const shown = createByteRing(REPLAY_BYTES)
    let own: Running | null = null
    const { terminal, place } = await world.open({ command, cols, rows }, (bytes) => {
      shown.push(bytes)
      if (own) show(own, bytes)
    })
    own = {
      command,
      place,
      terminal,
      shown,
      startedAt: new Date().toISOString(),
      resume: newResume(),
      client: null,
      undrawn: 0,
      isPaused: false,
      reason: 'ended',
      exit: null,
      grace: undefined,
      idle: undefined,
      settled: Promise.resolve(),
    }
    own.settled = follow(own)
    running = own
    return own
  }

  /** Until the program has ended, and its page knows. */
  async function follow(own: Running): Promise<void> {
    const end = await own.terminal.ended.then(
      (code) => ({ code }),
      () => null,
    )
    clearTimeout(own.idle)
    if (end === null) {
      // The page asks the next panel, which knows that it was ended; that it had ended by itself would be made up.
      forget(own)
      return
    }
    const { code } = end
    try {
      await world.settle()
    } catch (error) {
      console.error('terminal:', error)
    }
    const reason = own.reason === 'ended' && code === null ? 'lost' : own.reason
    own.exit = { type: 'exit', reason, code }
    onChange()
    // Somebody who is away learns it on return, as long as that is waited for.
    if (!own.client && reason !== 'closed' && !isClosed) return
    own.client?.send(own.exit)
    forget(own)
  }

  function forget(own: Running): void {
    clearTimeout(own.grace)
    clearTimeout(own.idle)
    own.client = null
    if (running === own) running = null
    onChange()
  }

  function endBecause(own: Running, reason: TerminalEnd): void {
    if (own.exit) {
      forget(own)
    } else {
      if (own.reason === 'ended') own.reason = reason
      own.terminal.end()
    }
  }

  function keepAwake(own: Running): void {
    clearTimeout(own.idle)
    own.idle = setTimeout(() => endBecause(own, 'idle'), IDLE_MS)
  }

  function sit(own: Running, client: TerminalClient, hello: Pick<TerminalHello, 'cols' | 'rows'>): void {
    const isResumed = own.client !== null || own.grace !== undefined
    clearTimeout(own.grace)
    own.grace = undefined
    own.client?.close(CLOSE_CODES.takenOver, 'the terminal goes on in another page')
    own.client = client
    own.resume = newResume()
    own.undrawn = 0
    const { command, resume, startedAt, place } = own
    client.send({ type: 'started', command, resume, startedAt, place, isResumed })
    const shown = own.shown.read()
    for (let at = 0; at < shown.length; at += PIECE_BYTES)
      client.send({ type: 'output', isReplay: true, ...encode(shown.subarray(at, at + PIECE_BYTES)) })
    if (own.exit) {
      client.send(own.exit)
      forget(own)
    } else {
      setPaused(own, false)
      own.terminal.resize(hello)
      keepAwake(own)
      onChange()
    }
  }

  function seatOf(client: TerminalClient, hello: Pick<TerminalHello, 'cols' | 'rows'>): TerminalSeat {
    /** The terminal, as long as it is this client's. */
    const own = () => (running?.client === client && !running.exit ? running : null)
    return {
      input(data) {
        const mine = own()
        if (!mine) return
        keepAwake(mine)
        mine.terminal.write(data)
      },
      resize: (size) => own()?.terminal.resize(size),
      drawn(bytes) {
        const mine = own()
        if (!mine) return
        mine.undrawn = Math.max(0, mine.undrawn - bytes)
        if (mine.undrawn < LOW_WATER_BYTES) setPaused(mine, false)
      },
      end() {
        const mine = own()
        if (mine) endBecause(mine, 'closed')
      },
      takeOver() {
        if (running && running.client !== client) sit(running, client, hello)
      },
      leave(isForGood) {
        const mine = own()
        if (!mine) return
        mine.client = null
        if (isForGood) endBecause(mine, 'closed')
        else mine.grace = setTimeout(() => endBecause(mine, 'closed'), GRACE_MS)
        onChange()
      },
    }
  }

  const noted = () => {
    opening = null
  }

  return {
    async attach(hello, client) {
      const seat = seatOf(client, hello)
      while (opening) await opening
      if (isClosed) client.close(1001, 'the panel is stopping')
      else if (running && isSame(hello.resume, running.resume)) sit(running, client, hello)
      else if (running && !(running.exit && !running.client)) {
        const { command, startedAt } = running
        client.send({ type: 'busy', command, startedAt, isAttached: running.client !== null })
      } else if (hello.resume !== undefined) {
        // Nothing starts anew behind somebody's back.
        client.send({ type: 'exit', reason: 'closed', code: null })
      } else {
        if (running) forget(running)
        const opened = open(hello)
        // Whoever waits for it only wants to know that it is over.
        opening = opened.then(noted, noted)
        sit(await opened, client, hello)
      }
      return seat
    },
    state() {
      if (!running || running.exit) return { isBusy: false }
      const { command, startedAt, client } = running
      return { isBusy: true, command, startedAt, isAttached: client !== null }
    },
    async close() {
      isClosed = true
      while (opening) await opening
      const last = running
      if (!last) return
      clearTimeout(last.grace)
      endBecause(last, 'closed')
      await last.settled
    },
  }
}

function show(own: Running, bytes: Uint8Array): void {
  if (!own.client) return
  own.client.send({ type: 'output', ...encode(bytes) })
  own.undrawn += bytes.length
  if (own.undrawn > HIGH_WATER_BYTES) setPaused(own, true)
}

function setPaused(own: Running, isPaused: boolean): void {
  if (own.isPaused === isPaused) return
  own.isPaused = isPaused
  own.terminal.setPaused(isPaused)
}

const encode = (bytes: Uint8Array) => ({ data: Buffer.from(bytes).toString('base64') })
const newResume = () => randomBytes(32).toString('base64url')

const hash = (text: string) => createHash('sha256').update(text).digest()

function isSame(given: string | undefined, kept: string): boolean {
  return given !== undefined && timingSafeEqual(hash(given), hash(kept))
}
