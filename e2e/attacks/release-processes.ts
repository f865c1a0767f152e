/**
 * For programs that run inside a host, as root: the processes of the panel, however many they are, and the memory that
 * is theirs. Imports nothing but Node.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const RELEASE = '/usr/local/lib/razroom-panel/'
/** Our own programs run on the panel's Node. */
const OWN = '/opt/razroom-attacks/'

export interface PanelProcess {
  readonly pid: number
  readonly command: string
}

/** The daemon and its helpers, whoever they run as: what runs a program of the release. */
export function findPanelProcesses(): PanelProcess[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        if (!readlinkSync(`/proc/${entry}/exe`).startsWith(RELEASE)) return []
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return command.includes(OWN) ? [] : [{ pid: Number(entry), command }]
      } catch {
        // It has ended meanwhile, or is a thread of the kernel.
        return []
      }
    })
}

/** The proportional share of all of them (proc_pid_smaps(5), Pss), in bytes. */
export function readPanelBytes(): number {
  let sum = 0
  for (const { pid } of findPanelProcesses()) {
    try {
      sum += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum * 1024
}

/** How often the panel's processes have this file open, whether it is still in its place or not. */
export function countOpenFiles(path: string): number {
  let count = 0
  for (const { pid } of findPanelProcesses()) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`))
        if (readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(path)) count += 1
    } catch {
      // It has ended, or closed it meanwhile.
    }
  }
  return count
}
