/** Runs in the gateway's container, on its Node: prints as the gateway itself, into the pipes that conmon reads. */

/** Opens the pipes of the first process; `mark` says the time on the one that the flood does not use. */
const BEGIN = `
const { openSync, writeSync } = require('node:fs')
const out = openSync('/proc/1/fd/1', 'w'), err = openSync('/proc/1/fd/2', 'w')
const all = (fd, bytes) => { for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at) }
let marked = 0
const mark = () => { if (Date.now() - marked >= 20) { marked = Date.now(); all(err, Buffer.from('mark ' + marked + '\\n')) } }
`

/** What a program may print, each a script with the seconds or bytes it lasts. */
export const FLOODS = {
  /** As \`yes\` does, as fast as it is taken. */
  yes: (seconds: number) => `
const block = Buffer.from('y\\n'.repeat(4096))
for (const end = Date.now() + ${seconds * 1000}; Date.now() < end; ) { all(out, block); mark() }`,
  /** So many numbered lines, as fast as they are taken. */
  numbers: (lines: number) => `
for (let at = 0; at < ${lines}; ) {
  let text = ''
  for (const end = Math.min(${lines}, at + 512); at < end; ) text += 'number ' + (at += 1) + '\\n'
  all(out, Buffer.from(text)); mark()
}`,
  /** One line of so many megabytes. */
  'one line': (megabytes: number) => `
const block = Buffer.alloc(8192, 'x')
for (let at = 0; at < ${megabytes} * 128; at += 1) { all(out, block); mark() }
all(out, Buffer.from('\\n'))`,
  /** So many megabytes of any bytes, seeded: invalid UTF-8 of every kind, control characters, lines of all lengths. */
  'any bytes': (megabytes: number) => `
let state = 20260
const block = Buffer.alloc(8192)
for (let at = 0; at < ${megabytes} * 128; at += 1) {
  for (let index = 0; index < block.length; index += 1) { state = (Math.imul(state, 1103515245) + 12345) >>> 0; block[index] = state >>> 16 }
  all(out, block); mark()
}
all(out, Buffer.from('\\n'))`,
} as const

/** The script of a flood, which ends with a line of its own. */
export const floodScript = (kind: keyof typeof FLOODS, amount: number, lastLine: string): string =>
  `${BEGIN}${FLOODS[kind](amount)}\nall(out, Buffer.from(${JSON.stringify(`${lastLine}\n`)}))`
