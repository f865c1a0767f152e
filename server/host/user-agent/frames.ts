/** Lines of bytes with a length limit, for both ends of the pipe. */

export interface FrameReader {
  push(bytes: Buffer): void
}

/**
 * Hands over each line without its LF.
 * @param onTooLong called once when a line is longer than `maxBytes`; nothing is handed over after that
 */
export function createFrameReader(
  maxBytes: number,
  onFrame: (line: string) => void,
  onTooLong: () => void,
): FrameReader {
  let held: Buffer[] = []
  let heldBytes = 0
  let isOver = false
  return {
    push(bytes) {
      let from = 0
      while (!isOver) {
        const end = bytes.indexOf(10, from)
        const part = bytes.subarray(from, end === -1 ? bytes.length : end)
        heldBytes += part.length
        if (heldBytes > maxBytes) {
          isOver = true
          held = []
          onTooLong()
          return
        }
        if (part.length > 0) held.push(part)
        if (end === -1) return
        const line = held.length === 1 && held[0] ? held[0] : Buffer.concat(held)
        held = []
        heldBytes = 0
        from = end + 1
        if (line.length > 0) onFrame(line.toString('utf8'))
      }
    },
  }
}
