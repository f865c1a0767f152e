/**
 * Runs inside a host as the gateway's user: writes rows to the log as conmon does, each with the time it was written at.
 *
 *     bench-log-writer.ts PATH store LINES            LINES rows, at once, in place of what was there
 *     bench-log-writer.ts PATH mixed LINES LAST       the same of all kinds of lines; LAST is the text of the last one
 *     bench-log-writer.ts PATH live PER_SECOND SECONDS
 */
import { closeSync, openSync, writeSync } from 'node:fs'

const [path = '', mode = '', first = '0', second = '0'] = process.argv.slice(2)
const TEXT_BYTES = 120
/** Between two lines of a stored log, so that it spans some time. */
const STORED_STEP_MS = 250
const now = (): number => performance.timeOrigin + performance.now()

function row(text: string, at = Date.now()): string {
  return `${new Date(at).toISOString().replace('Z', '000000+00:00')} stdout F ${text}\n`
}

const even = (text: string): string => text.padEnd(TEXT_BYTES, 'x')

/** Of twenty lines: plain and coloured ones, JSON, an error with its stack, letters beyond ASCII, and a long one. */
function mixed(line: number): string {
  const kind = line % 20
  const text = `line ${line} of the log`
  if (kind < 7) return `[gateway] ${text}: a request was answered in ${line % 97} ms`
  if (kind < 12) return `\x1b[35m[channels/${line % 5}]\x1b[39m \x1b[${kind === 11 ? 33 : 36}m${text}\x1b[39m`
  if (kind < 16)
    return JSON.stringify({
      level: kind === 15 ? 50 : 30,
      subsystem: 'model',
      msg: text,
      tokens: line % 4_000,
    })
  if (kind === 16) return `TypeError: ${text} cannot be read`
  if (kind === 17) return `    at answer (/app/dist/gateway/answer.js:${line % 900}:17)`
  if (kind === 18) return `[gateway] ${text}: größer als üblich, привет, 世界`
  return `[gateway] ${text}: ${'a long story '.repeat(line % 100 === 19 ? 300 : 30)}`
}

function store(lines: number, textOf: (line: number) => string): void {
  const file = openSync(path, 'w', 0o600)
  const begin = Date.now() - lines * STORED_STEP_MS
  let rows = ''
  for (let line = 0; line < lines; line += 1) {
    rows += row(textOf(line), begin + line * STORED_STEP_MS)
    if (rows.length > 1_000_000) {
      writeSync(file, rows)
      rows = ''
    }
  }
  writeSync(file, rows)
  closeSync(file)
}

function writeLive(perSecond: number, seconds: number): void {
  const file = openSync(path, 'a')
  const end = now() + seconds * 1_000
  const everyMs = 1_000 / perSecond
  let due = now()
  const step = (): void => {
    if (now() > end) {
      closeSync(file)
      return
    }
    for (; due <= now(); due += everyMs) writeSync(file, row(even(`at=${now().toFixed(3)} `)))
    // Finer than a timer's millisecond is not needed: below that, lines come in twos and threes.
    setTimeout(step, Math.max(0, due - now()))
  }
  step()
}

if (mode === 'store') store(Number(first), (line) => even(`line ${line} of the log `))
else if (mode === 'mixed') store(Number(first), (line) => (line === Number(first) - 1 ? second : mixed(line)))
else writeLive(Number(first), Number(second))
