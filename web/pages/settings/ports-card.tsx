import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Status } from '../../../contract/schemas.ts'
import type { Settings, SettingsPatch } from '../../../contract/settings.ts'
import { restartGateway } from '../../api/gateway.ts'
import { fieldMessage } from '../../api/problem.ts'
import { loadRunSettings, saveSettings } from '../../api/settings.ts'
import { runningOperation } from '../../state/operations.ts'
import { checkPorts, isExposed, type PortsForm, readPort } from '../../state/ports-form.ts'
import { settings } from '../../state/settings.ts'
import { shellLine } from '../../state/shell-line.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Exposure } from '../../ui/exposure.tsx'
import { Field } from '../../ui/field.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { Failed, Loaded, Report, Section } from './card-parts.tsx'
import { useAction } from './use-action.ts'

type Ports = Pick<Settings, 'gatewayPort' | 'bridgePort' | 'publishAddress'>

/** Where the gateway is reached. */
export function PortsCard({ status }: { status: Status }): JSX.Element {
  return (
    <Section id="ports" title="Ports and address">
      <Loaded remote={settings.value} what="Reading the settings" onRetry={() => void loadRunSettings()}>
        {({ gatewayPort, bridgePort, publishAddress }) => (
          <Form stored={{ gatewayPort, bridgePort, publishAddress }} />
        )}
      </Loaded>
      {status.restartRequired && <ApplyNote reasons={status.restartReasons} />}
      <Report kinds={['restart-gateway']} />
    </Section>
  )
}

/** The form as it is first shown. An address of the network that is in use has been confirmed before. */
export function portsForm(stored: Ports): PortsForm {
  return {
    gatewayPort: String(stored.gatewayPort),
    bridgePort: String(stored.bridgePort),
    publishAddress: stored.publishAddress,
    isExposureConfirmed: isExposed(stored.publishAddress),
  }
}

/** What a form without errors changes; null when it changes nothing. */
export function portsPatch(form: PortsForm, stored: Ports): SettingsPatch | null {
  const address = form.publishAddress.trim()
  const changed: SettingsPatch = {
    ...(readPort(form.gatewayPort) === stored.gatewayPort ? {} : { gatewayPort: readPort(form.gatewayPort) }),
    ...(readPort(form.bridgePort) === stored.bridgePort ? {} : { bridgePort: readPort(form.bridgePort) }),
    ...(address === stored.publishAddress ? {} : { publishAddress: address }),
  }
  if (Object.keys(changed).length === 0) return null
  return isExposed(address) ? { ...changed, confirmExposure: form.isExposureConfirmed } : changed
}

function Form({ stored }: { stored: Ports }): JSX.Element {
  const [form, setForm] = useState<PortsForm>(() => portsForm(stored))
  // Saved, or changed by somebody else. Not a new form: the focus would go with the old one.
  useEffect(() => setForm(portsForm(stored)), [stored.gatewayPort, stored.bridgePort, stored.publishAddress])
  const action = useAction()
  const errors = checkPorts(form)
  const hasErrors = Object.keys(errors).length > 0
  const patch = portsPatch(form, stored)
  const change = (part: Partial<PortsForm>): void => setForm((before) => ({ ...before, ...part }))
  const reason = hasErrors ? 'Correct what is marked first' : patch ? undefined : 'Nothing was changed'
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (patch && !hasErrors && !action.isBusy) void action.run(() => saveSettings(patch))
      }}
    >
      <div class="fields">
        <Field
          label="Gateway port"
          value={form.gatewayPort}
          onInput={(gatewayPort) => change({ gatewayPort })}
          error={errors.gatewayPort ?? fieldMessage(action.problem, 'gatewayPort')}
          inputMode="numeric"
        />
        <Field
          label="Bridge port"
          value={form.bridgePort}
          onInput={(bridgePort) => change({ bridgePort })}
          error={errors.bridgePort ?? fieldMessage(action.problem, 'bridgePort')}
          inputMode="numeric"
        />
        <Field
          label="Publish address"
          value={form.publishAddress}
          onInput={(publishAddress) => change({ publishAddress, isExposureConfirmed: false })}
          error={errors.publishAddress ?? fieldMessage(action.problem, 'publishAddress')}
          isMono
        />
      </div>
      {isExposed(form.publishAddress) ? (
        <Exposure
          address={form.publishAddress.trim()}
          gatewayPort={form.gatewayPort.trim()}
          isConfirmed={form.isExposureConfirmed}
          error={undefined}
          onConfirm={(isExposureConfirmed) => change({ isExposureConfirmed })}
        />
      ) : (
        <p class="small muted">Only this machine reaches the gateway, and whoever comes by ssh -L.</p>
      )}
      <Failed action={action} />
      <div class="row">
        <Button kind="primary" submits isBusy={action.isBusy} reason={reason}>
          Save
        </Button>
        {patch && <Button onClick={() => setForm(portsForm(stored))}>Discard</Button>}
      </div>
      <EquivalentCommands commands={[['Set and apply', portsCommand(form)]]} />
    </form>
  )
}

function portsCommand(form: PortsForm): string {
  return shellLine([
    'sudo',
    'razroom-panel',
    'setup',
    '--gateway-port',
    form.gatewayPort.trim(),
    '--bridge-port',
    form.bridgePort.trim(),
    '--publish',
    form.publishAddress.trim(),
  ])
}

function ApplyNote({ reasons }: { reasons: readonly string[] }): JSX.Element {
  const action = useAction()
  return (
    <div class="note" data-tone="warn">
      <strong>The running gateway has not seen this yet</strong>
      <ul>
        {reasons.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <Failed action={action} />
      <div class="row">
        <Button
          size="small"
          isBusy={action.isBusy}
          reason={waitReason(runningOperation.value)}
          onClick={() => void action.run(restartGateway)}
        >
          Restart to apply
        </Button>
      </div>
    </div>
  )
}
