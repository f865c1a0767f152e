import type { JSX } from 'preact'
import type { Problem } from '../../../contract/schemas.ts'
import { needsAfterRotation } from '../../../server/domain/device-needs.ts'
import { toProblem } from '../../api/problem.ts'
import { openControlUi } from '../../api/token.ts'
import { approvedDevices } from '../../state/devices.ts'
import { reportOf } from '../../state/operation-report.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'

/** After a rotation, while its report is shown: how to log in again. Nothing where the gateway does not answer. */
export function RotatedNote(props: { onProblem: (problem: Problem | null) => void }): JSX.Element | null {
  const gateway = status.value?.gateway
  const rotation = reportOf(['rotate-token'])
  const needs = needsAfterRotation(approvedDevices.value)
  const approved = needs.length
  const isNew = rotation?.state === 'succeeded' && rotation.changed
  if (!isNew || gateway?.state !== 'running' || !gateway.healthy) return null
  return (
    <div class="note" data-tone="good">
      <p>
        Open browsers must log in with the new token. This opens the Control UI with it; scripts need it, too.
      </p>
      {approved > 0 && (
        <details>
          <summary class="small">
            {countOf(approved, 'approved browser or device', 'approved browsers and devices')}: what each
            needs
          </summary>
          <ul class="small rotated-needs">
            {needs.map(({ name, need }, index) => (
              <li key={index} class="break">
                <strong>{name}</strong>: {need}.
              </li>
            ))}
          </ul>
        </details>
      )}
      <div class="row">
        <Button
          size="small"
          label="Open Control UI with the new token"
          onClick={() => {
            props.onProblem(null)
            openControlUi(gateway.url).catch((error) => props.onProblem(toProblem(error)))
          }}
        >
          <Icon name="open" />
          Open Control UI
        </Button>
      </div>
    </div>
  )
}
