import { setTimeout as sleep } from 'node:timers/promises'

const MIN_PAUSE_MS = 25
const MAX_PAUSE_MS = 250

/**
 * Polls until `probe` gives something other than `undefined` or `false`. The pauses are twice as long as the probe, 25 to
 * 250 ms: waiting leaves the processor to what is waited for.
 * @param what said in the error, for example `systemd in rz-1 answers`
 * @param timeoutMs the deadline in milliseconds; the last probe begins behind it, so that what has come while a slow one
 *   ran is seen
 * @returns what `probe` gave
 * @throws when the deadline passes, and at once when `probe` itself throws: probes throw only for faults
 */
export async function waitUntil<T>(
  what: string,
  timeoutMs: number,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const isLast = performance.now() > deadline
    const begun = performance.now()
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (isLast) throw new Error(`waited ${timeoutMs} ms in vain until: ${what}`)
    await sleep(Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, 2 * (performance.now() - begun))))
  }
}
