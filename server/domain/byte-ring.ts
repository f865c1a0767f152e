/** The last bytes of a stream, for whoever comes later. */
export interface ByteRing {
  push(bytes: Uint8Array): void
  /** What is held, oldest first. After a loss it begins at a line, so that no half escape sequence is shown. */
  read(): Uint8Array
}

const LINE_FEED = 10

/** @param capacity in bytes; whole pieces are dropped from the front, so up to one piece less than that is held */
export function createByteRing(capacity: number): ByteRing {
  let pieces: Uint8Array[] = []
  let size = 0
  let hasLost = false
  return {
    push(bytes) {
      const kept = bytes.length > capacity ? bytes.slice(-capacity) : bytes
      if (kept !== bytes) hasLost = true
      pieces.push(kept)
      size += kept.length
      while (size > capacity) {
        size -= pieces[0]?.length ?? 0
        pieces = pieces.slice(1)
        hasLost = true
      }
    },
    read() {
      const all = new Uint8Array(size)
      let at = 0
      for (const piece of pieces) {
        all.set(piece, at)
        at += piece.length
      }
      return hasLost ? all.subarray(all.indexOf(LINE_FEED) + 1) : all
    },
  }
}
