import './connect.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Connections } from '../../../contract/connections.ts'
import { loadConnections } from '../../api/connections.ts'
import { configLatestEtag } from '../../state/config.ts'
import { connections } from '../../state/connections.ts'
import { envLatestEtag } from '../../state/env.ts'
import { reportOf } from '../../state/operation-report.ts'
import { runningOperation } from '../../state/operations.ts'
import { isGatewayUp, status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { useUnloadWarning } from '../../ui/use-unload-warning.ts'
import { waitReason } from '../../ui/wait-reason.ts'
import { ChannelsCard } from './channels-card.tsx'
import { connectCommand, hasTyped, toWish } from './connect-form.ts'
import { Outcome } from './outcome.tsx'
import { PreviewCard } from './preview-card.tsx'
import { ModelCard, ProviderCard } from './provider-card.tsx'
import { lastConnection, useConnection } from './use-connection.ts'

/** From a fresh gateway to a useful one: provider, model, channels. */
export function ConnectPage(): JSX.Element {
  const known = connections.value
  const etags = `${envLatestEtag.value} ${configLatestEtag.value}`
  useEffect(() => void loadConnections(), [etags])
  const operation = reportOf(['connect-services'])
  const own = lastConnection.value
  const isBundled = status.value?.image?.source.kind === 'bundled'
  return (
    <div class="page">
      <div class="page-head">
        <h1>Connect a model</h1>
        <p class="muted">
          The key of a provider, the model to use, and channels to write to it. It is written into{' '}
          <code>.env</code> and <code>razroom.json</code>; whatever else is in them stays.
        </p>
        {isBundled && (
          <p class="small muted">
            The bundled gateway talks to no model and no channel. What is set here serves the real one as soon
            as it runs in its place.
          </p>
        )}
      </div>
      {operation && (
        <Outcome
          key={operation.id}
          operation={operation}
          before={own?.operationId === operation.id ? own.before : null}
        />
      )}
      {known.kind === 'loading' && <Loading what="Reading both files" />}
      {known.kind === 'failed' && (
        <ProblemView problem={known.problem} onRetry={() => void loadConnections()} />
      )}
      {known.kind === 'known' && <Form known={known.value} />}
    </div>
  )
}

function Form({ known }: { known: Connections }): JSX.Element {
  const session = useConnection(known)
  return (
    <>
      <Steps session={session} known={known} />
      <EquivalentCommands
        commands={[
          ['Names', 'sudo razroom-panel connect --list'],
          ['Connect (asks for keys)', connectCommand(toWish(session.form, known), session.restart)],
        ]}
      />
    </>
  )
}

type Session = ReturnType<typeof useConnection>

function Steps({ session, known }: { session: Session; known: Connections }): JSX.Element {
  const { form, reading, isAsked, preview, problem, isBusy } = session
  useUnloadWarning(hasTyped(form))
  if (preview) {
    return (
      <PreviewCard
        preview={preview}
        isRunning={isGatewayUp.value}
        restart={session.restart}
        isBusy={isBusy}
        reason={waitReason(runningOperation.value)}
        problem={problem}
        onRestart={session.setRestart}
        onApply={session.apply}
        onBack={session.back}
      />
    )
  }
  const props = { form, reading, isAsked, onChange: session.change }
  return (
    <form
      class="stack connect-form"
      aria-label="Connect"
      onSubmit={(event) => {
        event.preventDefault()
        session.submit()
      }}
    >
      <ProviderCard {...props} providers={known.providers} />
      <ModelCard {...props} provider={known.providers.find(({ id }) => id === form.providerId)} />
      <ChannelsCard {...props} channels={known.channels} />
      {problem && <ProblemView problem={problem} onDismiss={session.dismiss} />}
      {isAsked && reading.problems.length > 0 && (
        <p class="field-error" role="alert">
          Something is missing or wrong above: nothing was sent.
        </p>
      )}
      <div class="row">
        <Button kind="primary" submits isBusy={isBusy} reason={session.reason}>
          See what changes
        </Button>
        <span class="small muted">Nothing is written yet.</span>
      </div>
    </form>
  )
}
