import { setTimeout as wait } from 'node:timers/promises'
import { type ProcessEntry, processTree, readProcess, readProcesses } from './process-table.ts'

const LOOK_EVERY_MS = 50
/** A process in uninterruptible sleep outlives SIGKILL for as long as its I/O takes; nobody waits longer for it. */
const KILL_GRACE_MS = 5_000

/**
 * Ends a process, its group and everything below it: SIGTERM first, SIGKILL after `graceMs`. What daemonised itself
 * before (a container's monitor) is no longer below it and lives on.
 *
 * @param pid the leader of its own process group
 * @param graceMs how long the processes may take to end by themselves, in milliseconds
 */
export async function endProcessTree(pid: number, graceMs: number): Promise<void> {
  const known = new Map<number, ProcessEntry>()
  const remember = (): void => {
    const processes = readProcesses()
    const roots = [pid, ...known.keys()]
    for (const root of roots) for (const entry of processTree(processes, root)) known.set(entry.pid, entry)
  }
  remember()
  sendSignal(-pid, 'SIGTERM')
  for (const entry of known.values()) sendSignal(entry.pid, 'SIGTERM')
  const deadline = Date.now() + graceMs
  while (Date.now() < deadline) {
    if (living(known).length === 0) return
    await wait(LOOK_EVERY_MS)
    remember()
  }
  sendSignal(-pid, 'SIGKILL')
  for (const entry of living(known)) sendSignal(entry.pid, 'SIGKILL')
  await untilGone(known, Date.now() + KILL_GRACE_MS)
}

/** SIGKILL is delivered when the kernel gets to it; on a busy machine that is not at once. */
async function untilGone(known: Map<number, ProcessEntry>, deadline: number): Promise<void> {
  while (living(known).length > 0 && Date.now() < deadline) await wait(LOOK_EVERY_MS)
}

/** Those that still are the processes they were: a pid that went to another process counts as ended. */
function living(known: Map<number, ProcessEntry>): ProcessEntry[] {
  const alive: ProcessEntry[] = []
  for (const entry of known.values()) {
    const now = readProcess(entry.pid)
    if (now && now.startTime === entry.startTime && !now.isZombie) alive.push(entry)
    else known.delete(entry.pid)
  }
  return alive
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // ESRCH: it has ended by itself, which is what was wanted (kill(2)).
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
