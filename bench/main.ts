/** `npm run bench [-- PART]`: measures the panel against the raw thing, on a disposable host, in one run. */
import { benchLogs } from './logs.ts'
import { type Figure, formatTable, isMet, writeResults } from './report.ts'

const PARTS: Readonly<Record<string, () => Promise<Figure[]>>> = { logs: benchLogs }

const asked = process.argv.slice(2)
const unknown = asked.find((part) => !Object.hasOwn(PARTS, part))
if (unknown !== undefined) {
  console.error(`There is no part ${JSON.stringify(unknown)}; there are: ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
let areAllMet = true
for (const [part, run] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(part)) continue
  const figures = await run()
  console.log(`\n${formatTable(figures)}\n\nWritten to ${await writeResults(part, figures)}`)
  areAllMet &&= figures.every(isMet)
}
process.exit(areAllMet ? 0 : 1)
