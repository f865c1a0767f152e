/** Times that are often gone to, and times as a field of a form has them. */
import type { LifeMark } from './marks-between.ts'

const MINUTE_MS = 60_000

export interface QuickTime {
  readonly words: string
  /** @param now and the time itself in milliseconds since the epoch */
  readonly timeOf: (now: number) => number
}

export const QUICK_TIMES: readonly QuickTime[] = [
  { words: '5 min ago', timeOf: (now) => now - 5 * MINUTE_MS },
  { words: '1 h ago', timeOf: (now) => now - 60 * MINUTE_MS },
  { words: 'Today', timeOf: (now) => new Date(now).setHours(0, 0, 0, 0) },
  { words: 'First line kept', timeOf: () => 0 },
]

/** The local time for a `datetime-local` field, to the second. @param time milliseconds since the epoch */
export function toLocalField(time: number): string {
  const date = new Date(time)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}

/** When the gateway last started or ended; null when that is not known. @param marks oldest first */
export function lastOf(marks: readonly LifeMark[], of: NonNullable<LifeMark['of']>): number | null {
  return marks.findLast((mark) => mark.of === of)?.time ?? null
}
