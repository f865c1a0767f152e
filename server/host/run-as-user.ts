/**
 * Runs programs as the user of the gateway: through the user's own manager where there is one, so that they get the
 * user's cgroup and bus and never the panel's; else by a dropped uid and gid.
 */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandMissing } from '../errors.ts'
import { CLEAN_ENVIRONMENT, findProgram } from './clean-environment.ts'
import { endProcessTree } from './end-process-tree.ts'
import type { UserAccount } from './host.ts'
import { reachManager } from './reach-manager.ts'
import type { CommandResult, RunCommand, RunOptions } from './run-command.ts'
import { hasUserManager, runtimeDirectory } from './user-account.ts'

export interface UserRunOptions
  extends Pick<RunOptions, 'timeoutMs' | 'stdin' | 'stdoutTo' | 'watch' | 'okExitCodes' | 'capture'> {
  /** What the program leaves behind (the monitor of a container) lives on when it ends or is cancelled. */
  readonly leavesProcesses?: boolean
  /** A dropped uid even where the user has a manager: for work on plain files. */
  readonly direct?: boolean
  /**
   * A program that follows something for the panel alone, and must not outlive it however the panel ends: the name of
   * its unit. The kernel ends it with us (prctl(2), PR_SET_PDEATHSIG); in the manager the next one of that name does.
   */
  readonly companion?: string
  /** Added to the program's environment; never part of an argv, so that a value may be a secret. */
  readonly env?: Readonly<Record<string, string>>
}

export type RunAsUser = (
  user: UserAccount,
  argv: readonly [string, ...string[]],
  options: UserRunOptions,
) => Promise<CommandResult>

/** The manager ends the program by itself this long after its time limit, should the panel be gone by then. */
const MANAGER_MARGIN_SECONDS = 10
const STOP_TIMEOUT_MS = 30_000
const END_GRACE_MS = 5_000
/** `systemctl stop` of a unit that is not loaded (systemctl(1), exit status). */
const NOT_LOADED = 5

/** @param run what it throws is thrown here too, with the argv as the caller gave it */
export function createRunAsUser(run: RunCommand): RunAsUser {
  const reach = reachManager(run)
  return async (user, argv, options) => {
    const { leavesProcesses = false, direct = false, companion, env: added = {}, ...rest } = options
    if (direct || !(await hasUserManager(user))) {
      const env = { ...added, ...(await userEnvironment(user)) }
      const bound = companion === undefined ? argv : (['setpriv', '--pdeathsig=TERM', '--', ...argv] as const)
      return run(bound, { ...rest, env, owner: { uid: user.uid, gid: user.gid }, shownArgv: argv })
    }
    const unit = `razroom-panel-${companion ?? randomBytes(6).toString('hex')}.service`
    if (companion !== undefined) await endUnit(run, user, unit)
    const [program, ...args] = argv
    // The manager would look the program up on the user's own PATH.
    const path = program.startsWith('/') ? program : await findProgram(program)
    if (path === null)
      throw new CommandMissing('COMMAND_MISSING', { detail: program, command: argv.join(' ') })
    const { timeoutMs } = options
    const variables = Object.keys(added)
    const command = managerArgv(unit, [path, ...args], { timeoutMs, leavesProcesses, variables })
    const shown = { shownArgv: argv, afterEnd: () => endUnit(run, user, unit) }
    if (companion === undefined) return run(command, { ...rest, ...(await asClient(user, added)), ...shown })
    // For as long as the panel runs: its session keeps the manager, and with it the gateway, should linger be off.
    const [manager, ...words] = command
    return reach([manager, `--machine=${user.name}@.host`, ...words], { ...rest, env: added, ...shown })
  }
}

/** The environment of a login of this user, as far as programs need it. */
export async function userEnvironment(user: UserAccount): Promise<Record<string, string>> {
  const runtime = await runtimeDirectory(user)
  return {
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    ...(runtime === null ? {} : { XDG_RUNTIME_DIR: runtime }),
  }
}

/**
 * How a client of the user's manager is run: as the user, on the user's own bus. Root's way (--machine=NAME@.host) opens
 * a session of PAM for each call, which costs more than most commands (docs/facts/podman-and-systemd.md).
 */
export async function asClient(
  user: UserAccount,
  added: Readonly<Record<string, string>> = {},
): Promise<Pick<RunOptions, 'env' | 'owner'>> {
  return {
    env: { ...added, ...(await userEnvironment(user)) },
    owner: { uid: user.uid, gid: user.gid },
  }
}

/**
 * systemd-run(1) as docs/facts/podman-and-systemd.md found it to work.
 * @param options `variables`: names whose values it takes from its own environment
 */
export function managerArgv(
  unit: string,
  argv: readonly string[],
  options: {
    readonly timeoutMs: number
    readonly leavesProcesses: boolean
    readonly variables?: readonly string[]
  },
): [string, ...string[]] {
  const maxSeconds = Math.ceil(options.timeoutMs / 1000) + MANAGER_MARGIN_SECONDS
  return [
    'systemd-run',
    '--user',
    '--pipe',
    '--wait',
    '--quiet',
    '--collect',
    `--unit=${unit}`,
    '--working-directory=/',
    ...Object.entries(CLEAN_ENVIRONMENT).map(([name, value]) => `--setenv=${name}=${value}`),
    ...(options.variables ?? []).map((name) => `--setenv=${name}`),
    `--property=RuntimeMaxSec=${maxSeconds}`,
    '--property=TimeoutStopSec=10',
    // Else conmon and the network helper of a container die with this unit.
    ...(options.leavesProcesses ? ['--property=KillMode=process'] : []),
    '--',
    // The manager expands $NAME in arguments (systemd.service(5), COMMAND LINES); systemd 252 has no switch for that.
    ...argv.map((argument) => argument.replaceAll('$', '$$$$')),
  ]
}

/**
 * Ending systemd-run leaves the unit running; and the unit may appear just after its client was ended. Its main process
 * is ended with all below it first: containers of a build are in control groups of their own, and podman 4.3 leaves
 * them behind when it is ended together with its unit.
 */
async function endUnit(run: RunCommand, user: UserAccount, unit: string): Promise<void> {
  const systemctl = ['systemctl', '--user'] as const
  const client = await asClient(user)
  for (const delayMs of [0, 200]) {
    await wait(delayMs)
    const { stdout } = await run([...systemctl, 'show', '--property=MainPID', '--value', '--', unit], {
      ...client,
      timeoutMs: STOP_TIMEOUT_MS,
    })
    const pid = Number(stdout.trim())
    if (await isProcessOf(pid, user)) await endProcessTree(pid, END_GRACE_MS)
    await run([...systemctl, 'stop', '--', unit], {
      ...client,
      timeoutMs: STOP_TIMEOUT_MS,
      okExitCodes: [0, NOT_LOADED],
    })
  }
}

/** The manager is the user's own and could name any process. */
async function isProcessOf(pid: number, user: UserAccount): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false
  return (await stat(`/proc/${pid}`).catch(() => null))?.uid === user.uid
}

/** The command line that a person with sudo types for the same, quoted for a shell. */
export function describeAsUser(
  user: UserAccount,
  argv: readonly string[],
  hasRuntimeDirectory: boolean,
): string {
  const runtime = hasRuntimeDirectory ? ['env', `XDG_RUNTIME_DIR=/run/user/${user.uid}`] : []
  return `cd / && ${['sudo', '-H', '-u', user.name, ...runtime, ...argv].map(shellWord).join(' ')}`
}

/** The word as a POSIX shell reads it back, quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
