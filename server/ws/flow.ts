import type { WebSocket } from 'ws'

/** Sent and not yet known to be read: above that the sender waits. It grows with each answer. In characters or bytes. */
const FIRST_WINDOW = 65_536
const LARGEST_WINDOW = 262_144
/** A mark travels behind so many characters or bytes. */
const MARK_EVERY = 65_536
/** Held in this process: a client that says it has read what it has not gets no more than that. In bytes. */
const MAX_HELD_BYTES = 1_048_576
const HELD_LOOK_MS = 20

/** Sends no faster than the other end reads. */
export interface Flow {
  /**
   * Waits until there is room for a frame, or the socket is closed, and nobody needs the memory of the bytes that were sent.
   * Ask for what is to be sent after that only.
   */
  room(): Promise<void>
  /** Sends at once; nothing once the socket is closed. Bytes must stay as they are until there is room. */
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
  /** Frames of bytes that the kernel has not taken yet. */
  let unwritten = 0
  let wake: () => void = () => undefined
  socket.on('pong', (data) => {
    const mark = /^at (\d{1,15})$/.exec(String(data))?.[1]
    if (mark === undefined) return
    read = Math.max(read, Math.min(Number(mark), marked))
    window = Math.min(LARGEST_WINDOW, 2 * window)
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })

  const onWritten = (): void => {
    unwritten -= 1
    if (unwritten === 0) wake()
  }
  // As a rule the kernel takes a frame at once; that is told later.
  const isHeld = (): boolean => unwritten > 0 && socket.bufferedAmount > 0
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
      // Not even a close lets go of what may still be written.
      while (isHeld() || !(signal.aborted || hasRoom())) await pause()
    },
    send(frame) {
      if (signal.aborted) return
      if (typeof frame === 'string') socket.send(frame)
      else {
        unwritten += 1
        socket.send(frame, onWritten)
      }
      sent += frame.length
      if (sent - marked < MARK_EVERY) return
      marked = sent
      socket.ping(`at ${sent}`)
    },
  }
}
