import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DeviceList, PairedDevice } from '../../../contract/devices.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { loadDevices, revokeDevice } from '../../api/devices.ts'
import { toProblem } from '../../api/problem.ts'
import { approvedDevices, devices } from '../../state/devices.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { countOf, formatDateTime, shortId } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { deviceClaims, deviceName } from './device-words.ts'

const COMMANDS = [
  ['List', 'sudo razroom-panel devices list'],
  ['Revoke', 'sudo razroom-panel devices revoke ID'],
] as const

/** The browsers that were approved, and the way to take that back. */
export function DevicesCard(): JSX.Element {
  const state = devices.value
  return (
    <section class="card stack cards-wide" aria-label="Approved browsers">
      <h2>Approved browsers</h2>
      {state.kind === 'loading' && <Loading what="Reading the devices" />}
      {state.kind === 'failed' && <ProblemView problem={state.problem} onRetry={() => void loadDevices()} />}
      {state.kind === 'known' && <KnownDevices list={state.value} />}
      <EquivalentCommands commands={COMMANDS} />
    </section>
  )
}

function KnownDevices({ list }: { list: DeviceList }): JSX.Element {
  const count = approvedDevices.value.length
  return (
    <>
      {list.paired.length === 0 ? (
        <p class="muted">
          None yet. A browser that opens the Control UI for the first time shows up on this page.
        </p>
      ) : (
        <details>
          <summary>{countOf(count, 'browser or device is', 'browsers and devices are')} approved</summary>
          <ul class="devices">
            {list.paired.map((device) => (
              <PairedRow key={device.id} device={device} reason={whyNot(list)} />
            ))}
          </ul>
        </details>
      )}
      {!list.available && <p class="small muted break">{whyNot(list)}</p>}
      {list.skipped > 0 && (
        <p class="small muted">
          {countOf(list.skipped, 'entry', 'entries')} of the gateway’s list can not be shown here.
        </p>
      )}
    </>
  )
}

function whyNot(list: DeviceList): string | undefined {
  return list.available ? undefined : (list.reason ?? 'The gateway does not run')
}

function PairedRow(props: { device: PairedDevice; reason: string | undefined }): JSX.Element {
  const { device, reason } = props
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const name = deviceName(device)

  async function revoke(): Promise<void> {
    setAsking(false)
    setBusy(true)
    setProblem(null)
    try {
      await revokeDevice(device.id)
    } catch (error) {
      setProblem(toProblem(error))
    }
    setBusy(false)
  }

  return (
    <li class="device">
      <div class="stack-tight">
        <strong class="break">{name}</strong>
        <span class="small muted break">{deviceClaims(device)}</span>
        <span class="small muted">
          <span class="mono">{shortId(device.id)}</span>
          {device.approvedAt !== undefined && <>, approved {formatDateTime(device.approvedAt)}</>}
          {device.lastSeenAt !== undefined && <>, last seen {formatDateTime(device.lastSeenAt)}</>}
        </span>
        {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      </div>
      <div class="row">
        {device.isRevoked ? (
          <span class="badge">revoked</span>
        ) : (
          <Button
            size="small"
            label={`Revoke ${name}, ${shortId(device.id)}`}
            isBusy={isBusy}
            reason={reason}
            onClick={() => setAsking(true)}
          >
            Revoke
          </Button>
        )}
      </div>
      {isAsking && (
        <ConfirmDialog
          title="Revoke this browser?"
          action="Revoke"
          isDangerous
          onConfirm={() => void revoke()}
          onClose={() => setAsking(false)}
        >
          <p class="break">
            <strong>{name}</strong> loses its approval. It can ask for another one as long as it has the token
            of the gateway: to keep it out for good, rotate the token too.
          </p>
        </ConfirmDialog>
      )}
    </li>
  )
}
