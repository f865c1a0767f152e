/** The front as a child of the root half, for a machine without systemd and for a panel that is started by hand. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { HostError, SetupError } from '../errors.ts'
import type { BoundSocket } from './bound-sockets.ts'
import { CLEAN_ENVIRONMENT, findProgram } from './clean-environment.ts'
import type { UserAccount } from './host.ts'

/** The first descriptor that is handed over (sd_listen_fds(3)). */
const FIRST_FD = 3

/** This program: what Node is given, and what more than {@link CLEAN_ENVIRONMENT} it finds. */
export interface FrontProgram {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface FrontRequest {
  readonly user: UserAccount
  /** What it listens on, in the order of the units: the page's addresses, then the control socket. */
  readonly sockets: readonly BoundSocket[]
  /** With the words of its command line, for example main.js serve. */
  readonly program: FrontProgram
}

export interface FrontProcess {
  readonly pid: number
  /** Its only way to the machine: one end of a socket pair. */
  readonly connection: Duplex
  /** How it ended, for a log. */
  readonly ended: Promise<string>
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

/**
 * Starts the front with the user's ids, without groups, capabilities and the way to get any, and with nothing of this
 * process but the sockets.
 * @throws {SetupError} COMMAND_MISSING setpriv(1) is not there
 */
export async function startFront({ user, sockets, program }: FrontRequest): Promise<FrontProcess> {
  const setpriv = await findProgram('setpriv')
  if (setpriv === null) throw new SetupError('COMMAND_MISSING', { detail: 'setpriv' })
  const hostFd = FIRST_FD + sockets.length
  const words = [
    ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'],
    ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--pdeathsig=KILL'],
    ...['--', process.execPath, ...program.argv],
  ]
  const child = spawn(setpriv, words, {
    cwd: '/',
    env: {
      ...CLEAN_ENVIRONMENT,
      ...program.env,
      LISTEN_FDS: String(sockets.length),
      RAZROOM_PANEL_HOST_FD: String(hostFd),
    },
    stdio: ['ignore', 'inherit', 'inherit', ...sockets.map(({ fd }) => fd), 'pipe'],
    // A Ctrl-C is for the root half, which ends the front in order.
    detached: true,
  })
  const ended = waitForEnd(child)
  const connection = child.stdio[hostFd]
  if (child.pid === undefined || connection === null || connection === undefined)
    throw new HostError('COMMAND_FAILED', { detail: `the front did not start: ${await ended}` })
  // The type knows readable and writable pipes; one beyond the first three is both (child_process, options.stdio).
  return {
    pid: child.pid,
    connection: connection as Duplex,
    ended,
    kill: (signal) => void child.kill(signal),
  }
}

function waitForEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}
