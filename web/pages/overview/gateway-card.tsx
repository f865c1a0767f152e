import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { GatewayStatus, Status } from '../../../contract/schemas.ts'
import { removeContainer, restartGateway, startGateway, stopGateway } from '../../api/gateway.ts'
import { openControlUi } from '../../api/token.ts'
import { now } from '../../state/clock.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { formatDateTime, formatDuration } from '../../ui/format.ts'
import { GatewayControls } from '../../ui/gateway-controls.tsx'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { Loading } from '../../ui/loading.tsx'
import { stateWords } from '../../ui/state-words.ts'

/** Fetched with the first sign of a person (overview-page.tsx), or when it is needed. */
export const StartProgress = lazyPart(
  async () => (await import('./state-parts.ts')).StartProgress,
  <div class="start-room" />,
)
export const Failure = lazyPart(
  async () => (await import('./state-parts.ts')).Failure,
  <Loading what="Reading why it ended" />,
)

interface CardProps {
  readonly status: Status
  readonly reason: string | undefined
  readonly report: (work: Promise<void>) => void
}

/** The gateway itself: its state in words, and what can be done about it. */
export function GatewayCard({ status, reason, report }: CardProps): JSX.Element {
  const { gateway } = status
  const [isRemoving, setRemoving] = useState(false)
  return (
    <section class="card stack" aria-label="Gateway">
      <div class="gateway-head" data-state={gateway.state} data-healthy={gateway.healthy}>
        <span class="dot" />
        <h2 class="gateway-state">{stateWords(gateway)}</h2>
        <p class="muted">
          <StateSentence gateway={gateway} />
        </p>
      </div>
      {gateway.state === 'starting' && <StartProgress gateway={gateway} />}
      {gateway.state === 'failed' && (
        <Failure gateway={gateway} goBack={status.goBack} reason={reason} report={report} />
      )}
      <div class="row gateway-actions">
        {gateway.state === 'running' && (
          <Button
            kind="primary"
            reason={gateway.healthy ? undefined : 'The gateway does not answer at the moment'}
            onClick={() => report(openControlUi(gateway.url))}
          >
            <Icon name="open" />
            Open Control UI
          </Button>
        )}
        <GatewayControls
          state={gateway.state}
          reason={reason}
          onStart={() => report(startGateway())}
          onStop={() => report(stopGateway())}
          onRestart={() => report(restartGateway())}
        />
        {gateway.state !== 'absent' && (
          <span class="set-apart">
            <Button kind="danger" reason={reason} onClick={() => setRemoving(true)}>
              Remove
            </Button>
          </span>
        )}
      </div>
      <EquivalentCommands
        commands={[
          ['Start', 'sudo razroom-panel launch'],
          ['Stop', 'sudo razroom-panel stop'],
          ['Restart', 'sudo razroom-panel restart'],
          ['Remove', 'sudo razroom-panel remove'],
        ]}
      />
      {isRemoving && (
        <ConfirmDialog
          title="Remove the container?"
          action="Remove container"
          isDangerous
          onClose={() => setRemoving(false)}
          onConfirm={() => {
            setRemoving(false)
            report(removeContainer())
          }}
        >
          <p>
            The gateway stops and its container <code>{gateway.containerName}</code> goes. Configuration,
            workspace, environment and log stay; Start makes a new container.
          </p>
        </ConfirmDialog>
      )}
    </section>
  )
}

function StateSentence({ gateway }: { gateway: GatewayStatus }): JSX.Element {
  const { state, since, exitCode } = gateway
  const start = since === undefined ? null : Date.parse(since)
  const age = start === null ? null : formatDuration(now.value - start)
  const when = since === undefined ? '' : formatDateTime(since)
  if (state === 'absent') return <>There is no container. Start makes one.</>
  if (state === 'starting') return <>The container runs; the gateway does not answer yet.</>
  if (state === 'running' && gateway.healthy) {
    return age === null ? <>It answers.</> : <time dateTime={since} title={when}>{`for ${age}`}</time>
  }
  if (state === 'running') return <>The container runs, but the gateway does not answer at the moment.</>
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}`
  return <>{when === '' ? 'It is not running.' : `since ${when}${code}`}</>
}
