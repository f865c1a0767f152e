/** Lines of bytes with a length limit, and bytes that follow a line, for both ends of the pipe. */

export interface FrameReader {
  push(bytes: Buffer): void
}

/**
 * @param maxBytes of a line, and of what follows one
 * @param onFrame gets each line without its LF; with `onBytes` it returns how many bytes follow that are no line
 * @param onTooLong called once for more than `maxBytes`; nothing is handed over after that
 * @param onBytes gets what followed the line before
 */
export function createFrameReader(
  maxBytes: number,
  onFrame: (line: string) => unknown,
  onTooLong: () => void,
  onBytes?: (bytes: Buffer) => void,
): FrameReader {
  let held: Buffer[] = []
  let heldBytes = 0
  /** Bytes that are still to come behind a line. */
  let wanted = 0
  let isOver = false

  const takeHeld = (): Buffer => {
    const whole = held.length === 1 && held[0] ? held[0] : Buffer.concat(held)
    held = []
    heldBytes = 0
    return whole
  }
  const hold = (part: Buffer): boolean => {
    heldBytes += part.length
    if (heldBytes > maxBytes) {
      isOver = true
      held = []
      onTooLong()
      return false
    }
    if (part.length > 0) held.push(part)
    return true
  }
  return {
    push(bytes) {
      let from = 0
      while (!isOver && from < bytes.length) {
        if (wanted > 0) {
          const part = bytes.subarray(from, from + wanted)
          if (!hold(part)) return
          wanted -= part.length
          from += part.length
          if (wanted === 0) onBytes?.(takeHeld())
          continue
        }
        const end = bytes.indexOf(10, from)
        if (!hold(bytes.subarray(from, end === -1 ? bytes.length : end)) || end === -1) return
        from = end + 1
        const line = takeHeld()
        if (line.length === 0) continue
        const told = onFrame(line.toString('utf8'))
        wanted = onBytes && typeof told === 'number' ? told : 0
        if (wanted > maxBytes) {
          isOver = true
          onTooLong()
        }
      }
    },
  }
}
