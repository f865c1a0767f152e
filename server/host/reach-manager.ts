import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandError } from '../errors.ts'
import type { CommandResult, RunCommand } from './run-command.ts'

/** A reload takes a fifth of a second on two idle cores. */
const PAUSES_MS: readonly number[] = [200, 500, 1_500]

/**
 * For programs that go to a user's manager by root's way (`--machine=NAME@.host`), which starts it. systemd reloads itself
 * whenever a program of the machine asks for it, and opens no session meanwhile: the way then leads nowhere, and the
 * program ends at once (docs/facts/podman-and-systemd.md). Nothing was asked of the manager, so it is tried again.
 * @returns the same as `run`, and throws the same
 */
export function reachManager(run: RunCommand, pausesMs = PAUSES_MS): RunCommand {
  return async (argv, options) => {
    // A stream can be read once, and ends with the program that wrote to it.
    if (options.stdin instanceof Readable || options.stdoutTo !== undefined) return run(argv, options)
    for (const pauseMs of pausesMs) {
      const result = await tryOnce(() => run(argv, options))
      if (result !== null) return result
      await wait(pauseMs)
    }
    return run(argv, options)
  }
}

/** Null when the program did not get to the manager; an exit code that counts as an answer hides that, too. */
async function tryOnce(start: () => Promise<CommandResult>): Promise<CommandResult | null> {
  try {
    const result = await start()
    return result.exitCode !== 0 && isUnreached(result.stderrLines) ? null : result
  } catch (error) {
    if (error instanceof CommandError && isUnreached(error.failure.lastLines)) return null
    throw error
  }
}

/** As systemd-stdio-bridge(1), and the program that waits for it, say it. */
function isUnreached(lines: readonly string[]): boolean {
  const text = lines.join('\n')
  return /Failed to connect to (?:[a-z]+ scope )?bus/.test(text) && text.includes('endpoint is not connected')
}
