/** The lines that the list shows, as the text of a file: what no request to the host can say, such as a level. */
import type { LogRing, RingLine } from './log-ring.ts'
import type { LogView } from './log-view.ts'
import { plainText } from './sgr.ts'

export type LogFormat = 'text' | 'jsonl'

/** Lines between two pauses: the page stays alive meanwhile. */
const SLICE_LINES = 2_000

/** @returns all of them, oldest first, each with its newline */
export async function writeHeldLines(view: LogView, ring: LogRing, format: LogFormat): Promise<string> {
  const write = format === 'text' ? asText : asJson
  // Lines that come or go while this works change the places: the numbers stay.
  const numbers = Array.from({ length: view.count }, (_, index) => view.numberAt(index))
  const parts: string[] = []
  for (let at = 0; at < numbers.length; at += SLICE_LINES) {
    let part = ''
    for (const number of numbers.slice(at, at + SLICE_LINES)) {
      const line = ring.get(number)
      if (line) part += `${write(line)}\n`
    }
    parts.push(part)
    await new Promise((resolve) => setTimeout(resolve))
  }
  return parts.join('')
}

const timeOf = ({ time }: RingLine): string => (Number.isNaN(time) ? '' : new Date(time).toISOString())

function asText(line: RingLine): string {
  if (line.kind === 'gap') return `-- Lines are missing here: ${line.text}`
  return `${timeOf(line)} ${plainText(line.text)}`.trimStart()
}

function asJson(line: RingLine): string {
  if (line.kind === 'gap') return JSON.stringify({ gap: line.text })
  const { kind: stream, isTruncated } = line
  const text = plainText(line.text)
  return JSON.stringify({ time: timeOf(line), stream, text, ...(isTruncated ? { truncated: true } : {}) })
}
