import { readFile } from 'node:fs/promises'
import type { Usage } from './host.ts'
import { processTree, readProcesses } from './process-table.ts'

/** sysconf(_SC_CLK_TCK) on Linux. */
const TICKS_PER_SECOND = 100

interface Sample {
  readonly takenAt: number
  readonly cpuTicks: number
}

/** Proportional share of memory, which counts shared pages once (proc_pid_smaps_rollup(5)); 0 when the process is gone. */
async function readMemory(pid: number): Promise<number> {
  try {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return 0
    throw error
  }
}

/**
 * CPU and memory of a process and all below it, from /proc, since cgroups don't tell everywhere.
 * @returns a reader that remembers the last sample of each pid; its first CPU figure is 0
 */
export function createUsageReader(
  now: () => number = () => performance.now(),
): (pid: number) => Promise<Usage | null> {
  const samples = new Map<number, Sample>()
  return async (pid) => {
    const tree = processTree(readProcesses(), pid)
    if (tree.length === 0) {
      samples.delete(pid)
      return null
    }
    const memory = await Promise.all(tree.map((entry) => readMemory(entry.pid)))
    const sample = { takenAt: now(), cpuTicks: tree.reduce((sum, entry) => sum + entry.cpuTicks, 0) }
    const last = samples.get(pid)
    samples.clear()
    samples.set(pid, sample)
    const elapsedSeconds = last ? (sample.takenAt - last.takenAt) / 1000 : 0
    const usedSeconds = last ? Math.max(0, sample.cpuTicks - last.cpuTicks) / TICKS_PER_SECOND : 0
    const cpuPercent = elapsedSeconds > 0 ? Math.round((usedSeconds / elapsedSeconds) * 1000) / 10 : 0
    return { cpuPercent, memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0) }
  }
}
