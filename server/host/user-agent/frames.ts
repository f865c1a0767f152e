/** Lines of bytes with a length limit, and bytes that follow a line, for both ends of the pipe. */

export interface FrameReader {
  /** The memory of the bytes may be used again when it returns. */
  push(bytes: Buffer): void
}

/**
 * @param maxBytes of a line, and of what follows one
 * @param onFrame gets each line without its LF; with `onBytes` it returns how many bytes follow that are no line
 * @param onTooLong called once for more than `maxBytes`; nothing is handed over after that
 * @param onBytes gets what followed the line before, which is its own
 * @param take memory for what follows a line
 */
export function createFrameReader(
  maxBytes: number,
  onFrame: (line: string) => unknown,
  onTooLong: () => void,
  onBytes?: (bytes: Buffer) => void,
  take: (length: number) => Buffer = Buffer.allocUnsafe,
): FrameReader {
  /** Of a line that has not ended. */
  let held: Buffer[] = []
  let heldBytes = 0
  /** What follows a line, and how much of it is there. */
  let behind: Buffer | null = null
  let filled = 0
  let isOver = false

  const end = (): void => {
    isOver = true
    held = []
    onTooLong()
  }
  /** @returns the line that ends there, or null when there are too many bytes */
  const takeLine = (bytes: Buffer, from: number, lf: number): string | null => {
    if (heldBytes + lf - from > maxBytes) return null
    if (heldBytes === 0) return bytes.toString('utf8', from, lf)
    const whole = Buffer.concat([...held, bytes.subarray(from, lf)])
    held = []
    heldBytes = 0
    return whole.toString('utf8')
  }
  const begin = (wanted: unknown): void => {
    if (!onBytes || typeof wanted !== 'number' || wanted <= 0) return
    if (wanted > maxBytes) end()
    else behind = take(wanted)
    filled = 0
  }
  /** @returns where what follows is over in these bytes */
  const fill = (into: Buffer, bytes: Buffer, from: number): number => {
    const copied = bytes.copy(into, filled, from)
    filled += copied
    if (filled === into.length) {
      behind = null
      onBytes?.(into)
    }
    return from + copied
  }
  return {
    push(bytes) {
      let from = 0
      while (!isOver && from < bytes.length) {
        if (behind !== null) {
          from = fill(behind, bytes, from)
          continue
        }
        const lf = bytes.indexOf(10, from)
        if (lf === -1) {
          heldBytes += bytes.length - from
          if (heldBytes > maxBytes) return end()
          held.push(Buffer.from(bytes.subarray(from)))
          return
        }
        const line = takeLine(bytes, from, lf)
        if (line === null) return end()
        from = lf + 1
        if (line !== '') begin(onFrame(line))
      }
    },
  }
}
