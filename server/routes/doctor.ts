import type { DoctorReport, SupportBundle } from '../../contract/doctor.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { examine } from '../operations/doctor.ts'
import { examineStart } from '../operations/doctor-start.ts'
import { planFix } from '../operations/fix-finding.ts'
import { readBundle } from '../operations/support-bundle.ts'
import type { PanelDeps } from './deps.ts'

type DoctorKeys = 'GET /api/doctor' | 'GET /api/doctor/bundle' | 'POST /api/doctor/:check/fix'

export function doctorRoutes({
  doctor,
  runner,
  remember,
}: Pick<PanelDeps, 'doctor' | 'runner' | 'remember'>): Pick<Handlers, DoctorKeys> {
  /** A look starts a dozen programs: who asks while one goes on gets its answer. */
  const looks = new Map<string, Promise<DoctorReport>>()
  let bundle: Promise<SupportBundle> | null = null
  return {
    'GET /api/doctor': ({ query }) => {
      const kind = query.about ?? (query.slow === true ? 'slow' : 'quick')
      const begin = () => (kind === 'start' ? examineStart(doctor) : examine(doctor, kind === 'slow'))
      const look = looks.get(kind) ?? begin().finally(() => looks.delete(kind))
      looks.set(kind, look)
      return look
    },
    'GET /api/doctor/bundle': () => {
      bundle ??= readBundle(doctor, runner.list()).finally(() => {
        bundle = null
      })
      return bundle
    },
    'POST /api/doctor/:check/fix': async ({ params, request }) => {
      const plan = await planFix(doctor, params.check, remember)
      const { id } = await runner.start(plan, request.startedBy)
      return { operationId: id }
    },
  }
}
