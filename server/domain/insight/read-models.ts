/** `models list --json` and `models status --json` of the gateway. */
import type { ModelsInsight, ProviderState, ProvidersInsight } from '../../../contract/insight.ts'
import { collect, isLoose, type Loose, listOf, objectOf, said, textOf, timeMember } from './loose.ts'

const MAX_MODELS = 100
const MAX_PROVIDERS = 60
const MAX_NAMES = 20

/** @returns null when this is not what the command prints */
export function readModels(document: unknown): ModelsInsight | null {
  if (!isLoose(document) || !Array.isArray(document.models)) return null
  const { list, skipped } = collect(document.models, MAX_MODELS, (model) => {
    const key = textOf(model.key)
    if (key === '') return null
    const name = textOf(model.name)
    return {
      key,
      ...said('name', name === key ? '' : name),
      ...(typeof model.available === 'boolean' ? { isAvailable: model.available } : {}),
      isMissing: model.missing === true,
      tags: namesOf(model.tags),
    }
  })
  return { models: list, skipped }
}

const OAUTH_STATES: ReadonlySet<string> = new Set(['ok', 'static', 'expiring', 'expired', 'missing'])
/** Kinds of `effective.kind`; what stands beside them may have a part of the key. */
const SOURCES: Readonly<Record<string, string>> = {
  profiles: 'login',
  env: 'environment',
  'models.json': 'models.json',
}

/** @returns null when this is not what the command prints */
export function readProviders(document: unknown): ProvidersInsight | null {
  if (!isLoose(document) || !isLoose(document.auth)) return null
  const { auth } = document
  const oauth = new Map(objectsIn(objectOf(auth.oauth).providers).map((one) => [textOf(one.provider), one]))
  const unusable = new Map(objectsIn(auth.unusableProfiles).map((one) => [textOf(one.provider), one]))
  const missing = namesOf(auth.missingProvidersInUse)
  const known = listOf(auth.providers)
  const names = new Set(objectsIn(known).map(({ provider }) => textOf(provider)))
  // One that a model needs and that has no key at all need not be among the others.
  const all = [...known, ...missing.filter((name) => !names.has(name)).map((provider) => ({ provider }))]
  const { list, skipped } = collect(all, MAX_PROVIDERS, (provider) => {
    const name = textOf(provider.provider)
    if (name === '') return null
    return providerOf(name, provider, {
      oauth: oauth.get(name),
      unusable: unusable.get(name),
      isMissing: missing.includes(name),
    })
  })
  const defaultModel = textOf(document.resolvedDefault) || textOf(document.defaultModel)
  return {
    ...said('defaultModel', defaultModel),
    fallbacks: namesOf(document.fallbacks),
    providers: list,
    skipped,
  }
}

function providerOf(
  name: string,
  provider: Loose,
  told: { oauth: Loose | undefined; unusable: Loose | undefined; isMissing: boolean },
): ProvidersInsight['providers'][number] {
  const kind = textOf(objectOf(provider.effective).kind)
  const source = said('source', SOURCES[kind] ?? '')
  if (told.isMissing) return { name, state: 'missing', ...source }
  if (told.unusable) {
    const { kind: why, reason, until } = told.unusable
    const state = why === 'disabled' ? 'disabled' : 'cooldown'
    return { name, state, ...source, ...said('reason', textOf(reason)), ...timeMember('until', until) }
  }
  const status = textOf(told.oauth?.status)
  if (OAUTH_STATES.has(status) && told.oauth) {
    const ends = status === 'static' ? {} : timeMember('until', told.oauth.expiresAt)
    return { name, state: status as ProviderState, ...source, ...ends }
  }
  const state = kind === 'missing' ? 'missing' : kind in SOURCES ? 'static' : 'unknown'
  return { name, state, ...source }
}

function objectsIn(value: unknown): Loose[] {
  return listOf(value).filter(isLoose)
}

function namesOf(value: unknown): string[] {
  return listOf(value)
    .map(textOf)
    .filter((name) => name !== '')
    .slice(0, MAX_NAMES)
}
