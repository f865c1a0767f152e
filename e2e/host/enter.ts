import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findCgroupMounts } from './cgroup.ts'
import { isMissing } from './file-errors.ts'
import { type HostRecord, hostPaths } from './host-record.ts'
import { KINDS } from './kinds.ts'
import { isAlive } from './process-identity.ts'
import { makeProgramCgroup, type PreparedProgram, type RunOptions } from './program.ts'

/** Where a host that reaches the mirrors sees the npm cache that all hosts share. */
export const NPM_CACHE_INSIDE = '/var/cache/razroom-e2e-npm'

/**
 * Prepares a program to run inside a host, in all of its namespaces.
 * @throws when the host is not up or has no such user
 */
export async function prepareInside(
  record: HostRecord,
  argv: readonly string[],
  options: RunOptions,
): Promise<PreparedProgram> {
  const { tree } = await hostPaths(record.name)
  const account = await readAccount(tree, options.user ?? 'root')
  const { systemd } = KINDS[record.kind]
  const hostGroup = await hostCgroup(record.name)
  return {
    title: `${record.name}$ ${argv.join(' ')}`,
    argv: enterArgv(requireInit(record), systemd, account, options.cwd ?? '/', argv),
    env: { ...(await loginEnvironment(record, account)), ...record.env, ...options.env },
    // Below nspawn's `payload`, which is the root that the host's systemd sees; systemd leaves it alone.
    cgroup: await makeProgramCgroup(systemd ? join(hostGroup, 'payload') : hostGroup),
  }
}

/** Prepares a program of the outer machine to run in the host's network namespace. */
export async function prepareOutside(
  record: HostRecord,
  argv: readonly string[],
  options: RunOptions,
): Promise<PreparedProgram> {
  const { netnsPath } = await hostPaths(record.name)
  const chdir = options.cwd === undefined ? [] : ['env', `--chdir=${options.cwd}`]
  return {
    title: `(outside, in the network of ${record.name})$ ${argv.join(' ')}`,
    argv: ['nsenter', `--net=${netnsPath}`, '--', ...chdir, ...argv],
    env: { ...definedVariables(process.env), ...options.env },
    cgroup: await outerCgroup(record.name),
  }
}

/** The group of a host: every process that belongs to it is in there. */
export async function hostCgroup(name: string): Promise<string> {
  return join((await findCgroupMounts()).unified, name)
}

/** A new group of the host for a program that runs outside of it, so that it ends with the host. */
export async function outerCgroup(name: string): Promise<string> {
  return makeProgramCgroup(join(await hostCgroup(name), 'outer'))
}

/** The pid of the host's PID 1. @throws when it is not up */
export function requireInit(record: HostRecord): number {
  if (record.init === undefined || !isAlive(record.init)) {
    throw new Error(`the host ${record.name} is not up: take it down and create another`)
  }
  return record.init.pid
}

async function loginEnvironment(record: HostRecord, account: Account): Promise<Record<string, string>> {
  const admin = account.uid === 0
  const environment: Record<string, string> = {
    // As login(1) sets it on Debian, see ENV_SUPATH and ENV_PATH in /etc/login.defs.
    PATH: `${admin ? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' : '/usr/local/bin:/usr/bin:/bin'}`,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    LANG: 'C.UTF-8',
  }
  const runtime = `/run/user/${account.uid}`
  if (await exists(`/proc/${requireInit(record)}/root${runtime}`)) environment.XDG_RUNTIME_DIR = runtime
  // The shared cache is root's; npm of another user could not write it.
  if (admin && record.network === 'mirrors') environment.npm_config_cache = NPM_CACHE_INSIDE
  return environment
}

/**
 * The argv that runs `argv` inside the namespaces of the process `initPid`.
 * @param ownCgroupNamespace whether the host has one, as those with systemd do
 */
function enterArgv(
  initPid: number,
  ownCgroupNamespace: boolean,
  account: Account,
  cwd: string,
  argv: readonly string[],
): string[] {
  const groups = account.uid === 0 ? '--clear-groups' : '--init-groups'
  return [
    ...['nsenter', `--target=${initPid}`, '--mount', '--uts', '--ipc', '--net', '--pid'],
    ...(ownCgroupNamespace ? ['--cgroup', '--'] : ['--']),
    // When nsenter is killed the program is told so: it is nsenter's child, for it enters a pid namespace.
    ...['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, groups, '--pdeathsig=TERM', '--'],
    ...['env', `--chdir=${cwd}`, ...argv],
  ]
}

/** One line of the host's /etc/passwd. */
interface Account {
  name: string
  uid: number
  gid: number
  home: string
}

/** Looks a user up in a tree. @throws when there is none of that name */
async function readAccount(tree: string, user: string): Promise<Account> {
  const lines = (await readFile(join(tree, 'etc/passwd'), 'utf8')).split('\n').map((line) => line.split(':'))
  const [, , uid, gid, , home] = lines.find(([name]) => name === user) ?? []
  if (uid === undefined || gid === undefined || home === undefined) {
    throw new Error(`the host has no user '${user}'`)
  }
  return { name: user, uid: Number(uid), gid: Number(gid), home }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function definedVariables(variables: NodeJS.ProcessEnv): Record<string, string> {
  const defined: Record<string, string> = {}
  for (const [name, value] of Object.entries(variables)) if (value !== undefined) defined[name] = value
  return defined
}
