import type { JSX } from 'preact'
import type { ProviderConnection } from '../../../contract/connections.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { type ConnectForm, errorAt, type FormReading } from './connect-form.ts'

export interface CardProps {
  readonly form: ConnectForm
  readonly reading: FormReading
  /** The form was sent once: what is missing is told from then on. */
  readonly isAsked: boolean
  readonly onChange: (part: Partial<ConnectForm>) => void
}

/** Whose models are used, and the key for them. */
export function ProviderCard(
  props: CardProps & { readonly providers: readonly ProviderConnection[] },
): JSX.Element {
  const { form, providers, onChange } = props
  const provider = providers.find(({ id }) => id === form.providerId)
  const options = providers.map(({ id, service, isSet }): [string, string] => [
    id,
    isSet ? `${service} (key is set)` : service,
  ])
  return (
    <section class="card stack" aria-label="Provider">
      <h2>Provider</h2>
      <Select
        label="Whose models?"
        value={form.providerId}
        options={[['', 'Choose a provider…'], ...options]}
        onChange={(providerId) => onChange({ providerId, key: '' })}
        hint="Not in the list? The onboarding wizard on the Terminal page knows more ways, logins among them."
      />
      {provider && <KeyField {...props} provider={provider} />}
    </section>
  )
}

function KeyField(props: CardProps & { readonly provider: ProviderConnection }): JSX.Element {
  const { form, reading, isAsked, provider, onChange } = props
  const { service, variable, isSet, setIn, source, url, hint } = provider
  const place = setIn === 'razroom.json' ? 'razroom.json has a key' : `${setIn ?? variable} is set`
  return (
    <>
      <p class="small">
        {source}{' '}
        {url !== undefined && (
          <a href={url} target="_blank" rel="noopener noreferrer">
            Get a key from {service}
          </a>
        )}
        {hint !== undefined && <span class="muted"> {hint}</span>}
      </p>
      <Field
        label={isSet ? `New key (${variable})` : `Key (${variable})`}
        value={form.key}
        onInput={(key) => onChange({ key })}
        isSecret
        isMono
        placeholder={isSet ? '•••••••• stays unless another is typed' : ''}
        hint={
          reading.notes.get(variable) ??
          (isSet ? `${place}: leave this empty to keep it.` : 'It is written into .env.')
        }
        error={errorAt(reading, 'provider.key', isAsked)}
      />
    </>
  )
}

/** The model that is used unless a conversation asks for another. */
export function ModelCard(
  props: CardProps & { readonly provider: ProviderConnection | undefined },
): JSX.Element {
  const { form, reading, isAsked, provider, onChange } = props
  const suggestions = (provider?.models ?? []).filter((model) => model !== form.model.trim())
  return (
    <section class="card stack" aria-label="Model">
      <h2>Model</h2>
      <Field
        label="Default model"
        value={form.model}
        onInput={(model) => onChange({ model })}
        isMono
        placeholder={provider?.models[0] ?? 'provider/model'}
        hint="As provider/model, with any name that the provider has. Empty: the gateway’s own choice, or what is set."
        error={errorAt(reading, 'model', isAsked)}
      />
      {suggestions.length > 0 && (
        <div class="row">
          <span class="small muted">Usual with {provider?.service}:</span>
          {suggestions.map((model) => (
            <Button key={model} size="small" label={`Take ${model}`} onClick={() => onChange({ model })}>
              <span class="mono break">{model}</span>
            </Button>
          ))}
        </div>
      )}
    </section>
  )
}
