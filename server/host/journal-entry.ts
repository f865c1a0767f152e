/**
 * Entries of the journal as rows of the gateway's log, for a container whose engine writes there. What the fields are is
 * told in docs/facts/podman-and-systemd.md, the output in journalctl(1) and systemd.journal-fields(7).
 */

/** The fields that a row needs. */
export const ENTRY_FIELDS = ['MESSAGE', 'PRIORITY', 'SYSLOG_IDENTIFIER', 'CONTAINER_PARTIAL_MESSAGE'] as const
/** A longer entry is left out, with a row that says so. In bytes; 8 KiB of text are 40 KiB as a list of numbers. */
const MAX_ENTRY_BYTES = 1_048_576
/** syslog(3): what a container writes to its stderr. */
const ERROR_PRIORITY = '3'
/** podman's own events have its name, whatever they are about. */
const ENGINE = 'podman'
const [LF, SPACE] = [0x0a, ' ']

export interface JournalRow {
  /** µs since 1970. */
  readonly time: number
  /** Rows of the k8s-file log driver, each with its LF. */
  readonly bytes: Buffer
}

/**
 * @param line one of `journalctl --output=json --all`
 * @returns null for what is no line of the container: podman's own events, other JSON
 */
export function readEntry(line: string): JournalRow | null {
  const entry = parse(line)
  if (entry === null || entry.SYSLOG_IDENTIFIER === ENGINE) return null
  const time = Number(entry.__REALTIME_TIMESTAMP)
  const message = messageOf(entry.MESSAGE)
  if (!Number.isSafeInteger(time) || time <= 0 || message === null) return null
  const stream = entry.PRIORITY === ERROR_PRIORITY ? 'stderr' : 'stdout'
  const tag = entry.CONTAINER_PARTIAL_MESSAGE === 'true' ? 'P' : 'F'
  // conmon leaves the line end in; an empty line is nothing but that.
  const text = message.at(-1) === LF ? message.subarray(0, -1) : message
  return { time, bytes: rowsOf(time, stream, tag, text) }
}

/** A row that says that an entry is missing here. @param time µs since 1970 */
export function missingRow(time: number): JournalRow {
  const text = Buffer.from(`[an entry of more than ${MAX_ENTRY_BYTES} bytes is left out here]`)
  return { time, bytes: rowsOf(time, 'stderr', 'F', text) }
}

/** A message is one line, unless a program wrote the entry itself. */
function rowsOf(time: number, stream: string, tag: string, message: Buffer): Buffer {
  const head = Buffer.from(`${formatTime(time)} ${stream} ${tag}${SPACE}`)
  const end = Buffer.of(LF)
  const rows: Buffer[] = []
  for (let from = 0; ; ) {
    const at = message.indexOf(LF, from)
    rows.push(head, message.subarray(from, at === -1 ? message.length : at), end)
    if (at === -1) return Buffer.concat(rows)
    from = at + 1
  }
}

/** As conmon writes it, with nanoseconds. @param time µs since 1970 */
export function formatTime(time: number): string {
  const micros = String(time % 1_000).padStart(3, '0')
  return new Date(Math.floor(time / 1_000)).toISOString().replace('Z', `${micros}000Z`)
}

/** µs since 1970 of a time with up to nanoseconds; null for anything else. */
export function readTime(text: string): number | null {
  const seconds = Date.parse(text.replace(/\.\d+/, ''))
  if (Number.isNaN(seconds)) return null
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? ''
  return seconds * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** Text; a list of bytes when it holds what is none; a list of messages when there are several. */
function messageOf(value: unknown): Buffer | null {
  if (typeof value === 'string') return Buffer.from(value)
  if (!Array.isArray(value)) return null
  if (value.every((byte) => typeof byte === 'number')) return Buffer.from(value)
  return messageOf(value[0])
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // Cut off by the end of journalctl.
    return null
  }
}

/** Splits output at LF; a line that is too long is told without being held. */
export function createEntrySplitter(
  onLine: (line: string) => void,
  onTooLong: () => void,
  maxBytes: number = MAX_ENTRY_BYTES,
): (bytes: Buffer) => void {
  let held: Buffer[] = []
  let heldBytes = 0
  return (bytes) => {
    for (let from = 0; from < bytes.length; ) {
      const at = bytes.indexOf(LF, from)
      const part = bytes.subarray(from, at === -1 ? bytes.length : at)
      heldBytes += part.length
      if (heldBytes <= maxBytes) held.push(part)
      else held = []
      if (at === -1) return
      if (heldBytes > maxBytes) onTooLong()
      else onLine(Buffer.concat(held).toString())
      held = []
      heldBytes = 0
      from = at + 1
    }
  }
}
