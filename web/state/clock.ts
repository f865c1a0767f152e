/** The time on the gateway's machine, as well as it is known here: a browser at the other end of a tunnel has its own. */
import { signal } from '@preact/signals'

/** Differences below this come from the Date header's resolution of a second, and from the way here. */
const IGNORED_MS = 2_000

let offsetMs = 0

/** Milliseconds since the epoch, ticking every second. */
export const now = signal(Date.now())

/** Learns the machine's clock. @param time of the answer's Date header, in ms since the epoch */
export function setServerTime(time: number): void {
  const difference = time - Date.now()
  offsetMs = Math.abs(difference) < IGNORED_MS ? 0 : difference
}

/** Keeps `now` ticking. @returns a function that stops it */
export function startClock(): () => void {
  const timer = setInterval(() => {
    now.value = Date.now() + offsetMs
  }, 1_000)
  return () => clearInterval(timer)
}
