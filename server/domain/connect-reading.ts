/** What a person wants connected, read into variables and keys. Imports nothing of Node: the page uses it too. */
import type { ConnectionWish } from '../../contract/connections.ts'
import type { Finding } from '../../contract/schemas.ts'
import {
  type ConnectChannel,
  channelRule,
  channelVariables,
  findConnectChannel,
  missingVariables,
} from './connect-channels.ts'
import { findConnectProvider, providerByPrefix, variableFor } from './connect-providers.ts'
import { findKnownVariable } from './env-catalogue.ts'
import { modelProblem, providerOfModel } from './model-reference.ts'
import { type PastedValue, readPastedValue } from './pasted-value.ts'

/**
 * Why something can't be, at its place in the wish: `provider.key`, `channels.slack.SLACK_APP_TOKEN`. Never a value, and no
 * name that is not known: a key may have got into its place.
 */
export interface ConnectionProblem {
  readonly path: string
  readonly message: string
  /** The wish names what is not known here. */
  readonly isUnknown?: true
}

export interface ConnectionReading {
  /** Variables of `.env`, each once, in the order of the form. */
  readonly values: readonly { readonly name: string; readonly value: string }[]
  readonly model: string | null
  /** Written into razroom.json where nothing stands there yet. */
  readonly defaults: readonly { readonly path: readonly string[]; readonly value: string }[]
  readonly problems: readonly ConnectionProblem[]
  /** What is to be known before it is applied. */
  readonly findings: readonly Finding[]
}

interface Reader {
  readonly isSet: (name: string) => boolean
  readonly values: { name: string; value: string }[]
  readonly problems: ConnectionProblem[]
  readonly findings: Finding[]
}

/** @param isSet whether `.env` has a value for this variable */
export function readConnectionWish(
  wish: ConnectionWish,
  isSet: (name: string) => boolean,
): ConnectionReading {
  const reader: Reader = { isSet, values: [], problems: [], findings: [] }
  if (wish.provider) readProvider(wish.provider, reader)
  const model = wish.model === undefined ? null : wish.model.trim()
  if (model !== null) readModel(model, wish.provider?.id, reader)
  const channels = (wish.channels ?? []).flatMap((channel, at) => readChannel(channel, at, reader))
  const defaults = channels.flatMap(({ config }) => (config === undefined ? [] : [config]))
  return { ...reader, model, defaults }
}

function readProvider({ id, key = '' }: NonNullable<ConnectionWish['provider']>, reader: Reader): void {
  const { isSet, problems, findings } = reader
  const provider = findConnectProvider(id)
  if (!provider) {
    problems.push({ path: 'provider.id', message: 'is no provider that is known here', isUnknown: true })
    return
  }
  const name = variableFor(provider, isSet)
  const rule = { name, kind: 'key', alsoNamed: provider.variables, prefixes: provider.prefixes } as const
  const pasted = readPastedValue(key, rule)
  if (pasted.value === '' && pasted.problem === undefined) {
    if (!provider.variables.some(isSet))
      problems.push({ path: 'provider.key', message: `is missing: ${provider.service} needs a key` })
    return
  }
  const other = providerByPrefix(pasted.value)
  const isOthers = pasted.doubt !== undefined && other !== undefined && other.id !== id
  const doubt = isOthers ? `begins as keys of ${other.service} do` : pasted.doubt
  take(name, 'provider.key', doubt === undefined ? pasted : { ...pasted, doubt }, reader)
  const hiding = provider.variables.slice(0, provider.variables.indexOf(name)).find(isSet)
  if (hiding !== undefined)
    findings.push({
      id: 'connect.hidden-key',
      severity: 'warning',
      title: `${hiding} comes first`,
      evidence: `.env sets it, and the gateway takes it before ${name}`,
      hint: `Remove ${hiding} from .env when the new key is to count.`,
    })
}

/** Keeps a value, and what is to be said of it. */
function take(name: string, path: string, pasted: PastedValue, reader: Reader): void {
  const { value, leftOut, problem, doubt } = pasted
  if (problem !== undefined) {
    reader.problems.push({ path, message: problem })
    return
  }
  reader.values.push({ name, value })
  if (leftOut.length > 0)
    reader.findings.push({
      id: `connect.left-out.${name}`,
      severity: 'info',
      title: `${name}: ${leftOut.join(', ')} left out`,
      evidence: 'it came with what was pasted and is no part of the value',
    })
  if (doubt !== undefined)
    reader.findings.push({
      id: `connect.unusual.${name}`,
      severity: 'warning',
      title: `${name}: it ${doubt}`,
      evidence: 'only the service itself knows whether it is right',
      hint: 'Look whether it is the right one, copied whole.',
    })
}

function readModel(model: string, providerId: string | undefined, reader: Reader): void {
  const problem = modelProblem(model)
  if (problem !== null) {
    reader.problems.push({ path: 'model', message: problem })
    return
  }
  const id = providerOfModel(model)
  const owner = findConnectProvider(id)
  if (id === providerId || owner?.variables.some(reader.isSet)) return
  reader.findings.push({
    id: 'connect.other-provider',
    severity: 'warning',
    title: `The model is one of ${owner?.service ?? id}, and .env has no key for it`,
    evidence: model,
    hint: 'Choose its provider and give a key, or take a model of the provider whose key is there.',
  })
}

/** @returns the channel when something of it is connected */
function readChannel(
  { id, values }: NonNullable<ConnectionWish['channels']>[number],
  at: number,
  reader: Reader,
): ConnectChannel[] {
  const channel = findConnectChannel(id)
  if (!channel) {
    reader.problems.push({
      path: `channels.${at}.id`,
      message: 'is no channel that is known here',
      isUnknown: true,
    })
    return []
  }
  const known = channelVariables(channel)
  const given = new Map<string, PastedValue>()
  for (const { name, value } of values) {
    if (!known.includes(name)) {
      const message = `is no variable of ${channel.service}`
      reader.problems.push({ path: `channels.${id}.name`, message, isUnknown: true })
      continue
    }
    const pasted = readPastedValue(value, channelRule(name))
    if (pasted.value !== '' || pasted.problem !== undefined) given.set(name, pasted)
  }
  for (const [name, pasted] of given) take(name, `channels.${id}.${name}`, pasted, reader)
  for (const name of missingVariables(channel.ways, (name) => given.has(name) || reader.isSet(name))) {
    const message = `is missing: ${channel.service} does nothing without it`
    reader.problems.push({ path: `channels.${id}.${name}`, message })
  }
  tellOfChannel(channel, given.size > 0, reader)
  return given.size > 0 ? [channel] : []
}

function tellOfChannel(channel: ConnectChannel, isGiven: boolean, { findings }: Reader): void {
  if (isGiven && !channel.switchesItselfOn)
    findings.push({
      id: `connect.not-switched-on.${channel.id}`,
      severity: 'info',
      title: `${channel.service} may have to be switched on as well`,
      evidence: 'its variables alone are not known to do that',
      hint: 'Afterwards choose "Configure" on the Terminal page, which asks about channels.',
    })
  const hint = findKnownVariable(channel.ways[0]?.[0] ?? '')?.hint
  if (isGiven && channel.id === 'telegram' && hint !== undefined)
    findings.push({
      id: 'connect.rewrite',
      severity: 'info',
      title: 'The gateway switches Telegram on in razroom.json by itself',
      evidence: 'it writes the file anew then, without its comments; the version before is kept',
    })
}
