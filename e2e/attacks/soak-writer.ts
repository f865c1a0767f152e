/**
 * Runs as the only program of a container, on the gateway's Node: prints numbered lines for as long as it may. Each start
 * is a run of its own, whose name the lines have; it says with which number it began and, when it is stopped in the
 * orderly way, with which it ended.
 *
 * How far it may be ahead of who reads is what it finds in ACK_FILE. So a reader that stands still holds it, as far as
 * the log keeps. It waits as well while the file that conmon writes to has no second name: on a machine that stands still
 * for longer than a file takes, its lines would be lost, which is told (docs/adr/0011-logs.md) but is not what is tried.
 */

/** What the reader has of a run, and how many more lines may be written. */
export interface Ack {
  readonly run: string
  readonly lines: number
  readonly window: number
}

/** As the container sees it; the directory is mounted. */
export const ACK_FILE = '/ack/ack.json'

/** Directory of the log, as the container sees it. */
export const LOG_DIRECTORY = '/log'

/** Text of a numbered line: its number says how long it is, so that a line with a hole in it is seen. */
export const SOAK_LINE = /^soak (\w+) (\d+) (x*)$/
export const SOAK_BEGIN = /^(.*)soak (\w+) begins$/
export const SOAK_END = /^soak (\w+) ends at (\d+)$/

/** Most are as long as those of a gateway, some long, and few longer than what is sent of a line. */
export const padding = (number: number): number =>
  number % 5_003 === 0 ? 9_000 : number % 97 === 0 ? 400 : (number * 7) % 41

/** @param logName of the log in its directory @param bytesPerSecond at most */
export const soakScript = (logName: string, bytesPerSecond: number): string => `
const { readFileSync, statSync, writeSync } = require('node:fs')
const padding = ${String(padding)}
const run = Date.now().toString(36)
const all = (text) => { const bytes = Buffer.from(text); for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at) }
let isEnded = false, number = 0, allowed = -1, tokens = 0, at = Date.now()
process.on('SIGTERM', () => { isEnded = true })
const mayGo = () => {
  const now = Date.now()
  tokens = Math.min(${Math.ceil(bytesPerSecond / 50)}, tokens + (now - at) * ${bytesPerSecond / 1000})
  at = now
  if (tokens < 0 || statSync(${JSON.stringify(`${LOG_DIRECTORY}/${logName}`)}).nlink < 2) return false
  // Before each step: a smaller window holds at once, or whole files would come while nobody keeps them.
  try {
    const ack = JSON.parse(readFileSync(${JSON.stringify(ACK_FILE)}, 'utf8'))
    // Until the reader has come to this run, it has what was before it to read.
    allowed = ack.window === 0 || ack.run !== run ? -1 : ack.lines + ack.window
  } catch {}
  return number < allowed
}
all('soak ' + run + ' begins\\n')
const step = () => {
  if (isEnded) { all('soak ' + run + ' ends at ' + number + '\\n'); process.exit(0) }
  if (!mayGo()) return setTimeout(step, 2)
  let text = ''
  for (let count = 0; count < 128; count += 1) { number += 1; text += 'soak ' + run + ' ' + number + ' ' + 'x'.repeat(padding(number)) + '\\n' }
  all(text)
  tokens -= text.length + 128 * 45
  setImmediate(step)
}
step()`
