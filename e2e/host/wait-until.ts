import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Polls every 25 ms until `probe` gives something other than `undefined` or `false`.
 * @param what said in the error, for example `systemd in rz-1 answers`
 * @param timeoutMs the deadline in milliseconds
 * @returns what `probe` gave
 * @throws when the deadline passes, and at once when `probe` itself throws: probes throw only for faults
 */
export async function waitUntil<T>(
  what: string,
  timeoutMs: number,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until: ${what}`)
    await sleep(25)
  }
}
