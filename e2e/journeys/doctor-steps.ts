import type { DoctorFinding, DoctorReport } from '../../contract/doctor.ts'
import type { PanelHost } from '../host/panel-host.ts'

export interface DoctorAnswer extends DoctorReport {
  readonly exitCode: number
}

/** Asks the doctor on the shell. @throws when it prints no report */
export async function askDoctor(panel: PanelHost, ...options: string[]): Promise<DoctorAnswer> {
  const { exitCode, json, stdout, stderr } = await panel.tryCli(['doctor', ...options, '--json'])
  const report = json as DoctorReport | undefined
  if (!report?.findings) throw new Error(`razroom-panel doctor: ${exitCode}\n${stdout}\n${stderr}`)
  return { ...report, exitCode }
}

/** The findings that count, by id. */
export function badOf({ findings }: DoctorReport): string[] {
  return findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id)
}

/** What the checks say that could not look, or that took too long. */
export function troubleOf({ checks }: DoctorReport): string[] {
  return checks
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ id, said, tookMs }) => `${id}: ${said} (${tookMs} ms)`)
}

/** @throws when there is no such finding */
export function findingOf(report: DoctorReport, id: string): DoctorFinding {
  const finding = report.findings.find((one) => one.id === id)
  if (!finding) throw new Error(`no ${id} among ${report.findings.map((one) => one.id).join(', ')}`)
  return finding
}
