/** Numbers and times as people read them. */

/** A length of time, in two units at most. @param ms milliseconds; negative counts as 0 */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return pair(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'min')
  const days = Math.floor(hours / 24)
  return pair(days, days === 1 ? 'day' : 'days', hours % 24, 'h')
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

/** A size in decimal units (IEC 80000-13: kB, MB, GB) with three digits at most. @param bytes not negative */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  const digits = value >= 99.5 || unit === 0 ? 0 : value >= 9.95 ? 1 : 2
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** Share of one core. @param percent 100 is one core in full */
export function formatPercent(percent: number): string {
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`
}

const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** Date and time in the reader's zone. @param iso ISO 8601 */
export function formatDateTime(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? iso : DATE_TIME.format(time)
}

/** The beginning of an image's or container's id, without the name of the hash. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}

/** `1 line`, `2 lines`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
