/** How the time of a line is shown: the words of it, the days that break the list, and the choice that is remembered. */

export type TimeMode = 'local' | 'utc' | 'relative' | 'off'

/** Each way with its words, in the order of the list. */
export const TIME_MODES: readonly (readonly [TimeMode, string])[] = [
  ['local', 'Local time'],
  ['utc', 'UTC'],
  ['relative', 'Age'],
  ['off', 'No times'],
]

const KEY = 'razroom-panel.log-times'

const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const DAY_STYLE = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
const LOCAL_DAY = new Intl.DateTimeFormat('en-GB', DAY_STYLE)
const UTC_DAY = new Intl.DateTimeFormat('en-GB', { ...DAY_STYLE, timeZone: 'UTC' })

/**
 * The choice that was made here before.
 * @param isWide a column of times is worth its room on wide screens only, unless it was asked for
 */
export function readTimeMode(isWide: boolean): TimeMode {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(KEY)
  } catch {
    // Storage may be denied to the page: then there is no stored choice.
  }
  const known = TIME_MODES.find(([mode]) => mode === stored)
  return known?.[0] ?? (isWide ? 'local' : 'off')
}

export function rememberTimeMode(mode: TimeMode): void {
  try {
    localStorage.setItem(KEY, mode)
  } catch {
    // As above: then the choice lasts as long as the page.
  }
}

/** The way after this one, for a key that goes round. */
export function nextTimeMode(mode: TimeMode): TimeMode {
  const at = TIME_MODES.findIndex(([one]) => one === mode)
  return TIME_MODES[(at + 1) % TIME_MODES.length]?.[0] ?? 'local'
}

/**
 * The time as the column has it; '' for a line without one.
 * @param time milliseconds since the epoch, or NaN
 * @param now the same, on the gateway's machine
 */
export function formatTime(time: number, mode: TimeMode, now: number): string {
  if (Number.isNaN(time) || mode === 'off') return ''
  if (mode === 'utc') return new Date(time).toISOString().slice(11)
  return mode === 'local' ? clockOf(new Date(time)) : formatSince(now - time)
}

/** The time with its day, for what stands beside the list: by the clock also where the list has other times or none. */
export function formatMoment(time: number, mode: TimeMode): string {
  if (Number.isNaN(time)) return ''
  const clock = mode === 'utc' ? 'utc' : 'local'
  return `${formatDay(time, clock)} ${formatTime(time, clock, 0)}`
}

/** All about the time, for the title of the column. */
export function describeTime(time: number): string {
  return `${new Date(time).toISOString()} (UTC)\n${DAY_AND_CLOCK.format(time)}`
}

/** The time in a copied text: with its day, since it leaves the page. '' where no times are shown. */
export function copiedTime(time: number, mode: TimeMode): string {
  if (Number.isNaN(time) || mode === 'off') return ''
  if (mode !== 'local') return new Date(time).toISOString()
  const date = new Date(time)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${clockOf(date)}`
}

/** A number for the day that a line was written on, as the reader's clock or UTC has it; NaN without a time. */
export function dayOf(time: number, mode: TimeMode): number {
  const date = new Date(time)
  if (mode === 'utc') return Math.floor(time / 86_400_000)
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate()
}

/** The day in words. @param time in milliseconds since the epoch, not NaN */
export function formatDay(time: number, mode: TimeMode): string {
  return (mode === 'utc' ? UTC_DAY : LOCAL_DAY).format(time)
}

function two(part: number): string {
  return part < 10 ? `0${part}` : String(part)
}

/** By hand: a formatter of Intl takes ten times as long, and it is asked for each row of each drawing. */
function clockOf(date: Date): string {
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`
}

function formatSince(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000)
  if (seconds < 1) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ago`
  return `${Math.floor(hours / 24)} days ago`
}
