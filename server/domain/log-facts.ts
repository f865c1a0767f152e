/**
 * What a line of the gateway's log says of itself: how grave it is, and which part of the gateway it comes from. Imports
 * nothing of Node: the page uses it too.
 */
import { sanitizeLogText } from './log-line.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'unknown'

export interface LogFacts {
  readonly level: LogLevel
  /** For example gateway, of `[gateway]`; '' when the line names none. */
  readonly subsystem: string
}

/** Maps: a line may call its level by a name that every object has, such as `constructor`. */
const LEVEL_NAMES: ReadonlyMap<string, LogLevel> = new Map(
  Object.entries({
    fatal: 'fatal',
    panic: 'fatal',
    critical: 'fatal',
    error: 'error',
    err: 'error',
    warn: 'warn',
    warning: 'warn',
    info: 'info',
    notice: 'info',
    debug: 'debug',
    trace: 'debug',
    verbose: 'debug',
  } as const),
)
/** pino's numbers, which other loggers of Node share. */
const LEVEL_NUMBERS: ReadonlyMap<string, LogLevel> = new Map(
  Object.entries({
    10: 'debug',
    20: 'debug',
    30: 'info',
    40: 'warn',
    50: 'error',
    60: 'fatal',
  } as const),
)
/** The gateway says its level by the colour of its message alone (docs/facts/razroom-gateway.md). */
const LEVEL_COLOURS: Readonly<Record<string, LogLevel>> = { 31: 'error', 33: 'warn', 36: 'info', 90: 'debug' }

const COLOUR = /\x1b\[[0-9;]*m/g
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)\s*/
const SUBSYSTEM = /^\[([A-Za-z][\w:/.-]{0,40})\]\s*/
const WORD = /^\W{0,3}(fatal|panic|critical|error|warn(?:ing)?|info|notice|debug|trace)\b[\]:\s]/i
/** A thrown error begins like this: `TypeError: x`, `Uncaught Error: x`. */
const THROWN = /^(?:Uncaught )?(?:[A-Z]\w*)?(?:Error|Exception)(?: \[\w+\])?: /

/**
 * With these words the gateway ends, and says no level (docs/facts/razroom-gateway.md, "Fatal lines"): whoever looks for
 * errors looks for them.
 */
const LAST_WORDS =
  /^(?:Config invalid$|Missing config\. Run |Gateway start blocked: |Refusing to bind gateway to |Failed to read config at |Gateway failed to start: )|^gateway already running \(pid /i

/** @param text sanitised: its only control sequences are colours */
export function readLogFacts(text: string): LogFacts {
  const plain = text.replaceAll(COLOUR, '')
  const json = plain.startsWith('{') ? readJson(plain) : null
  if (json) return json
  const timeless = plain.replace(TIME, '')
  const subsystem = SUBSYSTEM.exec(timeless)?.[1] ?? ''
  const message = timeless.replace(SUBSYSTEM, '')
  const named = LEVEL_NAMES.get(subsystem.toLowerCase())
  if (named !== undefined) return { level: named, subsystem: '' }
  if (LAST_WORDS.test(message)) return { level: 'fatal', subsystem }
  const word = WORD.exec(message)?.[1]?.toLowerCase()
  const byWord = word === undefined ? undefined : LEVEL_NAMES.get(word)
  const level = byWord ?? (THROWN.test(message) ? 'error' : colourOf(text, message))
  return { level, subsystem }
}

/** The colour that stands before the message: the last one before its first letter. */
function colourOf(text: string, message: string): LogLevel {
  const first = message.trimStart().slice(0, 8)
  const at = first === '' ? -1 : text.indexOf(first)
  const before = at === -1 ? '' : text.slice(0, at)
  const colour = /\x1b\[(?:[01];)?(\d{2})m$/.exec(before)?.[1]
  return (colour === undefined ? undefined : LEVEL_COLOURS[colour]) ?? 'unknown'
}

/** What stood escaped in the line is letters now, which the line itself may not hold. */
const nameOf = (part: string): string =>
  sanitizeLogText(part.slice(0, 80)).replaceAll(COLOUR, '').slice(0, 40).toWellFormed()

function readJson(text: string): LogFacts | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { level, severity, subsystem, name, module } = value as Record<string, unknown>
    const told = String(level ?? severity ?? '').toLowerCase()
    const part = [subsystem, name, module].find((one) => typeof one === 'string' && one !== '')
    return {
      level: LEVEL_NAMES.get(told) ?? LEVEL_NUMBERS.get(told) ?? 'unknown',
      subsystem: typeof part === 'string' ? nameOf(part) : '',
    }
  } catch {
    // A line that only begins like JSON is text.
    return null
  }
}
