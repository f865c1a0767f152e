import { type CliContext, toJson, usageError, warningBox } from '../cli-context.ts'
import { isRecord } from '../config-schema.ts'
import { providers } from '../onboard/providers.ts'
import { nonEmpty } from '../state-paths.ts'

/** The model that is used where none is set. */
const DEFAULT_MODEL = 'anthropic/claude-sonnet'

/** `models list|status`: what is set in razroom.json, and which providers have a key. Nothing is asked of them. */
export function modelsCommand(context: CliContext, operands: readonly string[], asJson: boolean): string {
  const [name = 'status', ...rest] = operands
  if (rest.length > 0 || (name !== 'list' && name !== 'status')) throw usageError('use `models list|status`')
  const chosen = chosenModels(context)
  if (name === 'list') {
    const models = listModels(context, chosen)
    if (asJson) return `${warningBox()}${toJson({ count: models.length, models })}`
    return `${models.map(({ key, tags }) => `${key}  ${tags.join(',')}`).join('\n')}\n`
  }
  const status = modelStatus(context, chosen)
  if (asJson) return `${warningBox()}${toJson(status)}`
  const rows = status.auth.providers.map(({ provider, effective }) => `- ${provider} ${effective.detail}`)
  return `Default: ${chosen.primary}\nFallbacks: ${chosen.fallbacks.join(', ') || '-'}\n${rows.join('\n')}\n`
}

interface ChosenModels {
  primary: string
  fallbacks: string[]
}

function chosenModels({ raw }: CliContext): ChosenModels {
  const model = isRecord(raw.agents) && isRecord(raw.agents.defaults) ? raw.agents.defaults.model : undefined
  if (typeof model === 'string') return { primary: model, fallbacks: [] }
  if (!isRecord(model)) return { primary: DEFAULT_MODEL, fallbacks: [] }
  const fallbacks = Array.isArray(model.fallbacks) ? model.fallbacks : []
  return {
    primary: typeof model.primary === 'string' ? model.primary : DEFAULT_MODEL,
    fallbacks: fallbacks.filter((one) => typeof one === 'string'),
  }
}

const providerOf = (model: string): string => model.split('/')[0] ?? model

function listModels(context: CliContext, { primary, fallbacks }: ChosenModels) {
  return [primary, ...fallbacks].map((key, index) => ({
    key,
    name: key.split('/').slice(1).join('/'),
    input: 'text',
    contextWindow: null,
    local: false,
    available: keyOf(context, providerOf(key)) !== undefined,
    tags: [index === 0 ? 'default' : `fallback#${index}`, 'configured'],
    missing: false,
  }))
}

function modelStatus(context: CliContext, { primary, fallbacks }: ChosenModels) {
  const used = [...new Set([primary, ...fallbacks].map(providerOf))]
  const known = providers.flatMap(({ id, envKey }) => {
    const key = keyOf(context, id)
    return key === undefined ? [] : [{ id, envKey, shown: shortenKey(key) }]
  })
  return {
    configPath: context.paths.configPath,
    defaultModel: primary,
    resolvedDefault: primary,
    fallbacks,
    imageModel: null,
    imageFallbacks: [],
    aliases: {},
    allowed: [],
    auth: {
      storePath: `${context.paths.stateDir}/agents/main/agent/auth-profiles.json`,
      shellEnvFallback: { enabled: false, appliedKeys: [] },
      providersWithOAuth: [],
      missingProvidersInUse: used.filter((id) => keyOf(context, id) === undefined),
      providers: known.map(({ id, envKey, shown }) => ({
        provider: id,
        effective: { kind: 'env', detail: shown },
        profiles: { count: 0, oauth: 0, token: 0, apiKey: 0, labels: [] },
        env: { value: shown, source: `env: ${envKey}` },
      })),
      unusableProfiles: [],
      oauth: { warnAfterMs: 86_400_000, profiles: [], providers: [] },
    },
  }
}

function keyOf({ env }: CliContext, provider: string): string | undefined {
  const found = providers.find(({ id }) => id === provider)
  return found && nonEmpty(env[found.envKey])
}

/** As the real one shows it: 16 characters of the key, which whoever passes it on has to mask. */
function shortenKey(key: string): string {
  return key.length <= 16 ? key : `${key.slice(0, 8)}...${key.slice(-8)}`
}
