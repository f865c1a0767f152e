/** Units of the gateway's user: systemctl --user through the machine's own door, and Quadlet's generator. */
import { access, constants } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { CommandError, HostError, PanelError, SetupError } from '../errors.ts'
import type { UserAccount, Watch } from './host.ts'
import { reachManager } from './reach-manager.ts'
import { asClient, type RunAsUser } from './run-as-user.ts'
import type { CommandResult, RunCommand } from './run-command.ts'
import { lastTellingLines } from './unit-words.ts'
import { hasUserManager } from './user-account.ts'
import type { UserFiles } from './user-files.ts'

/** What systemd knows of a unit (org.freedesktop.systemd1(5)). */
export interface UnitFacts {
  /** loaded, not-found, bad-setting, error, masked. */
  readonly loadState: string
  /** active, activating, deactivating, inactive, failed. */
  readonly activeState: string
  /** running, auto-restart, dead, failed ... */
  readonly subState: string
  /** success, exit-code, start-limit-hit, timeout ... */
  readonly result: string
  /** Restarts by systemd since the last start that was asked for. */
  readonly restarts: number
  /** Exit code of the main process's last run. */
  readonly exitCode: number
  /** The file it was read from; a generated one for Quadlet. '' when not found. */
  readonly fragmentPath: string
  /** The .container file a generated unit was made from, or ''. */
  readonly sourcePath: string
  readonly dropInPaths: readonly string[]
  /** enabled, disabled, generated, static ... */
  readonly unitFileState: string
  /** A file of it changed since systemd read it. */
  readonly needsReload: boolean
}

export interface QuadletFile {
  /** Relative to the directory of units, for example razroom.container or razroom.container.d/10-mine.conf. */
  readonly name: string
  readonly text: string
}

export interface UserUnits {
  readUnit(user: UserAccount, name: string): Promise<UnitFacts>
  reloadUnits(user: UserAccount): Promise<void>
  /** Waits until the unit is up or has failed: UNIT_FAILED with what systemd says. */
  startUnit(user: UserAccount, name: string, watch?: Watch): Promise<void>
  restartUnit(user: UserAccount, name: string, watch?: Watch): Promise<void>
  /** No error when it is not loaded. */
  stopUnit(user: UserAccount, name: string, watch?: Watch): Promise<void>
  enableUnit(user: UserAccount, name: string): Promise<void>
  disableUnit(user: UserAccount, name: string): Promise<void>
  /** What the unit and systemd said of it since then, at most so many lines, oldest first. */
  readUnitJournal(user: UserAccount, name: string, since: Date, lines: number): Promise<readonly string[]>
  /** Forgets failures and the count of starts. */
  resetUnit(user: UserAccount, name: string): Promise<void>
  /** What Quadlet makes of these files, as they would lie in one directory. UNIT_INVALID with its message. */
  dryRunQuadlet(user: UserAccount, files: readonly QuadletFile[]): Promise<string>
  /** The command line a person would type, for example sudo systemctl --machine razroom@ --user restart razroom.service */
  describeSystemctl(user: UserAccount, args: readonly string[]): string
}

const QUERY_TIMEOUT_MS = 30_000
/** TimeoutStartSec of the unit, and some. */
const START_TIMEOUT_MS = 960_000
const STOP_TIMEOUT_MS = 120_000
/** What podman prints of a failed start, and systemd's words around it. */
const JOURNAL_LINES = 8
/** systemd's own, which are left out: one for each process of the unit that it ends. */
const NOISE_LINES = 60
/** EADDRINUSE as pasta, slirp4netns and podman print it. */
const PORT_TAKEN = /address already in use/i
const PORT_TRIES = 4
const PORT_PAUSE_MS = 500
/** `systemctl stop` of a unit that is not loaded (systemctl(1), exit status). */
const NOT_LOADED = 5
/** Where distributions put the generator (podman-systemd.unit(5)). */
const QUADLET_PROGRAMS = ['/usr/libexec/podman/quadlet', '/usr/lib/podman/quadlet']

const PROPERTIES = {
  LoadState: 'loadState',
  ActiveState: 'activeState',
  SubState: 'subState',
  Result: 'result',
  NRestarts: 'restarts',
  ExecMainStatus: 'exitCode',
  FragmentPath: 'fragmentPath',
  SourcePath: 'sourcePath',
  DropInPaths: 'dropInPaths',
  UnitFileState: 'unitFileState',
  NeedDaemonReload: 'needsReload',
} as const

