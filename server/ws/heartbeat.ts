import type { WebSocket } from 'ws'

const PING_EVERY_MS = 15_000
/** Pings in a row that a client may leave without an answer. */
const MAX_MISSED = 3
/** Answers to pings that a client asks for and does not read. In bytes. */
const MAX_HELD_BYTES = 1_048_576

/** Sees to it that a socket has somebody at its other end. */
export interface Heartbeat {
  /** From now on it is pinged, until it is closed. */
  watch(socket: WebSocket): void
  /** Ends the pinging. */
  stop(): void
}

/**
 * A client that has gone without a word, or was stopped, keeps a place that others wait for: one that leaves three pings
 * without an answer is cut off. So is one that pings without reading the answers, which `ws` would pile up for it.
 */
export function createHeartbeat(everyMs = PING_EVERY_MS): Heartbeat {
  const missed = new Map<WebSocket, number>()
  // Only while there is somebody: a panel that nobody looks at sleeps.
  let pulse: NodeJS.Timeout | undefined
  const beat = (): void => {
    for (const [socket, count] of missed) {
      if (count >= MAX_MISSED) socket.terminate()
      else {
        missed.set(socket, count + 1)
        socket.ping()
      }
    }
  }
  const stop = (): void => {
    clearInterval(pulse)
    pulse = undefined
  }
  return {
    watch(socket) {
      missed.set(socket, 0)
      pulse ??= setInterval(beat, everyMs)
      const live = (): void => void (missed.has(socket) && missed.set(socket, 0))
      socket.on('pong', live)
      socket.on('message', live)
      socket.on('ping', () => {
        if (socket.bufferedAmount > MAX_HELD_BYTES) socket.terminate()
      })
      socket.on('close', () => {
        missed.delete(socket)
        if (missed.size === 0) stop()
      })
    },
    stop,
  }
}
