/** How much may be on its way: a sender spends credit, a receiver gives it back as its bytes are taken. */
import { Readable } from 'node:stream'
import { MAX_PAYLOAD_BYTES } from './frames.ts'

/** Bytes a stream may be ahead of who takes them. */
export const WINDOW_BYTES = 262_144
/** Credit is given back in such pieces, so that not each chunk is answered. */
const GRANT_BYTES = 65_536
/** What a hostile receiver may grant at most; more is no credit of ours. */
const MAX_CREDIT_BYTES = 2 * WINDOW_BYTES

export interface Credit {
  /** Bytes that may be sent now; below 0 after an item that was larger than what was left. */
  readonly left: number
  spend(bytes: number): void
  grant(bytes: number): void
  /** Until something may be sent, or it has been closed. */
  ready(): Promise<void>
  /** Lets go whoever waits: there will be no more credit. */
  close(): void
}

/** @param onGrant called after more was granted */
export function createCredit(onGrant: () => void = () => undefined): Credit {
  let left = WINDOW_BYTES
  let isClosed = false
  let wake: (() => void)[] = []
  const wakeAll = () => {
    for (const go of wake.splice(0)) go()
  }
  return {
    get left() {
      return left
    },
    spend(bytes) {
      left -= bytes
    },
    grant(bytes) {
      left = Math.min(left + bytes, MAX_CREDIT_BYTES)
      if (left <= 0) return
      wakeAll()
      onGrant()
    },
    async ready() {
      if (left > 0 || isClosed) return
      await new Promise<void>((resolve) => wake.push(resolve))
    },
    close() {
      isClosed = true
      wakeAll()
      wake = []
    },
  }
}

/** Collects what was taken and gives it back in pieces. */
export function createGrants(send: (bytes: number) => void): { taken(bytes: number): void } {
  let owed = 0
  return {
    taken(bytes) {
      owed += bytes
      if (owed < GRANT_BYTES) return
      send(owed)
      owed = 0
    },
  }
}

export interface Incoming {
  readonly stream: Readable
  /** @returns false when it is more than there was credit for */
  push(bytes: Buffer): boolean
  end(): void
  fail(error: Error): void
}

/**
 * A stream that comes in by frames.
 * @param grant tells the sender that so many bytes more may come
 * @param onDestroyed nobody wants the rest
 */
export function createIncoming(grant: (bytes: number) => void, onDestroyed: () => void): Incoming {
  const grants = createGrants(grant)
  let [received, taken, isWhole] = [0, 0, false]
  const account = (): void => {
    const now = received - stream.readableLength
    grants.taken(now - taken)
    taken = now
  }
  const stream: Readable = new Readable({
    // It is called before what is read has left the buffer, and not again until more has come.
    read: () => process.nextTick(account),
    destroy(error, done) {
      if (!isWhole) onDestroyed()
      done(error)
    },
  })
  // Whoever reads it sees its error; where nobody does, it must not end the process.
  stream.on('error', () => undefined)
  return {
    stream,
    push(bytes) {
      received += bytes.length
      // The last chunk may be larger than what was left.
      if (received - taken > WINDOW_BYTES + MAX_PAYLOAD_BYTES) return false
      if (!stream.destroyed) stream.push(bytes)
      return true
    },
    end() {
      isWhole = true
      stream.push(null)
    },
    fail(error) {
      isWhole = true
      stream.destroy(error)
    },
  }
}
