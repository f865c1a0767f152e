/** `npm run bench [-- PART]`: measures the panel against the raw thing, on a disposable host, in one run. */
import { benchDaemon } from './daemon.ts'
import { benchLogs } from './logs.ts'
import { benchLogsPage } from './logs-page.ts'
import { type Figure, formatTable, isMet, writeResults } from './report.ts'

const PARTS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  daemon: benchDaemon,
  logs: benchLogs,
  'logs-page': benchLogsPage,
}
/** A part, or a word that parts begin with: `logs` is all of the log. */
const isOf = (part: string, word: string): boolean => part === word || part.startsWith(`${word}-`)

const asked = process.argv.slice(2)
const unknown = asked.find((word) => !Object.keys(PARTS).some((part) => isOf(part, word)))
if (unknown !== undefined) {
  console.error(`There is no part ${JSON.stringify(unknown)}; there are: ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
let areAllMet = true
for (const [part, run] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.some((word) => isOf(part, word))) continue
  const figures = await run()
  console.log(`\n${formatTable(figures)}\n\nWritten to ${await writeResults(part, figures)}`)
  areAllMet &&= figures.every(isMet)
}
process.exit(areAllMet ? 0 : 1)
