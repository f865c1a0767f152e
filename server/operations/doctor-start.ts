/** Why a start failed, as far as a quick look tells: of the doctor's checks those that may know. */
import type { DoctorFinding, DoctorReport } from '../../contract/doctor.ts'
import { checksForLine } from '../domain/fatal-lines.ts'
import { PanelError } from '../errors.ts'
import { CHECKS, type DoctorOptions, examineBy } from './doctor.ts'
import type { Look } from './doctor-look.ts'

/** What keeps any start from its end: files that are read in milliseconds, and what podman and systemd were asked already. */
const ALWAYS = ['gateway', 'ports', 'unit', 'owner', 'image', 'env', 'config', 'disk']
/** When the gateway itself did not say why. */
const IN_THE_DARK = ['podman-use', 'user-manager', 'files', 'memory', 'helpers', 'runtime', 'subids']

/**
 * Runs the checks for the line with which the gateway ended; without one that is known, those of all usual reasons.
 * @returns what has to do with the line first, however much it weighs
 */
export async function examineStart(options: DoctorOptions): Promise<DoctorReport> {
  let related: readonly string[] = []
  const report = await examineBy(options, async (look) => {
    const known = await checksForEnd(look)
    related = known ?? []
    const ids = [...new Set([...(known ?? IN_THE_DARK), ...ALWAYS])]
    return ids.flatMap((id) => CHECKS.filter((check) => check.id === id))
  })
  const isRelated = ({ check }: DoctorFinding) => related.includes(check)
  const others = report.findings.filter((finding) => !isRelated(finding))
  return { ...report, findings: [...report.findings.filter(isRelated), ...others] }
}

/** null: the panel does not know how it ended. */
async function checksForEnd(look: Look): Promise<readonly string[] | null> {
  try {
    const { fatal } = (await look.status()).gateway
    return fatal ? checksForLine(fatal.line) : null
  } catch (error) {
    // podman cannot be asked: that is among the reasons, and its own check tells it.
    if (error instanceof PanelError) return null
    throw error
  }
}
