/** Lines that a program prints, on their way to the front. A program does not wait for its reader, so some may be left out. */
import type { OutputChunk } from '../host.ts'
import type { Credit } from './flow.ts'
import { MAX_PAYLOAD_BYTES } from './frames.ts'

/** Lines that wait for credit. */
const MAX_WAITING_BYTES = 262_144

export interface LineSender {
  send(line: OutputChunk): void
  /** Sends what waits, as far as there is credit. */
  readonly flush: () => void
  /** Sends all that waits: the program has ended. */
  finish(): void
}

/** @param write one frame: u8 0 stdout 1 stderr, text */
export function createLineSender(credit: Credit, write: (payload: Buffer) => void): LineSender {
  const waiting: Buffer[] = []
  let [waitingBytes, leftOut] = [0, 0]
  const next = (): void => {
    const payload = waiting.shift()
    if (!payload) return
    waitingBytes -= payload.length
    credit.spend(payload.length)
    write(payload)
  }
  const tellLeftOut = (): void => {
    if (leftOut === 0) return
    const text = `(${leftOut} lines are left out here: they came faster than they were taken)`
    leftOut = 0
    write(asPayload({ stream: 'stderr', text }))
  }
  return {
    send(line) {
      const payload = asPayload(line)
      if (waitingBytes + payload.length > MAX_WAITING_BYTES) {
        leftOut += 1
        return
      }
      waiting.push(payload)
      waitingBytes += payload.length
      if (credit.left > 0) next()
    },
    flush() {
      while (credit.left > 0 && waiting.length > 0) next()
      if (credit.left > 0) tellLeftOut()
    },
    finish() {
      while (waiting.length > 0) next()
      tellLeftOut()
    },
  }
}

function asPayload({ stream, text }: OutputChunk): Buffer {
  const payload = Buffer.allocUnsafe(Math.min(1 + Buffer.byteLength(text), MAX_PAYLOAD_BYTES))
  payload.writeUInt8(stream === 'stderr' ? 1 : 0, 0)
  // A character that does not fit any more is left out whole (buf.write).
  const written = payload.write(text, 1, 'utf8')
  return payload.subarray(0, 1 + written)
}

/** @throws nothing: what is no line is an empty one */
export function readLine(payload: Buffer): OutputChunk {
  return { stream: payload[0] === 1 ? 'stderr' : 'stdout', text: payload.toString('utf8', 1) }
}
