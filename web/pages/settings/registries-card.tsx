import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { RegistryLogin } from '../../../contract/images.ts'
import { loadRegistryLogins, logInToRegistry, logOutOfRegistry } from '../../api/images.ts'
import { podmanLine } from '../../state/as-user.ts'
import { registryLogins } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Failed, Loaded, Section } from './card-parts.tsx'
import { useAction } from './use-action.ts'

interface LoginForm {
  readonly registry: string
  readonly username: string
  readonly password: string
}

const EMPTY: LoginForm = { registry: '', username: '', password: '' }

type LoginErrors = { readonly [K in keyof LoginForm]?: string }

/** What is wrong with a login, by field; nothing when it can be sent. */
export function checkLogin({ registry, username, password }: LoginForm): LoginErrors {
  return {
    ...(/^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]{1,5})?$/.test(registry.trim())
      ? {}
      : {
          registry: 'Give the name of the registry alone, such as registry.example or registry.example:5000.',
        }),
    ...(/^[^\x00-\x1f\x7f-][^\x00-\x1f\x7f]{0,254}$/.test(username.trim())
      ? {}
      : { username: 'Give the name you have at the registry.' }),
    ...(password === '' ? { password: 'Give the password, or better a token that may only read.' } : {}),
  }
}

/** The registries that want to know who pulls. */
export function RegistriesCard(): JSX.Element {
  return (
    <Section id="registries" title="Registries">
      <Loaded
        remote={registryLogins.value}
        what="Looking at the logins"
        onRetry={() => void loadRegistryLogins()}
      >
        {(logins) =>
          logins.length === 0 ? (
            <p class="muted">No login. Images that everybody may pull need none.</p>
          ) : (
            <ul class="rows">
              {logins.map((login) => (
                <LoginRow key={login.registry} login={login} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <AddLogin />
      <EquivalentCommands
        commands={[
          ['Log in', podmanLine(['login', 'REGISTRY'])],
          ['Log out', podmanLine(['logout', 'REGISTRY'])],
        ]}
      />
    </Section>
  )
}

function LoginRow({ login }: { login: RegistryLogin }): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const action = useAction()
  return (
    <li class="stack-tight">
      <div class="row-apart">
        <p class="break">
          <span class="mono">{login.registry}</span> <span class="muted">as {login.username}</span>
        </p>
        <Button
          size="small"
          kind="quiet"
          isBusy={action.isBusy}
          label={`Log out of ${login.registry}`}
          onClick={() => setAsking(true)}
        >
          <Icon name="trash" size={16} />
          Log out
        </Button>
      </div>
      <Failed action={action} />
      {isAsking && (
        <ConfirmDialog
          title={`Log out of ${login.registry}?`}
          action="Log out"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            void action.run(() => logOutOfRegistry(login.registry))
          }}
        >
          <p>
            The password is forgotten. An update from a private registry fails until somebody logs in again.
          </p>
        </ConfirmDialog>
      )}
    </li>
  )
}

function AddLogin(): JSX.Element {
  const [form, setForm] = useState<LoginForm | null>(null)
  const [hasTried, setTried] = useState(false)
  const action = useAction()
  if (!form) {
    return (
      <div class="row">
        <Button onClick={() => setForm(EMPTY)}>Log in to a registry…</Button>
      </div>
    )
  }
  const errors = hasTried ? checkLogin(form) : {}
  const change = (part: Partial<LoginForm>): void => setForm({ ...form, ...part })
  const close = (): void => {
    setForm(null)
    setTried(false)
    action.clear()
  }
  async function submit(): Promise<void> {
    if (!form) return
    setTried(true)
    if (Object.keys(checkLogin(form)).length > 0 || action.isBusy) return
    const request = { ...form, registry: form.registry.trim(), username: form.username.trim() }
    if (await action.run(() => logInToRegistry(request))) close()
  }
  return (
    <form
      class="stack inset"
      aria-label="Log in to a registry"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Field
        label="Registry"
        value={form.registry}
        onInput={(registry) => change({ registry })}
        placeholder="registry.example"
        error={errors.registry}
        isMono
      />
      <div class="fields">
        <Field
          label="User name"
          value={form.username}
          onInput={(username) => change({ username })}
          error={errors.username}
        />
        <Field
          label="Password or token"
          value={form.password}
          onInput={(password) => change({ password })}
          error={errors.password}
          isSecret
        />
      </div>
      <p class="small muted">
        podman keeps it in a file that only the gateway’s user can read. The panel keeps no copy.
      </p>
      <Failed action={action} />
      <div class="row">
        <Button kind="primary" submits isBusy={action.isBusy}>
          Log in
        </Button>
        <Button onClick={close}>Cancel</Button>
      </div>
    </form>
  )
}
