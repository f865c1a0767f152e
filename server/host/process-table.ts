/** The processes of this machine as /proc shows them (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** In clock ticks since boot; with the pid it names one process for good. */
  readonly startTime: string
  /** User and system time of the process itself, in clock ticks (1/100 s on Linux, sysconf(_SC_CLK_TCK)). */
  readonly cpuTicks: number
  /** True for a process that ended and waits to be reaped. */
  readonly isZombie: boolean
}

/** Reads one line of /proc/PID/stat; the name in parentheses may hold anything, so the fields start at its last `)`. */
export function parseProcessStat(text: string): ProcessEntry | null {
  const open = text.indexOf(' (')
  const close = text.lastIndexOf(') ')
  if (open < 1 || close < open) return null
  const fields = text.slice(close + 2).split(' ')
  const [state, parent] = fields
  const startTime = fields[19]
  const entry = {
    pid: Number(text.slice(0, open)),
    parent: Number(parent),
    startTime: startTime ?? '',
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    isZombie: state === 'Z',
  }
  return Number.isInteger(entry.pid) && Number.isInteger(entry.parent) && startTime !== undefined
    ? entry
    : null
}

/**
 * One process, or null when it is gone. Without a thread: the kernel makes the line at once, and for a few hundred of them
 * every five seconds threads cost more than all the rest of an idle panel (docs/facts/performance.md).
 */
export function readProcess(pid: number): ProcessEntry | null {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // ENOENT or ESRCH (proc(5)): it has ended.
    return null
  }
}

/** All processes at this moment; those that end meanwhile are left out. */
export function readProcesses(): ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((name) => readProcess(Number(name))).filter((entry) => entry !== null)
}

/** The process and everything below it; empty when it is gone. */
export function processTree(processes: readonly ProcessEntry[], root: number): ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>()
  for (const entry of processes) {
    const siblings = children.get(entry.parent)
    if (siblings) siblings.push(entry)
    else children.set(entry.parent, [entry])
  }
  const tree = processes.filter((entry) => entry.pid === root)
  // The list grows while it is walked: breadth first, without recursion.
  for (const entry of tree) tree.push(...(children.get(entry.pid) ?? []))
  return tree
}
