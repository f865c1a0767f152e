import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { DoctorReport } from '../../../contract/doctor.ts'
import type { Problem, Status } from '../../../contract/schemas.ts'
import { examineStart, fixFinding } from '../../api/doctor.ts'
import { toProblem } from '../../api/problem.ts'
import { reportedOperation } from '../../state/operation-report.ts'
import { runningOperation } from '../../state/operations.ts'
import { FindingItem } from '../../ui/finding-item.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { hasFailedToStart } from './has-failed-to-start.ts'

/** The card of the gateway says that already, and has its button. */
const KNOWN_ALREADY = 'gateway.failed'

/** After a start that failed: what the doctor finds by a quick look, with what mends it. Nothing otherwise. */
export function StartFindings(props: {
  status: Status
  reason: string | undefined
  report: (work: Promise<void>) => void
}): JSX.Element | null {
  const { gateway } = props.status
  const last = reportedOperation.value
  const isWanted = hasFailedToStart(props.status, last) && runningOperation.value === null
  const look = useStartLook(isWanted ? `${last?.id} ${gateway.since} ${gateway.exitCode}` : null)
  if (!isWanted) return null
  const findings = look.report?.findings.filter(
    ({ id, severity }) => severity !== 'info' && id !== KNOWN_ALREADY,
  )
  return (
    <section class="card stack" aria-label="What the doctor finds">
      <div class="row-apart">
        <h2>What the doctor finds</h2>
        <a href="/doctor">Look at everything</a>
      </div>
      {!look.report && !look.problem && <Loading what="Looking for the reason" />}
      {look.problem && <ProblemView problem={look.problem} />}
      {findings?.length === 0 && (
        <p class="muted">A quick look found nothing that keeps the gateway from starting.</p>
      )}
      {findings && findings.length > 0 && (
        <ul>
          {findings.map((finding) => (
            <FindingItem
              key={`${finding.id} ${finding.evidence}`}
              finding={finding}
              looked={look.report?.checks.find(({ id }) => id === finding.check)?.looked}
              reason={props.reason}
              onMend={({ id }) => props.report(fixFinding(id))}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

interface StartLook {
  readonly report: DoctorReport | null
  readonly problem: Problem | null
}

/** Looks once for each end that is to be explained. @param of what tells it from others; null: nothing is to be */
function useStartLook(of: string | null): StartLook {
  const [look, setLook] = useState<StartLook>({ report: null, problem: null })
  useEffect(() => {
    if (of === null) return
    let isStale = false
    setLook({ report: null, problem: null })
    const take = (next: StartLook): void => {
      if (!isStale) setLook(next)
    }
    examineStart().then(
      (report) => take({ report, problem: null }),
      (error) => take({ report: null, problem: toProblem(error) }),
    )
    return () => {
      isStale = true
    }
  }, [of])
  return look
}
