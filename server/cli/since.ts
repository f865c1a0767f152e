import { usageError } from './problem-error.ts'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The moment (ms since 1970) that `--since` means: an age as 30s, 10m, 2h or 1d, or an ISO date or time
 * (2026-11-23, 2026-11-23T11:40, with Z or an offset; local time without). `now` in ms. Errors: USAGE.
 */
export function parseSince(text: string, now: number): number {
  const age = /^(\d{1,6})([smhd])$/.exec(text)
  if (age !== null) return now - Number(age[1]) * (UNIT_MS[age[2] ?? ''] ?? 0)
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?))?$/.exec(text)
  // A date alone would be midnight in UTC (ECMA-262, 21.4.1.32); people mean their own midnight.
  const time = iso === null ? Number.NaN : Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}`)
  if (Number.isNaN(time))
    throw usageError(`--since must be a time as 10m, 2h, 1d or 2026-11-23T11:40, not ${JSON.stringify(text)}`)
  return time
}
