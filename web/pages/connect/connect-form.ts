/** What is typed into the form, and what the panel is asked to make of it. */
import type { Connections, ConnectionWish } from '../../../contract/connections.ts'
import { type ConnectionProblem, readConnectionWish } from '../../../server/domain/connect-reading.ts'
import { shellLine } from '../../state/shell-line.ts'

/** Values of one channel by the name of their variable. */
export type ChannelValues = Readonly<Record<string, string>>

export interface ConnectForm {
  /** Empty: no provider is to be connected. */
  readonly providerId: string
  readonly key: string
  readonly model: string
  /** The channels that are open in the form. */
  readonly channels: Readonly<Record<string, ChannelValues>>
}

export const EMPTY_FORM: ConnectForm = { providerId: '', key: '', model: '', channels: {} }

/** The form for what is there: the model that is set stands in its field. */
export function formFor({ model }: Pick<Connections, 'model'>): ConnectForm {
  return { ...EMPTY_FORM, model: model ?? '' }
}

/** What is asked for; what is empty, or is so already, is left out. */
export function toWish(form: ConnectForm, known: Pick<Connections, 'model'>): ConnectionWish {
  const { providerId, key, channels } = form
  const model = form.model.trim()
  const chosen = Object.entries(channels).map(([id, values]) => ({
    id,
    values: Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }])),
  }))
  return {
    ...(providerId === '' ? {} : { provider: { id: providerId, ...(key === '' ? {} : { key }) } }),
    ...(model === '' || model === known.model ? {} : { model }),
    ...(chosen.length === 0 ? {} : { channels: chosen }),
  }
}

/** What a shell has for it, which asks for keys; an example while nothing is asked for. */
export function connectCommand({ provider, model, channels }: ConnectionWish, restart: boolean): string {
  const options = [
    ...(provider === undefined ? [] : ['--provider', provider.id]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(channels ?? []).flatMap(({ id }) => ['--channel', id]),
  ]
  const named = options.length === 0 ? ['--provider', 'anthropic', '--channel', 'telegram'] : options
  return shellLine(['sudo', 'razroom-panel', 'connect', ...named, ...(restart ? [] : ['--no-restart'])])
}

/** Nothing is asked for. */
export function isEmptyWish({ provider, model, channels }: ConnectionWish): boolean {
  return provider === undefined && model === undefined && channels === undefined
}

/** Something is typed that is nowhere else. */
export function hasTyped({ key, channels }: ConnectForm): boolean {
  return (
    key !== '' ||
    Object.values(channels).some((values) => Object.values(values).some((value) => value !== ''))
  )
}

export interface FormReading {
  readonly problems: readonly ConnectionProblem[]
  /** What was left out of a pasted value, and what is unusual about it, by the name of the variable. */
  readonly notes: ReadonlyMap<string, string>
}

/** The same reading as the panel's own, before anything is sent. */
export function readForm(form: ConnectForm, known: Connections): FormReading {
  const set = new Set([
    ...known.providers.flatMap(({ isSet, setIn, variable }) => (isSet ? [setIn ?? '', variable] : [])),
    ...known.channels.flatMap(({ variables }) =>
      variables.flatMap(({ name, isSet }) => (isSet ? [name] : [])),
    ),
  ])
  const { problems, findings } = readConnectionWish(toWish(form, known), (name) => set.has(name))
  const notes = new Map<string, string>()
  for (const { id, title } of findings) {
    const name = /^connect\.(?:left-out|unusual)\.([A-Z_0-9]+)$/.exec(id)?.[1]
    if (name === undefined) continue
    const words = title.slice(name.length + 2)
    const sentence = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
    notes.set(name, [notes.get(name), sentence].filter((one) => one !== undefined).join(' '))
  }
  return { problems, notes }
}

/** The fault at a place of the form as a sentence; of what is merely missing only when it was asked for. */
export function errorAt(reading: FormReading, path: string, isAsked: boolean): string | undefined {
  const problem = reading.problems.find((one) => one.path === path)
  if (!problem || (!isAsked && problem.message.startsWith('is missing'))) return undefined
  return `It ${problem.message}${problem.message.endsWith('?') ? '' : '.'}`
}