const Shown = Type.Object(
  Object.fromEntries(Object.keys(PROPERTIES).map((name) => [name, Type.String()])) as Record<
    keyof typeof PROPERTIES,
    Type.TString
  >,
)

/** Arguments of systemctl with which it prints what {@link parseUnit} reads. */
export function readUnitArguments(name: string): string[] {
  return ['show', `--property=${Object.keys(PROPERTIES).join(',')}`, '--', name]
}

/** @param text output of `systemctl show --property=...`: one NAME=value a line */
export function parseUnit(text: string): UnitFacts {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
  })
  // systemd leaves out what a kind of unit or an older version does not know.
  const value = {
    ...Object.fromEntries(Object.keys(PROPERTIES).map((name) => [name, ''])),
    ...Object.fromEntries(pairs),
  }
  if (!Value.Check(Shown, value) || value.LoadState === '') {
    throw new HostError('COMMAND_FAILED', { detail: 'systemctl show printed something unknown' })
  }
  return {
    loadState: value.LoadState,
    activeState: value.ActiveState,
    subState: value.SubState,
    result: value.Result,
    restarts: Number(value.NRestarts) || 0,
    exitCode: Number(value.ExecMainStatus) || 0,
    fragmentPath: value.FragmentPath,
    sourcePath: value.SourcePath,
    dropInPaths: value.DropInPaths.split(' ').filter((path) => path !== ''),
    unitFileState: value.UnitFileState,
    needsReload: value.NeedDaemonReload === 'yes',
  }
}

/**
 * @param run for systemctl, which asks the user's manager as the user, and where there is none by root's own door
 *   (systemctl(1), --machine)
 * @param runAsUser for Quadlet's dry run, which reads files of the user
 */
export function createUserUnits(
  run: RunCommand,
  runAsUser: RunAsUser,
  files: Pick<UserFiles, 'ensureUserDirectory' | 'writeUserFile'>,
): UserUnits {
  const reach = reachManager(run)
  const systemctl = async (user: UserAccount, args: readonly string[], timeoutMs: number, watch?: Watch) => {
    const isUp = await hasUserManager(user)
    // A session of root's way starts a manager that does not run.
    const door = isUp ? [] : [`--machine=${user.name}@.host`]
    return reach(['systemctl', ...door, '--user', '--no-ask-password', ...args], {
      ...(isUp ? await asClient(user) : {}),
      timeoutMs,
      watch,
      okExitCodes: args[0] === 'stop' || args[0] === 'reset-failed' ? [0, 1, NOT_LOADED] : [0],
    })
  }
  /** @see UserUnits.readUnitJournal; the fields are told in docs/facts/podman-and-systemd.md */
  async function readJournal(user: UserAccount, name: string, since: Date, lines: number) {
    const uid = `_UID=${user.uid}`
    const matches = [`_SYSTEMD_USER_UNIT=${name}`, uid, '+', `USER_UNIT=${name}`, uid]
    const from = `--since=@${Math.floor(since.getTime() / 1000)}`
    const options = ['--no-pager', '--quiet', '--output=cat', `--lines=${lines + NOISE_LINES}`, from]
    const { stdout } = await run(['journalctl', ...options, ...matches], { timeoutMs: QUERY_TIMEOUT_MS })
    const said = stdout.split('\n').filter((line) => line.trim() !== '')
    return lastTellingLines(said, name, lines)
  }
  /** What was said up to now may still be on its way into the journal; the rest is told where that takes too long. */
  async function settleJournal(): Promise<void> {
    await run(['journalctl', '--sync'], { timeoutMs: QUERY_TIMEOUT_MS }).catch((error: unknown) => {
      if (!(error instanceof PanelError)) throw error
    })
  }
  /**
   * A job that fails is told with what podman said: systemctl itself only says that it failed. A port that the network
   * helper of the former container still holds is waited for, as podman.ts does.
   */
  async function runJob(user: UserAccount, verb: 'start' | 'restart', name: string, watch?: Watch) {
    for (let tries = 1; ; tries += 1) {
      const begun = new Date()
      try {
        await systemctl(user, [verb, '--', name], START_TIMEOUT_MS, watch)
        return
      } catch (error) {
        if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') throw error
        await settleJournal()
        const said = await readJournal(user, name, begun, JOURNAL_LINES)
        const isTaken = said.some((line) => PORT_TAKEN.test(line))
        if (!isTaken || tries === PORT_TRIES || watch?.signal?.aborted) {
          const lastLines = said.length > 0 ? said : error.failure.lastLines
          throw new CommandError({ ...error.failure, lastLines }, 'UNIT_FAILED', error)
        }
        await sleep(PORT_PAUSE_MS)
        await systemctl(user, ['reset-failed', '--', name], QUERY_TIMEOUT_MS)
      }
    }
  }
  return {
    async readUnit(user, name) {
      const { stdout } = await systemctl(user, readUnitArguments(name), QUERY_TIMEOUT_MS)
      return parseUnit(stdout)
    },
    async reloadUnits(user) {
      await systemctl(user, ['daemon-reload'], QUERY_TIMEOUT_MS)
    },
    startUnit: (user, name, watch) => runJob(user, 'start', name, watch),
    restartUnit: (user, name, watch) => runJob(user, 'restart', name, watch),
    readUnitJournal: readJournal,
    async stopUnit(user, name, watch) {
      const result = await systemctl(user, ['stop', '--', name], STOP_TIMEOUT_MS, watch)
      refuseOtherFailures(result, name)
    },
    async enableUnit(user, name) {
      await systemctl(user, ['enable', '--quiet', '--', name], QUERY_TIMEOUT_MS)
    },
    async disableUnit(user, name) {
      await systemctl(user, ['disable', '--quiet', '--', name], QUERY_TIMEOUT_MS)
    },
    async resetUnit(user, name) {
      const result = await systemctl(user, ['reset-failed', '--', name], QUERY_TIMEOUT_MS)
      refuseOtherFailures(result, name)
    },
    dryRunQuadlet: (user, quadlet) => dryRun(runAsUser, files, user, quadlet),
    describeSystemctl,
  }
}

