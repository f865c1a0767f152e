import './overview.css'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { GatewayState, Operation, Problem, Status } from '../../../contract/schemas.ts'
import { cancelOperation, restartGateway, rollbackImage } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { loadToken } from '../../api/token.ts'
import { now } from '../../state/clock.ts'
import { configLatestEtag } from '../../state/config.ts'
import { pendingDevices } from '../../state/devices.ts'
import { envLatestEtag } from '../../state/env.ts'
import { dismissReport, reportedOperation } from '../../state/operation-report.ts'
import { runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { fetchAtFirstSign, type LazyPart, lazyPart } from '../../ui/lazy-part.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { ConnectHint } from './connect-hint.tsx'
import { DevicesCard } from './devices-card.tsx'
import { FactsCard } from './facts-card.tsx'
import { Failure, GatewayCard, StartProgress } from './gateway-card.tsx'
import { hasFailedToStart } from './has-failed-to-start.ts'
import { InsightCard } from './insight-card.tsx'
import { RotateForm } from './rotate-token.tsx'
import { FindingList, RotatedNote, TokenCard } from './token-card.tsx'
import { UsageCard } from './usage-card.tsx'
import { WarningNote } from './warning-note.tsx'

/** What is not there on most days. */
const OperationPanel = lazyPart(async () => (await import('../../ui/operation-panel.tsx')).OperationPanel)
const PendingDevices = lazyPart(async () => (await import('./pending-devices.tsx')).PendingDevices)
const StartFindings = lazyPart(async () => (await import('./start-findings.tsx')).StartFindings)
/** What the card of the gateway shows in a state that is not the usual one, and what stands below it. */
const OF_STATE: Partial<Record<GatewayState, readonly Pick<LazyPart<never>, 'fetch'>[]>> = {
  starting: [StartProgress],
  failed: [Failure, StartFindings],
}
/** What may be shown after a click here. */
const LATER = [OperationPanel, StartProgress, Failure, StartFindings, RotateForm, RotatedNote, FindingList]

/** What is running, how it does, and the few things one does with it. */
export function OverviewPage(): JSX.Element {
  const current = useWhole(status.value)
  const [problem, setProblem] = useState<Problem | null>(null)
  const running = runningOperation.value
  const shown = reportedOperation.value
  // The token may be another one after any operation, and after a change of either file by whomever.
  const runningId = running?.id
  const etags = `${envLatestEtag.value} ${configLatestEtag.value}`
  // Before the setup there is none, and nobody stays on this page.
  const isSetUp = status.value?.isSetUp === true
  useEffect(() => {
    if (isSetUp) void loadToken()
  }, [isSetUp, runningId, etags])
  useEffect(() => fetchAtFirstSign(LATER), [])

  const report = (work: Promise<void>): void => {
    setProblem(null)
    work.catch((error) => setProblem(toProblem(error)))
  }
  const reason = waitReason(running)
  // Once there it stays: it tells how the last approval went.
  const wasPending = useRef(false)
  wasPending.current ||= pendingDevices.value.length > 0
  return (
    <div class="page">
      <div class="page-head">
        <h1>Overview</h1>
      </div>
      {!current && <Loading what="Looking at the gateway" />}
      {current && <WarningNote warnings={current.warnings} />}
      {wasPending.current && <PendingDevices />}
      {current && <GatewayCard status={current} reason={reason} report={report} />}
      {current && hasFailedToStart(current, shown) && (
        <StartFindings status={current} reason={reason} report={report} />
      )}
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      <ConnectHint />
      {current?.restartRequired && <RestartNote status={current} reason={reason} report={report} />}
      {shown && (
        <OperationPanel
          operation={shown}
          now={now.value}
          onCancel={() => report(cancelOperation(shown.id))}
          onDismiss={() => dismissReport(shown.id)}
        >
          <StepBack operation={shown} report={report} />
        </OperationPanel>
      )}
      {current && (
        <div class="cards">
          <TokenCard reason={reason} />
          <UsageCard status={current} />
          <InsightCard />
          <DevicesCard />
          <FactsCard status={current} />
        </div>
      )}
    </div>
  )
}

/** The status, at first once the parts that its state needs are here: they are not to push the cards away later. */
function useWhole(known: Status | null): Status | null {
  const [isWhole, setWhole] = useState(false)
  const state = known?.gateway.state
  const parts = state && OF_STATE[state]
  useEffect(() => {
    if (state === undefined || isWhole) return
    // What can't be fetched says so in its place.
    void Promise.allSettled((parts ?? []).map((part) => part.fetch())).then(() => setWhole(true))
  }, [state])
  return isWhole || !parts ? known : null
}

function RestartNote(props: {
  status: Status
  reason: string | undefined
  report: (work: Promise<void>) => void
}): JSX.Element {
  return (
    <section class="note" data-tone="warn" aria-label="Waiting for a restart">
      <h2>Changes wait for a restart</h2>
      <ul>
        {props.status.restartReasons.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <div class="row">
        <Button size="small" reason={props.reason} onClick={() => props.report(restartGateway())}>
          Restart to apply
        </Button>
      </div>
    </section>
  )
}

/** After an update, whatever became of it, the image before is one click away while there is one. */
function StepBack(props: {
  operation: Operation
  report: (work: Promise<void>) => void
}): JSX.Element | null {
  const { kind, state, problem } = props.operation
  const previous = status.value?.image?.previous
  const isBack = problem?.code === 'UPDATE_ROLLED_BACK'
  if (kind !== 'update-image' || state === 'running' || !previous || isBack) return null
  return (
    <div class="row">
      <Button onClick={() => props.report(rollbackImage())}>
        <Icon name="undo" />
        Go back to the image before
      </Button>
      <span class="small muted">It is the one that ran until {formatDateTime(previous.replacedAt)}.</span>
    </div>
  )
}
