/** Mends what the doctor found: looks, does what the finding offered, and looks again. */
import type { DoctorFinding } from '../../contract/doctor.ts'
import { ConflictError, HostError, NotFoundError } from '../errors.ts'
import { CHECKS, type DoctorOptions, examine } from './doctor.ts'
import { MENDABLE, mendSteps } from './doctor-mends.ts'
import type { OperationPlan, Step } from './runner.ts'

/**
 * @param name id of a finding, or of a check: then all that it found and that can be mended
 * @param remember is told a token before it is written, so that it is masked from then on
 * @throws NotFoundError FINDING_UNKNOWN no check and no finding has this name
 * @throws ConflictError FINDING_NOT_MENDABLE with what it says to do
 */
export async function planFix(
  options: DoctorOptions,
  name: string,
  remember: (secret: string) => void,
): Promise<OperationPlan> {
  const { found, withSlow } = await find(options, name)
  const mendable = found.filter(({ fix }) => fix !== undefined)
  if (found.length > 0 && mendable.length === 0) {
    const detail = found.map(({ id, title, hint = '' }) => `${id}: ${title}. ${hint}`.trim()).join(' ')
    throw new ConflictError('FINDING_NOT_MENDABLE', { detail })
  }
  const deps = { host: options.host, remember }
  const steps = mendable.flatMap(({ id }) => mendSteps(deps, id))
  const ids = mendable.map(({ id }) => id)
  return {
    kind: 'fix-finding',
    steps: [
      foundStep(name, mendable),
      ...withoutDoubles(steps),
      ...(ids.length > 0 ? [proveStep(options, ids, withSlow)] : []),
    ],
  }
}

async function find(
  options: DoctorOptions,
  name: string,
): Promise<{ found: readonly DoctorFinding[]; withSlow: boolean }> {
  const check = CHECKS.find(({ id }) => id === name)
  const pick = (findings: readonly DoctorFinding[]) =>
    findings.filter((finding) => finding.id === name || finding.check === name)
  if (check?.isSlow !== true) {
    const quick = pick((await examine(options, false)).findings)
    if (quick.length > 0 || check) return { found: quick, withSlow: false }
  }
  const found = pick((await examine(options, true)).findings)
  if (found.length === 0 && !check && !MENDABLE.includes(name))
    throw new NotFoundError('FINDING_UNKNOWN', { detail: name })
  return { found, withSlow: true }
}

/** A mend that two findings share is done once. */
function withoutDoubles(steps: readonly Step[]): Step[] {
  return steps.filter((step, index) => steps.findIndex(({ id }) => id === step.id) === index)
}

function foundStep(name: string, findings: readonly DoctorFinding[]): Step {
  return {
    id: 'finding',
    title: 'What was found',
    async run(context) {
      context.command('sudo razroom-panel doctor')
      const told = findings.map(({ title, evidence }) => `${title}: ${evidence}`)
      context.found(told.length > 0 ? told.join('; ') : `${name}: nothing is wrong, so nothing is changed`)
    },
  }
}

function proveStep(options: DoctorOptions, ids: readonly string[], withSlow: boolean): Step {
  return {
    id: 'look-again',
    title: 'Look again',
    async run(context) {
      context.command(`sudo razroom-panel doctor${withSlow ? ' --slow' : ''}`)
      const { findings } = await examine(options, withSlow)
      const left = findings.filter(({ id }) => ids.includes(id))
      if (left.length > 0) {
        const detail = left.map(({ title, evidence }) => `${title}: ${evidence}`).join('; ')
        throw new HostError('FINDING_REMAINS', { detail })
      }
      context.found(`${ids.join(' and ')}: gone`)
    },
  }
}
