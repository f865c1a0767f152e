import '../../ui/choice.css'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { SetupPlan, Status } from '../../../contract/schemas.ts'
import type { Mode, ModeRequest } from '../../../contract/settings.ts'
import { loadRunSettings, switchMode } from '../../api/settings.ts'
import { runningOperation } from '../../state/operations.ts'
import { setupPlan } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Check, Choice } from '../../ui/choice.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { Failed, Loaded, Report, Section } from './card-parts.tsx'
import { useAction } from './use-action.ts'

interface Run {
  readonly mode: Mode
  readonly startAtBoot: boolean
}

/** By hand or as a service, and whether it comes with the machine. */
export function ModeCard({ status }: { status: Status }): JSX.Element {
  const { mode, startsAtBoot } = status.gateway
  return (
    <Section id="mode" title="How it runs">
      <Loaded remote={setupPlan.value} what="Looking at the machine" onRetry={() => void loadRunSettings()}>
        {(plan) => (
          <Form key={`${mode} ${startsAtBoot}`} plan={plan} now={{ mode, startAtBoot: startsAtBoot }} />
        )}
      </Loaded>
      <Report kinds={['switch-mode']} />
      <EquivalentCommands
        commands={[
          ['As a service', 'sudo razroom-panel setup --quadlet'],
          ['As a container', 'sudo razroom-panel setup --container'],
          startsAtBoot
            ? ['Not with the machine', 'sudo razroom-panel setup --no-start-at-boot']
            : ['With the machine', 'sudo razroom-panel setup --start-at-boot'],
        ]}
      />
    </Section>
  )
}

/** What is asked for; null when it is so already. The start at boot is a matter of the service alone. */
export function modeRequest(wanted: Run, present: Run): ModeRequest | null {
  const isOtherMode = wanted.mode !== present.mode
  const isOtherBoot = wanted.mode === 'quadlet' && wanted.startAtBoot !== present.startAtBoot
  if (!isOtherMode && !isOtherBoot) return null
  return {
    ...(isOtherMode ? { mode: wanted.mode } : {}),
    ...(wanted.mode === 'quadlet' ? { startAtBoot: wanted.startAtBoot } : {}),
  }
}

function Form({ plan, now }: { plan: SetupPlan; now: Run }): JSX.Element {
  // Who changes to a service wants it at the start of the machine, unless they say otherwise.
  const [form, setForm] = useState<Run>(
    now.mode === 'quadlet' ? now : { ...now, startAtBoot: plan.defaults.startAtBoot },
  )
  const action = useAction()
  const request = modeRequest(form, now)
  return (
    <>
      <fieldset class="choices">
        <legend class="visually-hidden">How the gateway runs</legend>
        <Choice
          name="settings-mode"
          value="quadlet"
          title="systemd service"
          isChosen={form.mode === 'quadlet'}
          isDisabled={plan.quadletObstacle !== undefined && now.mode !== 'quadlet'}
          onChoose={() => setForm({ ...form, mode: 'quadlet' })}
        >
          {plan.quadletObstacle === undefined
            ? 'systemd keeps it: it starts it again when it ends by itself, and with the machine if you like.'
            : `Not available here: ${plan.quadletObstacle}.`}
        </Choice>
        <Choice
          name="settings-mode"
          value="container"
          title="Container"
          isChosen={form.mode === 'container'}
          onChoose={() => setForm({ ...form, mode: 'container' })}
        >
          It runs when you start it, here or in a shell. Where systemd runs the machine, it does not come back
          by itself after a reboot.
        </Choice>
      </fieldset>
      {form.mode === 'quadlet' && (
        <Check isChecked={form.startAtBoot} onChange={(startAtBoot) => setForm({ ...form, startAtBoot })}>
          Start the gateway with the machine
        </Check>
      )}
      {request?.mode !== undefined && (
        <p>
          The gateway is stopped and started again in the new way: it is away for the time of a start.
          Configuration, workspace and token stay.
        </p>
      )}
      <Failed action={action} />
      <div class="row">
        <Button
          kind="primary"
          isBusy={action.isBusy}
          reason={waitReason(runningOperation.value) ?? (request ? undefined : 'It runs like this already')}
          onClick={() => {
            if (request) void action.run(() => switchMode(request))
          }}
        >
          Change
        </Button>
      </div>
    </>
  )
}
