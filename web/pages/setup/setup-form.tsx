import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem, SetupPlan } from '../../../contract/schemas.ts'
import { fieldMessage } from '../../api/problem.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import {
  checkForm,
  type SetupForm as Form,
  initialForm,
  type SetupErrors,
  setupCommand,
  toSetupRequest,
} from './setup-request.ts'

/** Where the image comes from, and on which ports the gateway is reached. */
export function SetupForm(props: {
  plan: SetupPlan
  problem: Problem | null
  isBusy: boolean
  reason: string | undefined
  onSubmit: (request: ReturnType<typeof toSetupRequest>) => void
}): JSX.Element {
  const [form, setForm] = useState<Form>(() => initialForm(props.plan))
  const [errors, setErrors] = useState<SetupErrors>({})
  const change = (part: Partial<Form>): void => {
    const next = { ...form, ...part }
    setForm(next)
    // What was complained about is looked at again while it is being corrected; nothing is, before the first try.
    if (Object.keys(errors).length > 0) setErrors(checkForm(next))
  }

  function submit(): void {
    const found = checkForm(form)
    setErrors(found)
    if (Object.keys(found).length === 0) props.onSubmit(toSetupRequest(form))
  }

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!props.isBusy && props.reason === undefined) submit()
      }}
    >
      <section class="card stack">
        <SourceChoice plan={props.plan} form={form} onChange={change} />
        {form.source === 'repo' && (
          <Field
            label="Directory of the checkout"
            value={form.path}
            onInput={(path) => change({ path })}
            placeholder="/home/me/razroom"
            hint="An absolute path on the machine of the gateway. Its Dockerfile is built; the directory itself stays as it is."
            error={errors.path ?? fieldMessage(props.problem, 'path')}
            isMono
          />
        )}
      </section>
      <section class="card stack">
        <h2>Ports on this machine</h2>
        <div class="ports">
          <Field
            label="Gateway port"
            value={form.gatewayPort}
            onInput={(gatewayPort) => change({ gatewayPort })}
            error={errors.gatewayPort ?? fieldMessage(props.problem, 'gatewayPort')}
            inputMode="numeric"
          />
          <Field
            label="Bridge port"
            value={form.bridgePort}
            onInput={(bridgePort) => change({ bridgePort })}
            error={errors.bridgePort ?? fieldMessage(props.problem, 'bridgePort')}
            inputMode="numeric"
          />
        </div>
        <p class="small muted">Both are published on 127.0.0.1 only: nothing is open to the network.</p>
      </section>
      {props.problem && <ProblemView problem={props.problem} />}
      <div class="row">
        <Button kind="primary" submits isBusy={props.isBusy} reason={props.reason}>
          Set up
        </Button>
      </div>
      <EquivalentCommands commands={[['Set up', setupCommand(form)]]} />
    </form>
  )
}

function SourceChoice(props: {
  plan: SetupPlan
  form: Form
  onChange: (part: Partial<Form>) => void
}): JSX.Element {
  const { bundledAvailable } = props.plan
  return (
    <fieldset class="stack-tight">
      <legend class="legend">Where the image comes from</legend>
      <label class="choice">
        <input
          type="radio"
          name="source"
          value="bundled"
          checked={props.form.source === 'bundled'}
          disabled={!bundledAvailable}
          onChange={() => props.onChange({ source: 'bundled' })}
        />
        <strong>Bundled gateway</strong>
        <span class="small muted">
          {bundledAvailable
            ? 'The small gateway that comes with the panel, for a first try. It is not the full Razroom: it answers, takes its token and keeps its log, and you can change to a checkout later.'
            : 'Not available: its files are missing. In the checkout of the panel, run npm run gateway:rootfs and npm run build.'}
        </span>
      </label>
      <label class="choice">
        <input
          type="radio"
          name="source"
          value="repo"
          checked={props.form.source === 'repo'}
          onChange={() => props.onChange({ source: 'repo' })}
        />
        <strong>Razroom checkout</strong>
        <span class="small muted">
          A directory with the source of Razroom and its Dockerfile. The first build can take many minutes.
        </span>
      </label>
    </fieldset>
  )
}
