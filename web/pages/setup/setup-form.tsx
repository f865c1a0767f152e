import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem, SetupPlan } from '../../../contract/schemas.ts'
import type { SetupRequest } from '../../../contract/settings.ts'
import { fieldMessage } from '../../api/problem.ts'
import { uploadFile } from '../../api/upload.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { SourceFields } from '../../ui/source-fields.tsx'
import { AdvancedFields } from './advanced-fields.tsx'
import { ModeChoice } from './mode-choice.tsx'
import {
  checkForm,
  type SetupForm as Form,
  initialForm,
  type SetupErrors,
  setupCommand,
  toSetupRequest,
} from './setup-request.ts'

/** The names of the panel for what a form names otherwise. */
const FIELDS_OF_PANEL = { path: 'path', reference: 'reference', archive: 'path' } as const

/** Where the image comes from, how it is to run, and where the gateway is reached. */
export function SetupForm(props: {
  plan: SetupPlan
  problem: Problem | null
  isBusy: boolean
  reason: string | undefined
  onSubmit: (request: SetupRequest) => void
  onUploadFailure: (error: unknown) => void
}): JSX.Element {
  const { plan, problem } = props
  const [form, setForm] = useState<Form>(() => initialForm(plan))
  // Nothing is complained about before the first try; from then on it is looked at while it is being corrected.
  const [hasTried, setTried] = useState(false)
  const errors: SetupErrors = hasTried ? checkForm(form) : {}
  const update = (part: (before: Form) => Partial<Form>): void =>
    setForm((before) => ({ ...before, ...part(before) }))
  const change = (part: Partial<Form>): void => update(() => part)

  function submit(): void {
    setTried(true)
    if (Object.keys(checkForm(form)).length === 0) props.onSubmit(toSetupRequest(form, plan))
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
        <SourceFields
          values={form.source}
          errors={{ ...sourceErrorsOf(problem, form.source.kind), ...errors }}
          bundledAvailable={plan.bundledAvailable}
          onChange={(part) => update((before) => ({ source: { ...before.source, ...part } }))}
          upload={async (file, options) => (await uploadFile(file, options)).path}
          onUploadFailure={props.onUploadFailure}
        />
      </section>
      <section class="card stack">
        <ModeChoice plan={plan} form={form} onChange={change} />
      </section>
      <section class="card stack">
        <h2>Ports on this machine</h2>
        <div class="fields">
          <Field
            label="Gateway port"
            value={form.gatewayPort}
            onInput={(gatewayPort) => change({ gatewayPort })}
            error={errors.gatewayPort ?? fieldMessage(problem, 'gatewayPort')}
            inputMode="numeric"
          />
          <Field
            label="Bridge port"
            value={form.bridgePort}
            onInput={(bridgePort) => change({ bridgePort })}
            error={errors.bridgePort ?? fieldMessage(problem, 'bridgePort')}
            inputMode="numeric"
          />
        </div>
        <p class="small muted">
          {form.publishAddress.trim() === '127.0.0.1'
            ? 'Both are published on 127.0.0.1 only: nothing is open to the network.'
            : `Both are published on ${form.publishAddress.trim() || 'no address yet'}.`}
        </p>
      </section>
      <AdvancedFields plan={plan} form={form} errors={errors} problem={problem} onChange={change} />
      {problem && <ProblemView problem={problem} />}
      <div class="row">
        <Button kind="primary" submits isBusy={props.isBusy} reason={props.reason}>
          Set up
        </Button>
      </div>
      <EquivalentCommands commands={[['Set up', setupCommand(form, plan)]]} />
    </form>
  )
}

/** What the panel said of the source, at the field that is in view. */
function sourceErrorsOf(problem: Problem | null, kind: Form['source']['kind']): SetupErrors {
  const field = ({ bundled: null, repo: 'path', registry: 'reference', archive: 'archive' } as const)[kind]
  const message = field === null ? undefined : fieldMessage(problem, FIELDS_OF_PANEL[field])
  return field === null || message === undefined ? {} : { [field]: message }
}
