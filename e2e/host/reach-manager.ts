import { setTimeout as sleep } from 'node:timers/promises'
import type { RunResult } from './program.ts'

const PAUSES_MS = [200, 500, 1_500, 5_000] as const

/**
 * For programs that go to a user's manager by root's way (`--machine=NAME@.host`): while systemd reloads itself, that way
 * leads nowhere, and they end at once with nothing done (docs/facts/podman-and-systemd.md). Then they are run once more.
 * @returns what `run` did, and throws what it threw
 */
export async function reachManager(run: () => Promise<RunResult>): Promise<RunResult> {
  for (const pauseMs of PAUSES_MS) {
    try {
      const result = await run()
      if (result.exitCode === 0 || !isUnreached(result.stderr)) return result
    } catch (error) {
      if (!isUnreached(String(error))) throw error
    }
    await sleep(pauseMs)
  }
  return run()
}

/** As systemd-stdio-bridge(1), and the program that waits for it, say it. */
function isUnreached(text: string): boolean {
  return /Failed to connect to (?:[a-z]+ scope )?bus/.test(text) && text.includes('endpoint is not connected')
}
