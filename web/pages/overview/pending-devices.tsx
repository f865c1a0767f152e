import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { PendingDevice } from '../../../contract/devices.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { approveDevice, rejectDevice } from '../../api/devices.ts'
import { toProblem } from '../../api/problem.ts'
import { now } from '../../state/clock.ts'
import { devices, pendingDevices } from '../../state/devices.ts'
import { knownValue } from '../../state/remote.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { formatDuration, shortId } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { deviceClaims, deviceKey, deviceName } from './device-words.ts'

type Action = 'approve' | 'reject'
const DO = { approve: approveDevice, reject: rejectDevice } as const

/** What was done last, to whom. */
interface Outcome {
  readonly action: Action
  readonly name: string
}

/** Browsers that the gateway turned away until somebody says that they are known. Nothing where there are none. */
export function PendingDevices(): JSX.Element | null {
  const pending = pendingDevices.value
  const [busy, setBusy] = useState<{ id: string; action: Action } | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  if (pending.length === 0 && !outcome && !problem) return null

  async function act(action: Action, device: PendingDevice): Promise<void> {
    setBusy({ id: device.id, action })
    setProblem(null)
    setOutcome(null)
    try {
      await DO[action](device.id)
      setOutcome({ action, name: deviceName(device) })
    } catch (error) {
      setProblem(toProblem(error))
    }
    setBusy(null)
  }

  return (
    <section
      class="note"
      data-tone={pending.length > 0 ? 'warn' : 'good'}
      aria-label="Browsers waiting for approval"
    >
      {pending.length > 0 && (
        <>
          <h2>{pending.length === 1 ? 'A browser waits for approval' : 'Browsers wait for approval'}</h2>
          <p class="small">
            It has the right token and is new to the gateway. Approve it if it is yours; what it says of
            itself is not proven. If nobody of yours is opening the Control UI now, reject it and rotate the
            token.
          </p>
          <ul class="devices">
            {pending.map((device) => (
              <PendingRow
                key={device.id}
                device={device}
                busy={busy?.id === device.id ? busy.action : null}
                reason={waitReason(busy !== null && busy.id !== device.id)}
                onAct={(action) => void act(action, device)}
              />
            ))}
          </ul>
        </>
      )}
      <div role="status">{outcome && <OutcomeText outcome={outcome} />}</div>
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      {pending.length > 0 && (
        <EquivalentCommands
          commands={[
            ['List', 'sudo razroom-panel devices list'],
            ['Approve', `sudo razroom-panel devices approve ${pending[0]?.id ?? 'ID'}`],
          ]}
        />
      )}
      {pending.length === 0 && outcome && (
        <div class="row">
          <Button size="small" onClick={() => setOutcome(null)}>
            Close
          </Button>
        </div>
      )}
    </section>
  )
}

function waitReason(isOtherBusy: boolean): string | undefined {
  if (isOtherBusy) return 'One after the other: the gateway is asked already'
  const list = knownValue(devices.value)
  return list?.available === false ? (list.reason ?? 'The gateway does not run') : undefined
}

function OutcomeText({ outcome }: { outcome: Outcome }): JSX.Element {
  return outcome.action === 'approve' ? (
    <p>
      <strong class="break">{outcome.name}</strong> is approved. Its page goes on by itself, or when it is
      reloaded.
    </p>
  ) : (
    <p>
      <strong class="break">{outcome.name}</strong> is rejected. A page that is still open there may ask
      again.
    </p>
  )
}

function PendingRow(props: {
  device: PendingDevice
  busy: Action | null
  reason: string | undefined
  onAct: (action: Action) => void
}): JSX.Element {
  const { device, busy, onAct } = props
  const name = deviceName(device)
  const id = shortId(deviceKey(device))
  const reason =
    props.reason ?? (busy === null ? undefined : 'The gateway is being asked; it takes some seconds')
  return (
    <li class="device">
      <div class="stack-tight">
        <strong class="break">{name}</strong>
        <span class="small muted break">{deviceClaims(device)}</span>
        <span class="small muted">
          <span class="mono">{id}</span>
          {device.requestedAt !== undefined && (
            <>, asked {formatDuration(now.value - Date.parse(device.requestedAt))} ago</>
          )}
        </span>
      </div>
      <div class="row">
        <Button
          kind="primary"
          label={`Approve ${name}, ${id}`}
          isBusy={busy === 'approve'}
          reason={reason}
          onClick={() => onAct('approve')}
        >
          <Icon name="check" />
          Approve
        </Button>
        <Button
          label={`Reject ${name}, ${id}`}
          isBusy={busy === 'reject'}
          reason={reason}
          onClick={() => onAct('reject')}
        >
          Reject
        </Button>
      </div>
    </li>
  )
}
