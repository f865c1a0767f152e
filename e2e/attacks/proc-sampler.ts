/**
 * Runs inside a host, as nobody: reads the command line and, where the kernel lets it, the environment of every process
 * again and again until its stdin ends. Prints all that it has seen, each once.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Enough to meet what lives for some ten milliseconds, and it leaves the machine to the others. */
const PAUSE_MS = 2

export interface Sampled {
  readonly rounds: number
  readonly texts: readonly string[]
}

let isOver = false
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()

const texts = new Set<string>()
let rounds = 0

function look(path: string): void {
  try {
    texts.add(readFileSync(path, 'utf8').replaceAll('\0', ' '))
  } catch {
    // It has ended, or is another user's: then there is nothing to see.
  }
}

while (!isOver) {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    for (const file of ['cmdline', 'environ', 'comm']) look(`/proc/${pid}/${file}`)
  rounds += 1
  await sleep(PAUSE_MS)
}
process.stdout.write(JSON.stringify({ rounds, texts: [...texts] } satisfies Sampled))
