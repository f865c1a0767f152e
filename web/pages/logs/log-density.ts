/** How many lines, warnings and errors there are in each part of the time that the lines held span. */
import type { LogIndex } from './log-index.ts'

export interface Density {
  /** Time at which the first part begins, and behind the last one. */
  readonly from: number
  readonly to: number
  readonly lines: Uint32Array
  readonly warnings: Uint32Array
  readonly errors: Uint32Array
  readonly warningCount: number
  readonly errorCount: number
}

/** Lines that the span of time is read from. */
const SPAN_LINES = 2_000

/** @param parts how many; at least 1 @returns null when the lines span no time */
export function densityOf(index: LogIndex, parts: number): Density | null {
  const [from, to] = spanOf(index)
  if (!(to > from)) return null
  const [lines, warnings, errors] = [new Uint32Array(parts), new Uint32Array(parts), new Uint32Array(parts)]
  let [warningCount, errorCount] = [0, 0]
  const scale = parts / (to - from)
  index.each((_number, time, level, isStack) => {
    // The lines of a stack are one error.
    if (isStack || Number.isNaN(time)) return
    // A clock that was set back puts a line before the first or behind the last one.
    const part = Math.max(0, Math.min(parts - 1, Math.floor((time - from) * scale)))
    lines[part] = (lines[part] ?? 0) + 1
    if (level === 'warn') {
      warnings[part] = (warnings[part] ?? 0) + 1
      warningCount += 1
    } else if (level === 'error' || level === 'fatal') {
      errors[part] = (errors[part] ?? 0) + 1
      errorCount += 1
    }
  })
  return { from, to, lines, warnings, errors, warningCount, errorCount }
}

/** The line that a click on a part leads to: its first error, else its first warning, else its first line. */
export function lineOfPart(index: LogIndex, { from, to, lines }: Density, part: number): number | null {
  const width = (to - from) / lines.length
  const start = part === 0 ? -Infinity : from + part * width
  const stop = part === lines.length - 1 ? Infinity : from + (part + 1) * width
  let found: number | null = null
  let rank = 3
  index.each((number, time, level) => {
    if (!(time >= start && time < stop)) return
    const own = level === 'error' || level === 'fatal' ? 0 : level === 'warn' ? 1 : 2
    if (own < rank) [found, rank] = [number, own]
  })
  return found
}

/** Bars from the ground up, as one path in a box of one unit a part and 1 high. The largest part reaches the top. */
export function barsPath(counts: Uint32Array, most: number): string {
  let path = ''
  for (const [part, count] of counts.entries()) {
    // By the root, so that single errors are seen beside thousands.
    if (count > 0) path += `M${part} 1V${(1 - Math.sqrt(count / most)).toFixed(3)}h1V1z`
  }
  return path
}

/** By the first and the last line, and some between, for a clock may have been set back: all lines are many. */
function spanOf(index: LogIndex): readonly [number, number] {
  let [from, to] = [Infinity, -Infinity]
  const step = Math.ceil((index.to - index.from) / SPAN_LINES)
  for (let number = index.from; number < index.to; number += step) {
    // A gap has no time: the next line that has one is taken.
    let at = number
    while (Number.isNaN(index.timeAt(at)) && at < Math.min(index.to, number + step) - 1) at += 1
    const time = index.timeAt(at)
    if (time < from) from = time
    if (time > to) to = time
  }
  const last = index.timeAt(index.to - 1)
  return [from, last > to ? last : to]
}
