/**
 * Runs inside a host, as root, until its stdin ends: says a word when it has begun, and then by how many bytes the panel
 * was larger at most than in the beginning. Imports nothing but Node.
 */
import { readPanelBytes } from './release-processes.ts'

const SAMPLE_MS = 50

const before = readPanelBytes()
let peak = before
setInterval(() => {
  peak = Math.max(peak, readPanelBytes())
}, SAMPLE_MS)
process.stdout.write('ready\n')
process.stdin.resume().on('end', () => {
  process.stdout.write(String(peak - before), () => process.exit(0))
})
