/** Lines of the journal that systemd wrote about a unit, and conmon's about its work: true of each end, telling of none. */
const JOB = /^(?:Starting|Started|Stopping|Stopped|Failed to start|Reloading) /
const CONMON = /^conmon [0-9a-f]+ <n(?:info|warn|debug)>: (?!runtime stderr)/

/**
 * The last lines that say why a unit ended. systemd writes one for each process it ends, which would push podman's only
 * line out. All lines as they are, when nothing else is among them.
 * @param unit as systemctl knows it
 * @param count how many lines at most
 */
export function lastTellingLines(lines: readonly string[], unit: string, count: number): string[] {
  const isSystemd = (line: string) => line.startsWith(`${unit}: `) || (JOB.test(line) && line.includes(unit))
  const telling = lines.filter((line) => !isSystemd(line) && !CONMON.test(line))
  return (telling.length > 0 ? telling : lines).slice(-count)
}
