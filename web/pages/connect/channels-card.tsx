import type { JSX } from 'preact'
import type { ChannelConnection, ChannelVariable } from '../../../contract/connections.ts'
import { Check } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { errorAt } from './connect-form.ts'
import type { CardProps } from './provider-card.tsx'

type ChannelsProps = CardProps & { readonly channels: readonly ChannelConnection[] }

/** How people reach the gateway: each channel with what it needs. */
export function ChannelsCard(props: ChannelsProps): JSX.Element {
  const { form, channels, onChange } = props
  const toggle = (id: string, isOpen: boolean): void => {
    const { [id]: _left, ...others } = form.channels
    onChange({ channels: isOpen ? { ...others, [id]: {} } : others })
  }
  return (
    <section class="card stack" aria-label="Channels">
      <h2>Channels</h2>
      <p class="small muted">Where people write to the gateway. None is needed to use it in the browser.</p>
      <fieldset class="connect-channels">
        <legend class="visually-hidden">Channels to connect</legend>
        {channels.map(({ id, service, isSet }) => (
          <Check key={id} isChecked={id in form.channels} onChange={(isOpen) => toggle(id, isOpen)}>
            {service}
            {isSet && <span class="muted"> (set)</span>}
          </Check>
        ))}
      </fieldset>
      {channels
        .filter(({ id }) => id in form.channels)
        .map((channel) => (
          <ChannelFields key={channel.id} {...props} channel={channel} />
        ))}
    </section>
  )
}

function ChannelFields(props: CardProps & { readonly channel: ChannelConnection }): JSX.Element {
  const { channel, form, onChange } = props
  const { id, service, ways, variables, source, url, hints } = channel
  const needed = new Set(ways.flat())
  const change = (name: string, value: string): void =>
    onChange({ channels: { ...form.channels, [id]: { ...form.channels[id], [name]: value } } })
  const fields = (list: readonly ChannelVariable[]): JSX.Element[] =>
    list.map((variable) => (
      <VariableField key={variable.name} {...props} variable={variable} onInput={change} />
    ))
  const options = variables.filter(({ name }) => !needed.has(name))
  return (
    <section class="stack connect-channel" aria-label={service}>
      <h3>{service}</h3>
      <p class="small">
        {source}{' '}
        {url !== undefined && (
          <a href={url} target="_blank" rel="noopener noreferrer">
            Open {new URL(url).hostname}
          </a>
        )}
        {ways.length > 1 && (
          <span class="muted"> Enough is {ways.map((way) => way.join(' and ')).join(', or ')}.</span>
        )}
      </p>
      {fields(variables.filter(({ name }) => needed.has(name)))}
      {options.length > 0 && (
        <details>
          <summary>More, which may stay empty</summary>
          <div class="stack connect-more">{fields(options)}</div>
        </details>
      )}
      {hints.map((hint) => (
        <p key={hint} class="small muted">
          {hint}
        </p>
      ))}
    </section>
  )
}

function VariableField(
  props: CardProps & {
    readonly channel: ChannelConnection
    readonly variable: ChannelVariable
    readonly onInput: (name: string, value: string) => void
  },
): JSX.Element {
  const { form, reading, isAsked, channel, variable, onInput } = props
  const { name, purpose, isSecret, isSet, value } = variable
  const present = isSecret ? '••••••••' : (value ?? '')
  return (
    <Field
      label={name}
      value={form.channels[channel.id]?.[name] ?? ''}
      onInput={(typed) => onInput(name, typed)}
      isSecret={isSecret}
      isMono
      placeholder={isSet ? `${present} stays unless another is typed` : ''}
      hint={reading.notes.get(name) ?? purpose}
      error={errorAt(reading, `channels.${channel.id}.${name}`, isAsked)}
    />
  )
}
