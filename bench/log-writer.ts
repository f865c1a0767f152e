/**
 * Runs inside a host as the gateway's user: writes rows to the log as conmon does, each with the time it was written at.
 *
 *     bench-log-writer.ts PATH store LINES            LINES rows, at once, in place of what was there
 *     bench-log-writer.ts PATH live PER_SECOND SECONDS
 */
import { closeSync, openSync, writeSync } from 'node:fs'

const [path = '', mode = '', first = '0', second = '0'] = process.argv.slice(2)
const TEXT_BYTES = 120
const now = (): number => performance.timeOrigin + performance.now()

function row(text: string): string {
  return `${new Date().toISOString().replace('Z', '000000+00:00')} stdout F ${text.padEnd(TEXT_BYTES, 'x')}\n`
}

if (mode === 'store') {
  const file = openSync(path, 'w', 0o600)
  let rows = ''
  for (let line = 0; line < Number(first); line += 1) {
    rows += row(`line ${line} of the log `)
    if (rows.length > 1_000_000) {
      writeSync(file, rows)
      rows = ''
    }
  }
  writeSync(file, rows)
  closeSync(file)
} else {
  const file = openSync(path, 'a')
  const perSecond = Number(first)
  const end = now() + Number(second) * 1_000
  const everyMs = 1_000 / perSecond
  let due = now()
  const step = (): void => {
    if (now() > end) {
      closeSync(file)
      return
    }
    for (; due <= now(); due += everyMs) writeSync(file, row(`at=${now().toFixed(3)} `))
    // Finer than a timer's millisecond is not needed: below that, lines come in twos and threes.
    setTimeout(step, Math.max(0, due - now()))
  }
  step()
}
