import type { WebSocket } from 'ws'

/** Sent and not yet known to be read: above that the sender waits. It grows with each answer. In characters or bytes. */
const FIRST_WINDOW = 65_536
const LARGEST_WINDOW = 262_144
/** A mark travels behind so many characters or bytes. */
const MARK_EVERY = 32_768
/** Held in this process: a client that says it has read what it has not gets no more than that. In bytes. */
const MAX_HELD_BYTES = 1_048_576
const HELD_LOOK_MS = 20

/** Sends no faster than the other end reads. */
export interface Flow {
  /** Waits until there is room for a frame, or the socket is closed. Ask for what is to be sent after that only. */
  room(): Promise<void>
  /** Sends at once; nothing once the socket is closed. */
  send(frame: string | Uint8Array): void
}

/**
 * `ws` sends without bound, and the kernel takes some megabytes for a client that reads nothing
 * (docs/facts/performance.md). So marks travel between the frames: a ping, which its client answers when it has read up
 * to it (RFC 6455, 5.5.3), a browser as well as ours.
 */
export function createFlow(socket: WebSocket, signal: AbortSignal): Flow {
  let sent = 0
  let marked = 0
  let read = 0
  let window = FIRST_WINDOW
  let wake: () => void = () => undefined
  socket.on('pong', (data) => {
    const mark = /^at (\d{1,15})$/.exec(String(data))?.[1]
    if (mark === undefined) return
    read = Math.max(read, Math.min(Number(mark), marked))
    window = Math.min(LARGEST_WINDOW, 2 * window)
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })

  const hasRoom = (): boolean => sent - read < window && socket.bufferedAmount < MAX_HELD_BYTES
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      // What is held goes without a word; a mark is told.
      const timer = sent - read < window ? setTimeout(() => wake(), HELD_LOOK_MS) : undefined
      wake = () => {
        clearTimeout(timer)
        wake = () => undefined
        resolve()
      }
    })
  return {
    async room() {
      while (!signal.aborted && !hasRoom()) await pause()
    },
    send(frame) {
      if (signal.aborted) return
      socket.send(frame)
      sent += frame.length
      if (sent - marked < MARK_EVERY) return
      marked = sent
      socket.ping(`at ${sent}`)
    },
  }
}
