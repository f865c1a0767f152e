/** The log as this page has it: the stream, the lines held, and what is waiting while it is paused. */
import { signal } from '@preact/signals'
import { formatCursor } from '../../../contract/log-rows.ts'
import { type LogFrame, loadOlderLines, openLogStream } from '../../api/logs.ts'
import { toProblem } from '../../api/problem.ts'
import type { PanelSocket, SocketState } from '../../api/socket.ts'
import { type LogFilters, NO_FILTERS } from './log-filters.ts'
import { LogIndex } from './log-index.ts'
import type { LogPlace, Older } from './log-place.ts'
import { LogRing, RING_BYTES } from './log-ring.ts'

const BACKLOG_LINES = 1_000
/** About a screen of lines: behind a drawing that brought more, nobody reads them, and some frames are left out. */
const FLOOD_LINES = 60
const FLOOD_REST_MS = 60

type ContentFrame = Exclude<LogFrame, { type: 'live' }>

function lengthOf(frame: ContentFrame): number {
  return frame.type === 'gap' ? 1 : frame.rows.count
}

const bytesOf = (frame: ContentFrame): number => (frame.type === 'gap' ? 0 : frame.rows.bytes.length)

export class LogSession implements LogPlace {
  readonly ring = new LogRing()
  readonly index = new LogIndex(this.ring)
  /** What the reader chose to see: it stays while other pages are looked at. */
  filters: LogFilters = NO_FILTERS
  /** Rises when there is something new to draw; at most once in a frame. */
  readonly version = signal(0)
  readonly stream = signal<SocketState>({ kind: 'connecting' })
  /** The backlog is here: an empty list now means an empty log. */
  readonly isLive = signal(false)
  readonly isPaused = signal(false)
  readonly heldCount = signal(0)
  readonly isCleared = signal(false)
  readonly older = signal<Older>({ kind: 'idle' })
  readonly newer = null
  #held: ContentFrame[] = []
  #heldBytes = 0
  #lastCursor: string | undefined
  #socket: PanelSocket | null = null
  #isFrameAsked = false
  /** Number behind the last line that was there when the list was drawn. */
  #drawnEnd = 0
  #restUntil = 0

  /** Opens the stream, behind the last line when there is one. */
  open(): void {
    this.#socket ??= openLogStream({
      backlog: BACKLOG_LINES,
      lastCursor: () => this.#lastCursor,
      onFrame: (frame) => this.take(frame),
      onState: (state) => {
        this.stream.value = state
      },
    })
  }

  /** Closes the stream; the lines stay, and `open` goes on behind them. */
  close(): void {
    this.#socket?.close()
    this.#socket = null
  }

  /** Takes a frame of the stream in. */
  take(frame: LogFrame): void {
    if (frame.type === 'live') {
      this.isLive.value = true
      // Without a line so far: what is written while the connection is away is still to come.
      this.#lastCursor ??= frame.cursor
    } else {
      if (frame.type === 'lines' && frame.rows.count > 0) {
        this.#lastCursor = formatCursor(frame.rows.file, frame.rows.endOf(frame.rows.count - 1))
      }
      if (this.isPaused.value) this.#hold(frame)
      else this.#show([frame])
    }
  }

  /** Where a new connection would resume. */
  get lastCursor(): string | undefined {
    return this.#lastCursor
  }

  /** Holds new lines back, or lets them in. */
  setPaused(isPaused: boolean): void {
    this.isPaused.value = isPaused
    if (isPaused) return
    const held = this.#held
    this.#forgetHeld()
    this.#show(held)
  }

  /** Empties the view. What was written before stays in the log, and can be asked for. */
  clear(): void {
    this.ring.clear()
    this.#forgetHeld()
    this.isCleared.value = true
    this.older.value = { kind: 'idle' }
    this.askFrame()
  }

  /** Loads the lines before the oldest one. */
  async loadOlder(): Promise<void> {
    if (this.older.value.kind === 'loading') return
    if (this.ring.count >= this.ring.capacity) {
      this.older.value = { kind: 'end', reason: 'full' }
      return
    }
    this.older.value = { kind: 'loading' }
    this.isCleared.value = false
    const before = this.ring.oldestCursor
    try {
      const [page, { prependPage }] = await Promise.all([loadOlderLines(before), import('./log-pieces.ts')])
      // Without a line to ask before, the newest come: those behind the last one read come by the stream.
      const last =
        before === undefined ? page.lines.findIndex((line) => line.cursor === this.#lastCursor) : -1
      const lines = last === -1 ? page.lines : page.lines.slice(0, last + 1)
      const isRoom = prependPage(this.ring, { ...page, lines }) === lines.length
      this.older.value =
        page.hasMore && isRoom ? { kind: 'idle' } : { kind: 'end', reason: isRoom ? 'beginning' : 'full' }
    } catch (error) {
      this.older.value = { kind: 'failed', problem: toProblem(error) }
    }
    this.askFrame()
  }

  /** Has the list drawn again in the next frame, once whoever asks. */
  askFrame(): void {
    if (this.#isFrameAsked) return
    this.#isFrameAsked = true
    const frame = (): void => {
      const now = performance.now()
      if (now < this.#restUntil) {
        requestAnimationFrame(frame)
        return
      }
      const isFlood = this.isLive.value && this.ring.end - this.#drawnEnd > FLOOD_LINES
      this.#restUntil = isFlood ? now + FLOOD_REST_MS : 0
      this.#drawnEnd = this.ring.end
      this.#isFrameAsked = false
      this.version.value += 1
    }
    requestAnimationFrame(frame)
  }

  /** Newer lines come by the stream. */
  loadNewer(): Promise<void> {
    return Promise.resolve()
  }

  #hold(frame: ContentFrame): void {
    this.#held.push(frame)
    this.heldCount.value += lengthOf(frame)
    this.#heldBytes += bytesOf(frame)
    // What waits is bounded like what is shown: the oldest of it would fall out of the ring anyway.
    for (
      let [oldest] = this.#held;
      oldest &&
      (this.heldCount.value - lengthOf(oldest) >= this.ring.capacity || this.#heldBytes > RING_BYTES);
      [oldest] = this.#held
    ) {
      this.heldCount.value -= lengthOf(oldest)
      this.#heldBytes -= bytesOf(oldest)
      this.#held.shift()
    }
  }

  #forgetHeld(): void {
    this.#held = []
    this.#heldBytes = 0
    this.heldCount.value = 0
  }

  #show(frames: readonly ContentFrame[]): void {
    const { first } = this.ring
    for (const frame of frames) {
      if (frame.type === 'gap') this.ring.appendGap(frame.reason)
      else this.ring.append(frame.rows)
    }
    // The first line that is kept is not held any more: the new ones have taken its room.
    if (this.ring.first > first && this.older.value.kind === 'end')
      this.older.value = { kind: 'end', reason: 'full' }
    this.askFrame()
  }
}
