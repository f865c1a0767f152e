import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Problem, SetupPlan } from '../../../contract/schemas.ts'
import type { UserNamespace } from '../../../contract/settings.ts'
import { fieldMessage } from '../../api/problem.ts'
import { isExposed } from '../../state/ports-form.ts'
import { Check } from '../../ui/choice.tsx'
import { Exposure } from '../../ui/exposure.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { hasAdvancedError, isUnusual, OWN_USER, type SetupErrors, type SetupForm } from './setup-request.ts'

const NAMESPACES: readonly (readonly [UserNamespace, string])[] = [
  ['keep-id', 'keep-id: the same ids inside and outside'],
  ['auto', 'auto: podman’s default, root inside is the user'],
  ['host', 'host: podman’s host mode, root inside is the user'],
]

interface AdvancedProps {
  readonly plan: SetupPlan
  readonly form: SetupForm
  readonly errors: SetupErrors
  readonly problem: Problem | null
  readonly onChange: (part: Partial<SetupForm>) => void
}

/** What most people leave as it is. Open when something in it is unusual or wrong. */
export function AdvancedFields(props: AdvancedProps): JSX.Element {
  const [isOpen, setOpen] = useState(() => isUnusual(props.form) || location.hash === '#advanced')
  const hasError = hasAdvancedError(props.errors)
  useEffect(() => {
    if (hasError) setOpen(true)
  }, [hasError])
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    // Behind the shell's own jump to the top of a new page.
    if (location.hash === '#advanced') requestAnimationFrame(() => details.current?.scrollIntoView())
  }, [])
  return (
    <details
      ref={details}
      class="card advanced"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <h2>Advanced</h2>
        <span class="small muted">Address, user, names, directories</span>
      </summary>
      <div class="stack">
        <Address {...props} />
        <UserFields {...props} />
        <Places {...props} />
      </div>
    </details>
  )
}

function Address({ form, errors, problem, onChange }: AdvancedProps): JSX.Element {
  return (
    <>
      <Field
        label="Publish address"
        value={form.publishAddress}
        onInput={(publishAddress) => onChange({ publishAddress, isExposureConfirmed: false })}
        hint="127.0.0.1: only this machine reaches the gateway, and whoever comes by ssh -L."
        error={errors.publishAddress ?? fieldMessage(problem, 'publishAddress')}
        isMono
      />
      {isExposed(form.publishAddress) && (
        <Exposure
          address={form.publishAddress.trim()}
          gatewayPort={form.gatewayPort.trim()}
          isConfirmed={form.isExposureConfirmed}
          error={errors.isExposureConfirmed}
          onConfirm={(isExposureConfirmed) => onChange({ isExposureConfirmed })}
        />
      )}
    </>
  )
}

function UserFields({ plan, form, errors, problem, onChange }: AdvancedProps): JSX.Element {
  const isOwn = form.user.trim() === OWN_USER
  return (
    <>
      <Field
        label="User"
        value={form.user}
        onInput={(user) => onChange({ user })}
        hint={
          isOwn
            ? 'A user of its own that cannot log in, made when it is not there: what the gateway runs reaches no file of yours.'
            : 'The gateway and all it runs can read and change whatever this user can. Take one that is there for this alone.'
        }
        error={errors.user ?? fieldMessage(problem, 'user')}
        isMono
      />
      {!isOwn && (
        <Check isChecked={form.createUser} onChange={(createUser) => onChange({ createUser })}>
          Make this user when there is none
        </Check>
      )}
      <Field
        label="Container name"
        value={form.containerName}
        onInput={(containerName) => onChange({ containerName })}
        error={errors.containerName ?? fieldMessage(problem, 'containerName')}
        isMono
      />
      {plan.isSetUp &&
        (form.user.trim() !== plan.defaults.user ||
          form.containerName.trim() !== plan.defaults.containerName) && (
          <p class="note" data-tone="warn">
            The gateway that is there must be removed first, on the overview. Its configuration stays with its
            user.
          </p>
        )}
    </>
  )
}

function Places({ form, errors, problem, onChange }: AdvancedProps): JSX.Element {
  const home = `the home of ${form.user.trim() || 'the user'}`
  return (
    <>
      <Field
        label="Directory of the configuration (optional)"
        value={form.configDir}
        onInput={(configDir) => onChange({ configDir })}
        placeholder={`.razroom in ${home}`}
        error={errors.configDir ?? fieldMessage(problem, 'configDir')}
        isMono
      />
      <Field
        label="Directory of the workspace (optional)"
        value={form.workspaceDir}
        onInput={(workspaceDir) => onChange({ workspaceDir })}
        placeholder="workspace in the directory of the configuration"
        hint="Both belong to the user, or are made for it. Files that are there stay."
        error={errors.workspaceDir ?? fieldMessage(problem, 'workspaceDir')}
        isMono
      />
      <Select
        label="User namespace"
        value={form.userns}
        options={NAMESPACES}
        onChange={(userns) => onChange({ userns })}
        hint="keep-id lets the gateway write its files as the user that owns them. Change it only where an image needs root inside."
      />
    </>
  )
}
