/** The gateway's own commands, run inside its container: one at a time, for each loads the whole program. */
import { lowPriorityFlags, TIMED_OUT_EXIT } from '../domain/low-priority.ts'
import { TOKEN_VARIABLE } from '../domain/token.ts'
import { CommandTimeout, HostError, PanelError } from '../errors.ts'
import type { ContainerCommandResult, Host, UserAccount } from '../host/host.ts'
import { readEffectiveToken, requireUser } from './gateway-files.ts'

const MAX_OUTPUT_BYTES = 1_048_576
const LAST_LINES = 5
const MAX_DETAIL = 1_000
const UNAUTHORIZED = /unauthorized/i

export interface GatewayCommands {
  /**
   * Runs `node dist/index.js WORDS` after every one that was asked for before.
   * @param timeoutMs from its own start on
   * @returns its answer when it exits with 0, or with another code that `accepts` takes
   * @throws {PanelError} SETUP_REQUIRED, GATEWAY_NOT_RUNNING, GATEWAY_COMMAND_FAILED
   */
  run(
    words: readonly string[],
    timeoutMs: number,
    accepts?: (result: ContainerCommandResult) => boolean,
  ): Promise<ContainerCommandResult>
  /**
   * The same for what nobody waits for: after every command that was asked for before, of either kind, at the lowest
   * priority. Who asks by `run` meanwhile does not wait for it.
   * @throws {PanelError} as `run`
   */
  runInBackground(words: readonly string[], timeoutMs: number): Promise<ContainerCommandResult>
}

export function createGatewayCommands(host: Host): GatewayCommands {
  let last: Promise<unknown> = Promise.resolve()
  let background: Promise<unknown> = Promise.resolve()
  /** Until nothing runs that somebody waits for. */
  async function idle(): Promise<void> {
    for (let seen: unknown = null; seen !== last; await last) seen = last
  }
  return {
    run(words, timeoutMs, accepts = () => false) {
      const turn = last.then(() => runOne(host, words, { timeoutMs, accepts, flags: [] }))
      last = turn.catch(() => undefined)
      return turn
    },
    runInBackground(words, timeoutMs) {
      const flags = lowPriorityFlags(timeoutMs)
      const accepts = ({ exitCode }: ContainerCommandResult) => exitCode === UNKNOWN_FLAG_EXIT
      const turn = background.then(idle).then(async () => {
        const result = await runOne(host, words, { timeoutMs, accepts, flags })
        // An image whose Node is too old for the flag: the answer is worth more than the priority.
        if (result.exitCode !== UNKNOWN_FLAG_EXIT) return result
        return runOne(host, words, { timeoutMs, accepts: () => false, flags: [] })
      })
      background = turn.catch(() => undefined)
      return turn
    },
  }
}

/** Of Node, for an option that it does not know (its documentation, "Exit codes"). */
const UNKNOWN_FLAG_EXIT = 9

interface RunOptions {
  readonly timeoutMs: number
  readonly accepts: (result: ContainerCommandResult) => boolean
  /** Of Node. */
  readonly flags: readonly string[]
}

async function runOne(
  host: Host,
  words: readonly string[],
  { timeoutMs, accepts, flags }: RunOptions,
): Promise<ContainerCommandResult> {
  const { user, settings } = await requireUser(host)
  const container = settings.containerName
  const program = ['dist/index.js', ...words] as const
  const argv = ['node', ...flags, ...program] as const
  const command = host.describePodman(user, ['exec', container, 'node', ...program])
  const until = Date.now() + timeoutMs
  const exec = (env: Record<string, string>) => {
    const limits = { timeoutMs: Math.max(1_000, until - Date.now()), maxBytes: MAX_OUTPUT_BYTES }
    return host.execInContainer(user, { container, argv, env, ...limits })
  }
  try {
    const token = await readTokenVariable(host, user)
    let result = await exec(token)
    // The files changed since the gateway started: then it still has the token that its container was given.
    if (result.exitCode !== 0 && UNAUTHORIZED.test(said(result)) && TOKEN_VARIABLE in token)
      result = await exec({})
    if (result.exitCode === 0 || accepts(result)) return result
    if (result.exitCode === TIMED_OUT_EXIT && flags.length > 0) throw failAsLate(timeoutMs, command)
    const detail = `it exited with ${result.exitCode}: ${said(result)}`
    throw new HostError('GATEWAY_COMMAND_FAILED', { detail, command })
  } catch (cause) {
    if (!(cause instanceof CommandTimeout)) throw cause
    throw failAsLate(timeoutMs, command, cause)
  }
}

function failAsLate(timeoutMs: number, command: string, cause?: unknown): HostError {
  const detail = `it did not end within ${Math.round(timeoutMs / 1000)} s`
  return new HostError('GATEWAY_COMMAND_FAILED', { detail, command, cause })
}

/** Its last words on standard error, which the host has redacted. */
function said({ stderrLines }: ContainerCommandResult): string {
  return stderrLines.slice(-LAST_LINES).join(' | ').slice(0, MAX_DETAIL)
}

/**
 * Commands in the container take the token of their environment before the one of razroom.json, the gateway the other
 * way round (docs/facts/razroom-gateway.md): after the wizard the two differ, and the gateway would refuse its own
 * commands.
 */
async function readTokenVariable(host: Host, user: UserAccount): Promise<Record<string, string>> {
  try {
    const token = await readEffectiveToken(host, user)
    return token === null ? {} : { [TOKEN_VARIABLE]: token.token }
  } catch (error) {
    // A file is broken by now: the command goes by what the container has.
    if (error instanceof PanelError) return {}
    throw error
  }
}
