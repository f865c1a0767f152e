/** What the panel's processes use: all whose program is the release's Node, but for those of the benchmark itself. */
import type { TestHost } from '../e2e/host/host.ts'

const CLOCK_TICKS_PER_SECOND = 100

const EACH_PROCESS = `
for process in /proc/[0-9]*; do
  case $(readlink "$process/exe" 2> /dev/null) in */razroom-panel/*) ;; *) continue ;; esac
  if tr '\\0' ' ' < "$process/cmdline" 2> /dev/null | grep -q bench-; then continue; fi
  awk '{ print "cpu", $14 + $15 }' "$process/stat" 2> /dev/null
  awk '/^Pss:/ { print "pss", $2 }' "$process/smaps_rollup" 2> /dev/null
done`

export interface PanelLoad {
  /** Since each process began, s. */
  readonly cpuSeconds: number
  readonly pssMegabytes: number
  readonly processes: number
}

export async function readLoad(host: TestHost): Promise<PanelLoad> {
  const { stdout } = await host.run(['bash', '-c', EACH_PROCESS])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  const sum = (kind: string): number =>
    rows.filter(([name]) => name === kind).reduce((total, [, value]) => total + Number(value), 0)
  return {
    cpuSeconds: sum('cpu') / CLOCK_TICKS_PER_SECOND,
    pssMegabytes: sum('pss') / 1_024,
    processes: rows.filter(([name]) => name === 'pss').length,
  }
}

/** Proportional share of one process (proc_pid_smaps_rollup(5)), MB. */
export async function memoryOf(host: TestHost, pid: number): Promise<number> {
  const { stdout } = await host.run(['awk', '/^Pss:/ { print $2 }', `/proc/${pid}/smaps_rollup`])
  return Number(stdout) / 1_024
}
