import '../../ui/choice.css'
import type { JSX } from 'preact'
import type { SetupPlan } from '../../../contract/schemas.ts'
import { Check, Choice } from '../../ui/choice.tsx'
import type { SetupForm } from './setup-request.ts'

/** As a service or as a container, and why one of them cannot be. */
export function ModeChoice(props: {
  plan: SetupPlan
  form: SetupForm
  onChange: (part: Partial<SetupForm>) => void
}): JSX.Element {
  const { quadletObstacle } = props.plan
  return (
    <>
      <fieldset class="choices">
        <legend class="legend">How it runs</legend>
        <Choice
          name="mode"
          value="quadlet"
          title="systemd service"
          isChosen={props.form.mode === 'quadlet'}
          isDisabled={quadletObstacle !== undefined}
          onChoose={() => props.onChange({ mode: 'quadlet' })}
        >
          {quadletObstacle === undefined
            ? 'systemd keeps it: it starts it again when it ends by itself, and with the machine if you like.'
            : `Not available here: ${quadletObstacle}.`}
        </Choice>
        <Choice
          name="mode"
          value="container"
          title="Container"
          isChosen={props.form.mode === 'container'}
          onChoose={() => props.onChange({ mode: 'container' })}
        >
          It runs when you start it, here or in a shell. Where systemd runs the machine, it does not come back
          by itself after a reboot.
        </Choice>
      </fieldset>
      {props.form.mode === 'quadlet' && (
        <Check isChecked={props.form.startAtBoot} onChange={(startAtBoot) => props.onChange({ startAtBoot })}>
          Start the gateway with the machine
        </Check>
      )}
    </>
  )
}
