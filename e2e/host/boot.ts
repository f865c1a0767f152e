import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile } from 'node:fs/promises'
import { inCgroup } from './cgroup.ts'
import { isMissing } from './file-errors.ts'
import type { HostPaths } from './host-record.ts'
import { identify, isAlive, type ProcessIdentity, readStat } from './process-identity.ts'
import type { SupervisorCommand } from './supervisor-argv.ts'
import { waitUntil } from './wait-until.ts'

const INIT_TIMEOUT_MS = 90_000

/** The two processes that stand for a running host. */
export interface BootedHost {
  readonly supervisor: ProcessIdentity
  /** PID 1 of the host, as seen from outside. */
  readonly init: ProcessIdentity
}

/**
 * Starts the supervisor in the host's control group, detached from us (a Ctrl-C on our terminal must not reach
 * it), and waits until the host has its PID 1.
 * @throws with the end of the console log when it does not get there
 */
export async function bootHost(
  command: SupervisorCommand,
  cgroup: string,
  paths: HostPaths,
): Promise<BootedHost> {
  const log = await open(paths.consoleLog, 'a')
  const [program = '', ...args] = inCgroup(cgroup, command.argv)
  const child = spawn(program, args, {
    detached: true,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', log.fd, log.fd],
  })
  await once(child, 'spawn')
  await log.close()
  child.unref()
  if (child.pid === undefined) throw new Error(`${program} was started and has no pid`)
  const supervisor = identify(child.pid)
  const initPid = await waitUntil(`${command.argv[0]} has started an init`, INIT_TIMEOUT_MS, async () => {
    if (!isAlive(supervisor)) throw new Error(`the host ended while it booted:\n${await consoleTail(paths)}`)
    return findInit(supervisor.pid)
  })
  return { supervisor, init: identify(initPid) }
}

/** The last lines of what the host printed on its console. */
export async function consoleTail(paths: HostPaths): Promise<string> {
  return (await readFile(paths.consoleLog, 'utf8')).split('\n').slice(-30).join('\n')
}

/** The child of the supervisor that is PID 1 of its own pid namespace. */
async function findInit(supervisorPid: number): Promise<number | undefined> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || readStat(Number(entry))?.parentPid !== supervisorPid) continue
    const pids = await namespacePids(entry)
    if (pids.length > 1 && pids.at(-1) === '1') return Number(entry)
  }
  return undefined
}

async function namespacePids(pid: string): Promise<string[]> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return (/^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/)
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ESRCH') return []
    throw error
  }
}
