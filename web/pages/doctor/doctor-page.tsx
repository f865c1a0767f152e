import './doctor.css'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { DoctorFinding, DoctorReport } from '../../../contract/doctor.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { examine, fixFinding, saveBundle } from '../../api/doctor.ts'
import { cancelOperation } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { now } from '../../state/clock.ts'
import { doctorReport, examining } from '../../state/doctor.ts'
import { dismissReport, reportOf } from '../../state/operation-report.ts'
import { runningOperation } from '../../state/operations.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { countOf, formatDateTime } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { OperationPanel } from '../../ui/operation-panel.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { CheckTable } from './check-table.tsx'
import { FindingGroup } from './finding-group.tsx'

const GROUPS = [
  ['error', 'Problems'],
  ['warning', 'Warnings'],
  ['info', 'Notes'],
] as const

/** What was looked at, what is wrong, and what mends it. */
export function DoctorPage(): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null)
  const report = (work: Promise<void>): void => {
    setProblem(null)
    work.catch((error) => setProblem(toProblem(error)))
  }
  useFreshLook()
  const remote = doctorReport.value
  const shown = reportOf(['fix-finding'])
  return (
    <div class="page">
      <div class="page-head">
        <h1>Doctor</h1>
        <p class="muted">Everything the gateway needs, looked at: what is wrong, and what mends it.</p>
      </div>
      <Actions report={report} />
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      {shown && (
        <OperationPanel
          operation={shown}
          now={now.value}
          onCancel={() => report(cancelOperation(shown.id))}
          onDismiss={() => dismissReport(shown.id)}
        />
      )}
      {remote.kind === 'loading' && <Loading what="Looking at everything" />}
      {remote.kind === 'failed' && (
        <ProblemView problem={remote.problem} onRetry={() => void examine(false)} />
      )}
      {remote.kind === 'known' && (
        <Report report={remote.value} onMend={({ id }) => report(fixFinding(id))} />
      )}
      <EquivalentCommands
        commands={[
          ['Look', 'sudo razroom-panel doctor'],
          ['Slow checks, too', 'sudo razroom-panel doctor --slow'],
          ['Mend', 'sudo razroom-panel doctor --fix CHECK'],
          ['Support bundle', 'sudo razroom-panel doctor --bundle FILE'],
        ]}
      />
    </div>
  )
}

/** Looks when the page is opened, and again after each operation, for it may have changed anything. */
function useFreshLook(): void {
  const isRunning = runningOperation.value !== null
  const hasLooked = useRef(false)
  useEffect(() => {
    if (isRunning && hasLooked.current) return
    hasLooked.current = true
    void examine(false)
  }, [isRunning])
}

function Actions({ report }: { report: (work: Promise<void>) => void }): JSX.Element {
  const current = examining.value
  const [isSaving, setSaving] = useState(false)
  const reason = current === null ? undefined : 'It is looking already'
  return (
    <div class="row">
      <Button
        isBusy={current === 'quick'}
        reason={current === 'slow' ? reason : undefined}
        onClick={() => void examine(false)}
      >
        Run again
      </Button>
      <Button
        isBusy={current === 'slow'}
        reason={current === 'quick' ? reason : undefined}
        onClick={() => void examine(true)}
      >
        Run the slow checks
      </Button>
      <Button
        kind="quiet"
        isBusy={isSaving}
        onClick={() => {
          setSaving(true)
          report(saveBundle().finally(() => setSaving(false)))
        }}
      >
        Download a support bundle
      </Button>
    </div>
  )
}

function Report(props: { report: DoctorReport; onMend: (finding: DoctorFinding) => void }): JSX.Element {
  const { findings, checks, at } = props.report
  const reason = waitReason(runningOperation.value)
  return (
    <>
      <Verdict report={props.report} />
      {GROUPS.map(([severity, title]) => (
        <FindingGroup
          key={severity}
          title={title}
          findings={findings.filter((finding) => finding.severity === severity)}
          checks={checks}
          reason={reason}
          onMend={props.onMend}
        />
      ))}
      <CheckTable checks={checks} findings={findings} />
      <p class="small muted">Looked at {formatDateTime(at)}.</p>
    </>
  )
}

function Verdict({ report: { findings, checks } }: { report: DoctorReport }): JSX.Element {
  const bad = findings.filter(({ severity }) => severity !== 'info').length
  const failed = checks.filter(({ outcome }) => outcome === 'failed')
  const looked = checks.filter(({ outcome }) => outcome === 'ok' || outcome === 'found').length
  const isWell = bad === 0 && failed.length === 0
  return (
    <section
      class="note"
      data-tone={isWell ? 'good' : bad === 0 ? 'warn' : 'bad'}
      aria-label="Outcome"
      aria-live="polite"
    >
      <strong>
        {isWell
          ? 'All is well'
          : bad === 0
            ? 'Not everything could be looked at'
            : `${countOf(bad, 'thing')} ${bad === 1 ? 'needs' : 'need'} attention`}
      </strong>
      <p>{countOf(looked, 'check')} looked.</p>
      {failed.map(({ id, title, said }) => (
        <p key={id} class="small break">
          Could not look: {title} ({said})
        </p>
      ))}
    </section>
  )
}
