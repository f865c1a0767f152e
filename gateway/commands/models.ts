import { type CliContext, toJson, usageError, warningBox } from '../cli-context.ts'
import { isRecord } from '../config-schema.ts'
import { keyNames, type Provider, providers } from '../onboard/providers.ts'
import { nonEmpty } from '../state-paths.ts'

/** Shown at each end of a key, as the real one does: 16 characters together (docs/facts/razroom-gateway.md). */
const SHOWN_CHARACTERS = 8

interface KeyInUse {
  provider: string
  name: string
  value: string
}

/**
 * `models status` and `models list`: which keys are there and which model is the default. No provider is asked, here as
 * in the real one: whether a key is valid is not told.
 * @throws {FatalError} wrong usage
 */
export function modelsCommand(context: CliContext, operands: readonly string[], asJson: boolean): string {
  const [name, ...rest] = operands
  if ((name !== 'status' && name !== 'list') || rest.length > 0)
    throw usageError('use `models list` or `models status`')
  const { primary, fallbacks } = readModel(context.raw)
  const keys = providers.flatMap((provider) => findKey(context, provider))
  return name === 'status'
    ? showStatus(context, { primary, fallbacks, keys }, asJson)
    : showList({ primary, fallbacks, keys }, asJson)
}

interface Found {
  primary: string | null
  fallbacks: string[]
  keys: KeyInUse[]
}

function showStatus(context: CliContext, { primary, fallbacks, keys }: Found, asJson: boolean): string {
  const inUse = new Set([...(primary === null ? [] : [primary]), ...fallbacks].map(providerOf))
  const missing = [...inUse].filter((id) => !keys.some(({ provider }) => provider === id))
  if (!asJson) {
    const rows = keys.map(({ provider, name, value }) => `- ${provider}: ${maskHalf(value)} (env: ${name})\n`)
    const lack = missing.map((id) => `Missing auth: ${id}\n`)
    return `${warningBox()}Default: ${primary ?? '-'}\nFallbacks: ${fallbacks.join(', ') || '-'}\n${rows.join('')}${lack.join('')}`
  }
  const entries = keys.map(({ provider, name, value }) => ({
    provider,
    effective: { kind: 'env', detail: maskHalf(value) },
    env: { value: maskHalf(value), source: `env: ${name}` },
  }))
  const lacking = missing.map((provider) => ({ provider, effective: { kind: 'missing', detail: 'missing' } }))
  const report = {
    configPath: context.paths.configPath,
    defaultModel: primary ?? '',
    resolvedDefault: primary,
    fallbacks,
    auth: { missingProvidersInUse: missing, providers: [...entries, ...lacking] },
  }
  return `${warningBox()}${toJson(report)}`
}

function showList({ primary, fallbacks, keys }: Found, asJson: boolean): string {
  const models = [...new Set([...(primary === null ? [] : [primary]), ...fallbacks])].map((key) => ({
    key,
    name: key.split('/').slice(1).join('/'),
    input: 'text',
    contextWindow: null,
    local: false,
    available: keys.some(({ provider }) => provider === providerOf(key)),
    tags: [key === primary ? 'default' : `fallback#${fallbacks.indexOf(key) + 1}`, 'configured'],
    missing: false,
  }))
  if (asJson) return `${warningBox()}${toJson({ count: models.length, models })}`
  const rows = models.map(
    ({ key, available, tags }) => `${key}  ${available ? 'yes' : 'no'}  ${tags.join()}\n`,
  )
  return `${warningBox()}${rows.join('')}`
}

function findKey({ env }: CliContext, provider: Provider): KeyInUse[] {
  for (const name of keyNames(provider)) {
    const value = nonEmpty(env[name])
    if (value !== undefined) return [{ provider: provider.modelId ?? provider.id, name, value }]
  }
  return []
}

function readModel(raw: Record<string, unknown>): Pick<Found, 'primary' | 'fallbacks'> {
  const agents = isRecord(raw.agents) ? raw.agents : {}
  const defaults = isRecord(agents.defaults) ? agents.defaults : {}
  const { model } = defaults
  if (typeof model === 'string') return { primary: nonEmpty(model) ?? null, fallbacks: [] }
  if (!isRecord(model)) return { primary: null, fallbacks: [] }
  const primary = typeof model.primary === 'string' ? nonEmpty(model.primary) : undefined
  const fallbacks = Array.isArray(model.fallbacks) ? model.fallbacks.filter(isText) : []
  return { primary: primary ?? null, fallbacks }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function providerOf(model: string): string {
  return model.split('/', 1)[0] ?? model
}

/** Half of a mask: whoever shows this output has to mask it again. */
function maskHalf(value: string): string {
  if (value.length <= SHOWN_CHARACTERS * 2) return `${value.slice(0, 1)}...`
  return `${value.slice(0, SHOWN_CHARACTERS)}...${value.slice(-SHOWN_CHARACTERS)}`
}
