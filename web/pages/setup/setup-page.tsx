import './setup.css'
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Operation, Problem, SetupPlan } from '../../../contract/schemas.ts'
import type { SetupRequest } from '../../../contract/settings.ts'
import { cancelOperation } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { loadSetupPlan, startSetup } from '../../api/setup.ts'
import { openControlUi } from '../../api/token.ts'
import { now } from '../../state/clock.ts'
import { operations, runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { Icon } from '../../ui/icons.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { OperationPanel } from '../../ui/operation-panel.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { AdoptionCard } from './adoption-card.tsx'
import { SetupForm } from './setup-form.tsx'

/** The setup whose report is on the page. It outlives a visit to another page, not a reload of a finished one. */
const shownId = signal<string | null>(null)

/** From a bare machine to a gateway that answers, step by step. */
export function SetupPage(): JSX.Element {
  const running = runningOperation.value
  const setup =
    running?.kind === 'setup' ? running : operations.value.find((other) => other.id === shownId.value)
  useEffect(() => {
    if (running?.kind === 'setup') shownId.value = running.id
  }, [running?.id, running?.kind])
  return (
    <div class="page">
      <div class="page-head">
        <h1>Setup</h1>
        <p class="muted">
          {status.value?.isSetUp
            ? 'The gateway is set up. Running it again changes only what is not as it should be.'
            : 'Creates a user of its own for the gateway, builds the image and starts it in a rootless container.'}
        </p>
      </div>
      {setup ? <Progress setup={setup} /> : <Preparation />}
    </div>
  )
}

function Progress({ setup }: { setup: Operation }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null)
  const gateway = status.value?.gateway
  const report = (work: Promise<void>): void => {
    work.catch((error) => setProblem(toProblem(error)))
  }
  return (
    <>
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      {setup.state === 'succeeded' && gateway?.healthy && (
        <section class="note" data-tone="good">
          <h2>The gateway is running</h2>
          <p>
            It answers on{' '}
            <code>
              {gateway.ports.address}:{gateway.ports.gateway}
            </code>
            . The Control UI opens in a new tab, logged in with the token.
          </p>
          <div class="row">
            <Button kind="primary" onClick={() => report(openControlUi(gateway.url))}>
              <Icon name="open" />
              Open Control UI
            </Button>
            <LinkButton href="/connect">Connect a model</LinkButton>
            <a href="/">Go to the overview</a>
          </div>
        </section>
      )}
      <OperationPanel
        operation={setup}
        now={now.value}
        onCancel={() => report(cancelOperation(setup.id))}
        onDismiss={() => {
          shownId.value = null
        }}
      />
      {(setup.state === 'failed' || setup.state === 'cancelled') && (
        <div class="row">
          <Button
            kind="primary"
            onClick={() => {
              shownId.value = null
            }}
          >
            Back to the setup
          </Button>
          <span class="muted">What was done stays done: a second run picks up from there.</span>
        </div>
      )}
    </>
  )
}

function Preparation(): JSX.Element {
  const [plan, setPlan] = useState<SetupPlan | null>(null)
  const [loadFailure, setLoadFailure] = useState<Problem | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function load(): Promise<void> {
    setLoadFailure(null)
    try {
      setPlan(await loadSetupPlan())
    } catch (error) {
      setLoadFailure(toProblem(error))
    }
  }
  useEffect(() => void load(), [])

  async function submit(request: SetupRequest): Promise<void> {
    setProblem(null)
    setBusy(true)
    try {
      await startSetup(request)
    } catch (error) {
      setProblem(toProblem(error))
    } finally {
      setBusy(false)
    }
  }

  const running = runningOperation.value
  return (
    <>
      {loadFailure && <ProblemView problem={loadFailure} onRetry={() => void load()} />}
      {!plan && !loadFailure && <Loading what="Looking at the machine" />}
      {plan && (
        <>
          <Findings plan={plan} onRetry={() => void load()} />
          {plan.adoption && <AdoptionCard adoption={plan.adoption} />}
          <SetupForm
            plan={plan}
            problem={problem}
            isBusy={isBusy}
            reason={waitReason(running)}
            onSubmit={(request) => void submit(request)}
            onUploadFailure={(error) => setProblem(toProblem(error))}
          />
        </>
      )}
    </>
  )
}

function Findings({ plan, onRetry }: { plan: SetupPlan; onRetry: () => void }): JSX.Element {
  const isGrave = plan.findings.some((finding) => finding.severity === 'error')
  const isClean = plan.findings.every((finding) => finding.severity === 'info')
  return (
    <section class="card stack-tight">
      <div class="row-apart">
        <h2>This machine</h2>
        <Button size="small" kind="quiet" onClick={onRetry}>
          Look again
        </Button>
      </div>
      {isClean && (
        <p class="row good">
          <Icon name="check" />
          Ready: nothing stands in the way.
        </p>
      )}
      {isGrave && <p>Mend what is marked first: the setup would stop there.</p>}
      {plan.findings.length > 0 && <FindingList findings={plan.findings} />}
    </section>
  )
}
