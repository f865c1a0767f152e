import { readFileSync, readlinkSync } from 'node:fs'
import { isMissing } from './file-errors.ts'

/**
 * A process that can be recognised later although pids are used again: the start time (clock ticks since boot,
 * field 22 of proc_pid_stat(5)), the boot and the pid namespace belong to it.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTicks: string
  readonly bootId: string
  readonly pidNamespace: string
}

interface Stat {
  readonly state: string
  readonly parentPid: number
  readonly startTicks: string
}

/** Reads /proc/PID/stat; `undefined` when there is no such process. */
export function readStat(pid: number): Stat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    // ESRCH: it ended between open and read.
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
    throw error
  }
  // The program's name stands in parentheses and may itself contain blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields
  const startTicks = fields[19]
  if (state === undefined || parent === undefined || startTicks === undefined) {
    throw new Error(`/proc/${pid}/stat is not as proc_pid_stat(5) says: ${text}`)
  }
  return { state, parentPid: Number(parent), startTicks }
}

/** The identity of a living process. @throws when it is gone. */
export function identify(pid: number): ProcessIdentity {
  const stat = readStat(pid)
  if (stat === undefined) throw new Error(`process ${pid} has ended`)
  return { pid, startTicks: stat.startTicks, bootId: readBootId(), pidNamespace: readPidNamespace() }
}

/**
 * Whether that very process still runs. A process of another pid namespace can't be judged from here and counts
 * as alive, so that nobody's host is swept by mistake.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== readBootId()) return false
  if (identity.pidNamespace !== readPidNamespace()) return true
  const stat = readStat(identity.pid)
  return stat !== undefined && stat.startTicks === identity.startTicks && stat.state !== 'Z'
}

/** The kernel's id of this boot. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function readPidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid')
}
