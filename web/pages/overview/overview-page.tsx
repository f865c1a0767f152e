import './overview.css'
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Operation, Problem, Status } from '../../../contract/schemas.ts'
import { cancelOperation, restartGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { loadToken } from '../../api/token.ts'
import { now } from '../../state/clock.ts'
import { envLatestEtag } from '../../state/env.ts'
import { operations, runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { operationWords } from '../../ui/gateway-words.ts'
import { Loading } from '../../ui/loading.tsx'
import { OperationPanel } from '../../ui/operation-panel.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { FactsCard } from './facts-card.tsx'
import { GatewayCard } from './gateway-card.tsx'
import { TokenCard } from './token-card.tsx'
import { UsageCard } from './usage-card.tsx'

/** How long the report of an operation that failed before this page was opened is still news, in ms. */
const NEWS_MS = 10 * 60_000

const dismissedId = signal<string | null>(null)
/** Operations that ran while this page was open: their end is shown until it is dismissed. */
const followedIds = new Set<string>()

/** The operation worth showing: the one that runs, else the last one if its end is news. */
export function operationToShow(
  list: readonly Operation[],
  options: { dismissed: string | null; followed: ReadonlySet<string>; now: number },
): Operation | null {
  const [latest] = list
  if (!latest) return null
  if (latest.state === 'running') return latest
  if (latest.id === options.dismissed) return null
  if (options.followed.has(latest.id)) return latest
  const age = options.now - Date.parse(latest.finishedAt ?? latest.startedAt)
  return latest.state === 'failed' && age < NEWS_MS ? latest : null
}

/** What is running, how it does, and the few things one does with it. */
export function OverviewPage(): JSX.Element {
  const current = status.value
  const [problem, setProblem] = useState<Problem | null>(null)
  const running = runningOperation.value
  if (running) followedIds.add(running.id)
  const shown = operationToShow(operations.value, {
    dismissed: dismissedId.value,
    followed: followedIds,
    now: now.value,
  })
  // The token may be another one after any operation, and after a change of .env by whomever.
  const runningId = running?.id
  const etag = envLatestEtag.value
  useEffect(() => {
    void loadToken()
  }, [runningId, etag])

  const report = (work: Promise<void>): void => {
    setProblem(null)
    work.catch((error) => setProblem(toProblem(error)))
  }
  const reason = running ? `${operationWords(running)}: wait until it has finished` : undefined
  return (
    <div class="page">
      <div class="page-head">
        <h1>Overview</h1>
      </div>
      {!current && <Loading what="Looking at the gateway" />}
      {current && <GatewayCard status={current} reason={reason} report={report} />}
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      {current?.restartRequired && <RestartNote status={current} reason={reason} report={report} />}
      {shown && (
        <OperationPanel
          operation={shown}
          now={now.value}
          onCancel={() => report(cancelOperation(shown.id))}
          onDismiss={() => {
            dismissedId.value = shown.id
          }}
        />
      )}
      {current && (
        <div class="cards">
          <TokenCard reason={reason} />
          <UsageCard status={current} />
          <FactsCard status={current} />
        </div>
      )}
    </div>
  )
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
