/** Runs a program inside a container that runs, as podman exec does: as the container's own user, without a terminal. */
import { ConflictError, HostError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'

export interface ContainerCommand {
  readonly container: string
  readonly argv: readonly [string, ...string[]]
  /**
   * Set for this program alone. The values go through the environment of podman, never through its arguments
   * (podman-exec(1), --env).
   */
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxBytes: number
}

export interface ContainerCommandResult {
  /** Of the program; 126 and 127 when it can't be run. */
  readonly exitCode: number
  /** Not redacted. */
  readonly stdout: string
  readonly stderrLines: readonly string[]
}

export interface ContainerExec {
  /**
   * @throws {ConflictError} GATEWAY_NOT_RUNNING there is no such container, or it does not run
   * @throws {CommandTimeout} after `timeoutMs`; what runs inside is left to its own time limit
   * @throws {HostError} COMMAND_FAILED more than `maxBytes` on standard output
   */
  execInContainer(user: UserAccount, command: ContainerCommand): Promise<ContainerCommandResult>
}

/** Any exit code is the program's answer. */
const ANY_EXIT = Array.from({ length: 256 }, (_, code) => code)
/** podman's own failures: 125, and 255 of 4.x when the container does not run. */
const PODMAN_FAILED = new Set([125, 255])
const NOT_THERE =
  /no such container|no container with (?:name or )?id|container state improper|is not running/i

/** @param runAsUser runs a program with the rights of the user and nothing of ours */
export function createContainerExec(runAsUser: RunAsUser): ContainerExec {
  return {
    async execInContainer(user, { container, argv, env = {}, timeoutMs, maxBytes }) {
      const names = Object.keys(env).flatMap((name) => ['--env', name])
      const { exitCode, stdout, stderrLines } = await runAsUser(
        user,
        ['podman', 'exec', ...names, '--', container, ...argv],
        { timeoutMs, okExitCodes: ANY_EXIT, env },
      )
      const said = stderrLines.slice(-3).join(' | ')
      if (PODMAN_FAILED.has(exitCode) && NOT_THERE.test(said))
        throw new ConflictError('GATEWAY_NOT_RUNNING', { detail: said })
      if (Buffer.byteLength(stdout) > maxBytes) {
        const detail = `${argv.join(' ')} printed more than ${maxBytes} bytes`
        throw new HostError('COMMAND_FAILED', { detail })
      }
      return { exitCode, stdout, stderrLines }
    },
  }
}
