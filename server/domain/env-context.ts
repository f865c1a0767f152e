/** What the check of one line has to know of the other lines of `.env`. Imports nothing of Node. */
import type { EnvFile } from './env-file.ts'
import { readQuotes } from './env-value.ts'

export interface EnvContext {
  /** Number of the last line that sets this key, as podman takes keys. */
  lastLineOf(key: string): number | undefined
  /** True when the variable is set and not empty. */
  isFilled(key: string): boolean
  /** Where a quoted value that is left open on this line ends, for readers that know values of several lines. */
  endOfValue(line: number): number | undefined
  /** Where the value began that this line is a part of, for these readers. */
  startOfValue(line: number): number | undefined
}

/** Reads a document once, so that each line can be checked without looking at all the others. */
export function readContext(file: EnvFile): EnvContext {
  const last = new Map<string, { line: number; isFilled: boolean }>()
  for (const { key, value, number } of file.lines)
    if (key !== undefined) last.set(key, { line: number, isFilled: (value ?? '').trim() !== '' })
  const { ends, starts } = findLongValues(file)
  return {
    lastLineOf: (key) => last.get(key)?.line,
    isFilled: (key) => last.get(key)?.isFilled ?? false,
    endOfValue: (line) => ends.get(line),
    startOfValue: (line) => starts.get(line),
  }
}

/** A value of several lines ends on the next line whose only quote of its kind is its last character. */
function findLongValues({ lines }: EnvFile): { ends: Map<number, number>; starts: Map<number, number> } {
  const ends = new Map<number, number>()
  const starts = new Map<number, number>()
  const next: Record<'"' | "'", number[]> = { '"': [], "'": [] }
  for (const line of lines) {
    for (const quote of ['"', "'"] as const) if (isLastQuote(line.raw, quote)) next[quote].push(line.number)
  }
  const places = { '"': 0, "'": 0 }
  for (const line of lines) {
    const quoted = line.value === undefined || starts.has(line.number) ? undefined : readQuotes(line.value)
    if (quoted === undefined || quoted.inner !== undefined) continue
    const candidates = next[quoted.quote]
    while ((candidates[places[quoted.quote]] ?? Infinity) <= line.number) places[quoted.quote] += 1
    const end = candidates[places[quoted.quote]]
    if (end === undefined) continue
    ends.set(line.number, end)
    for (let inside = line.number + 1; inside <= end; inside += 1) starts.set(inside, line.number)
  }
  return { ends, starts }
}

function isLastQuote(raw: Uint8Array, quote: '"' | "'"): boolean {
  const byte = quote.charCodeAt(0)
  const first = raw.indexOf(byte)
  if (first === -1) return false
  return raw.subarray(first + 1).every((other) => other === 0x20 || (other >= 0x09 && other <= 0x0d))
}
