import type { JSX } from 'preact'
import type { Problem } from '../../../contract/schemas.ts'
import { needsAfterRotation } from '../../../server/domain/device-needs.ts'
import { toProblem } from '../../api/problem.ts'
import { openControlUi } from '../../api/token.ts'
import { approvedDevices } from '../../state/devices.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'

/** How to log in again after a rotation. @param props.url where the Control UI is */
export function RotatedNote(props: {
  url: string
  onProblem: (problem: Problem | null) => void
}): JSX.Element {
  const needs = needsAfterRotation(approvedDevices.value)
  const approved = needs.length
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
            openControlUi(props.url).catch((error) => props.onProblem(toProblem(error)))
          }}
        >
          <Icon name="open" />
          Open Control UI
        </Button>
      </div>
    </div>
  )
}
