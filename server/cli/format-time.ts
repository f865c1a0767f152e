import { printable } from './terminal-text.ts'

/** An ISO time as people of this machine read it: 2026-11-23 11:40:08, local; as it came when it is no time. */
export function formatTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return printable(iso)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** The same to the thousandth of a second, as a log has it; '' when it is no time. */
export function formatMoment(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return ''
  return `${formatTime(iso)}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

/** False for podman's zero time, 0001-01-01T00:00:00Z, and any other before there were containers. */
export function isKnownTime(iso: string): boolean {
  return !(Date.parse(iso) < 0)
}

/** The time since an ISO time, roughly: 12 s, 5 min, 3 h, 2 d. Empty when it is no time or lies ahead. */
export function formatAge(iso: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000)
  if (!Number.isFinite(seconds) || seconds < 0) return ''
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