/** The command line that a person with sudo types for the same. */
export function describeSystemctl(user: UserAccount, args: readonly string[]): string {
  return `sudo systemctl --machine ${user.name}@ --user ${args.join(' ')}`
}

/** `systemctl stop` and `reset-failed` exit with 1 or 5 when there is no such unit, which is as good. */
function refuseOtherFailures({ exitCode, stderrLines }: CommandResult, name: string): void {
  const said = stderrLines.join('\n')
  if (exitCode === 0 || /not loaded|not found/i.test(said)) return
  throw new HostError('UNIT_FAILED', { detail: `${name}: ${stderrLines.slice(-3).join(' | ')}` })
}

/** Path of Quadlet's generator, or null where podman has none (before 4.4). */
export async function findQuadlet(): Promise<string | null> {
  for (const path of QUADLET_PROGRAMS) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return null
}

/** Writes the files into a private directory of the user and lets the generator print what it would make of them. */
async function dryRun(
  runAsUser: RunAsUser,
  files: Pick<UserFiles, 'ensureUserDirectory' | 'writeUserFile'>,
  user: UserAccount,
  quadlet: readonly QuadletFile[],
): Promise<string> {
  const program = await findQuadlet()
  if (program === null) throw new SetupError('MODE_UNSUPPORTED', { detail: 'podman has no Quadlet here' })
  const directory = `${user.home}/.cache/razroom-panel/quadlet`
  const clean = () =>
    runAsUser(user, ['rm', '--recursive', '--force', '--', directory], {
      timeoutMs: QUERY_TIMEOUT_MS,
      direct: true,
    })
  await clean()
  try {
    for (const { name, text } of quadlet) {
      const path = join(directory, name)
      await files.ensureUserDirectory(user, dirname(path), 0o700)
      await files.writeUserFile(user, { path, bytes: new TextEncoder().encode(text), mode: 0o600 })
    }
    const { stdout } = await runAsUser(
      user,
      ['env', `QUADLET_UNIT_DIRS=${directory}`, program, '-user', '-dryrun'],
      { timeoutMs: QUERY_TIMEOUT_MS, direct: true },
    )
    return stdout
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') throw error
    throw new CommandError(error.failure, 'UNIT_INVALID', error)
  } finally {
    await clean()
  }
}
