import { usageError } from './problem-error.ts'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The moment (ms since 1970) that a point in the past is meant by: an age as 30s, 10m, 2h or 1d, today, yesterday, an ISO
 * date or time (2026-11-23, 2026-11-23T11:40, with Z or an offset; local time without), or a time of the day as 22:00,
 * which is the last one there was. `now` in ms. Errors: USAGE.
 */
export function parseSince(text: string, now: number, option = '--since'): number {
  const age = /^(\d{1,6})([smhd])$/.exec(text)
  if (age !== null) return now - Number(age[1]) * (UNIT_MS[age[2] ?? ''] ?? 0)
  if (text === 'today') return clockTime([0, 0, 0], now, 0)
  if (text === 'yesterday') return clockTime([0, 0, 0], now, -1)
  const clock = readClock(text)
  if (clock !== null) {
    const today = clockTime(clock, now, 0)
    return today <= now ? today : clockTime(clock, now, -1)
  }
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?))?$/.exec(text)
  // A date alone would be midnight in UTC (ECMA-262, 21.4.1.32); people mean their own midnight.
  const time = iso === null ? Number.NaN : Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}`)
  if (Number.isNaN(time))
    throw usageError(
      `${option} must be a time as 10m, 2h, 1d, 22:00, yesterday or 2026-11-23T11:40, not ${JSON.stringify(text)}`,
    )
  return time
}

/**
 * The moment that `--until` means, in the same words; a time of the day is the first one after `since`. Errors: USAGE,
 * also where it is not after `since`.
 */
export function parseUntil(text: string, now: number, since: number | undefined): number {
  const clock = since === undefined ? null : readClock(text)
  if (since !== undefined && clock !== null) {
    const sameDay = clockTime(clock, since, 0)
    return sameDay > since ? sameDay : clockTime(clock, since, 1)
  }
  const until = parseSince(text, now, '--until')
  if (since !== undefined && until <= since) throw usageError('--until must be later than --since')
  return until
}

type Clock = readonly [hours: number, minutes: number, seconds: number]

/** The parts of 7:05, 22:00 or 22:00:30; null for any other text. */
function readClock(text: string): Clock | null {
  const parts = /^(\d|[01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
  return parts && [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)]
}

/** This local time on the day of a moment, or so many days later. */
function clockTime([hours, minutes, seconds]: Clock, moment: number, days: number): number {
  const day = new Date(moment)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hours, minutes, seconds).getTime()
}
