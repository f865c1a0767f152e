/** The three levels of the real gateway's console log. */
export type LogLevel = 'info' | 'warn' | 'error'

/** Writes lines of one subsystem. */
export interface SubsystemLog {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** Opens the log of a subsystem such as `gateway` or `ws`. */
export type OpenLog = (subsystem: string) => SubsystemLog

const messageColour = { info: 36, warn: 33, error: 31 } as const

/**
 * One console line: grey ISO time, cyan `[subsystem]`, and the message, whose colour is the only sign of its
 * level. Always coloured, also when stdout is not a terminal. Source: docs/facts/razroom-gateway.md, "Logs".
 */
export function formatLogLine(level: LogLevel, subsystem: string, message: string, time: Date): string {
  const paint = (code: number, text: string) => `\u001b[${code}m${text}\u001b[39m`
  return `${paint(90, time.toISOString())} ${paint(36, `[${subsystem}]`)} ${paint(messageColour[level], message)}`
}

/** An early error, printed before there is a log: local time with its offset, then the text, uncoloured. */
export function formatEarlyLine(message: string, time: Date): string {
  const offsetMinutes = -time.getTimezoneOffset()
  const local = new Date(time.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1)
  const absolute = Math.abs(offsetMinutes)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  const offset = `${twoDigits(Math.floor(absolute / 60))}:${twoDigits(absolute % 60)}`
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${offset} ${message}`
}

/** Makes the log; `write` gets whole lines that end in a newline. */
export function createLog(write: (line: string) => void, now: () => Date = () => new Date()): OpenLog {
  return (subsystem) => {
    const line = (level: LogLevel) => (message: string) =>
      write(`${formatLogLine(level, subsystem, message, now())}\n`)
    return { info: line('info'), warn: line('warn'), error: line('error') }
  }
}

/**
 * A box of line-drawing characters, as the real gateway prints notes (also before the JSON of some commands).
 * Ends in a newline.
 */
export function formatBox(title: string, lines: readonly string[]): string {
  const width = Math.max(title.length + 2, ...lines.map((line) => line.length + 2))
  const body = ['', ...lines, ''].map((line) => `│  ${line.padEnd(width)}│`)
  return [
    '│',
    `◇  ${title} ${'─'.repeat(width - title.length - 1)}╮`,
    ...body,
    `├${'─'.repeat(width + 2)}╯`,
    '',
  ].join('\n')
}

/**
 * Makes text that came from outside fit for one log line: control characters (also C1 and bidi marks, which
 * could forge lines or colours) become `?`, and at most `maxLength` characters are kept.
 */
export function printable(text: string, maxLength = 120): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?')
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}...` : clean
}

/**
 * Lets through at most `limit` lines per `windowMs`, then tells how many it held back, so that somebody who
 * hammers the door with wrong tokens does not fill the log.
 */
export function throttleLines(
  write: (message: string) => void,
  limit: number,
  windowMs: number,
  now: () => number = Date.now,
): (message: string) => void {
  let windowStart = Number.NEGATIVE_INFINITY
  let count = 0
  return (message) => {
    if (now() - windowStart >= windowMs) {
      if (count > limit) write(`${count - limit} similar lines left out`)
      windowStart = now()
      count = 0
    }
    count += 1
    if (count <= limit) write(message)
  }
}
