/**
 * Providers of models that a key alone connects, as data: which variable, what a key looks like, which models are usual.
 * Source of the variables and their order: docs/facts/razroom-gateway.md; of the ids and models: its part "As documented
 * upstream". Imports nothing of Node: the page uses it too.
 */
import { findKnownVariable, type KnownVariable } from './env-catalogue.ts'

export interface ConnectProvider {
  /** What stands before the `/` of a model. */
  readonly id: string
  readonly service: string
  /** A new key is written to this one, unless one that does the same is set. */
  readonly variable: string
  /** Every variable with a key for it, in the order in which the gateway looks. */
  readonly variables: readonly string[]
  /** The others hold the same kind of key: the one that is set is replaced. */
  readonly isInterchangeable: boolean
  /** How keys are known to begin; a key that begins otherwise is asked about, not refused. */
  readonly prefixes: readonly string[]
  /** Suggestions: names of models change, and any may be typed. */
  readonly models: readonly string[]
}

interface Entry {
  readonly id: string
  readonly variables: readonly [string, ...string[]]
  /** Where it is not the first of them. */
  readonly variable?: string
  readonly isInterchangeable?: true
  readonly prefixes?: readonly string[]
  readonly models: readonly string[]
}

/** Cloudflare AI Gateway and LiteLLM need an address of one's own in razroom.json as well: a key does not connect them. */
const ENTRIES: readonly Entry[] = [
  {
    id: 'anthropic',
    variables: ['ANTHROPIC_OAUTH_TOKEN', 'ANTHROPIC_API_KEY'],
    variable: 'ANTHROPIC_API_KEY',
    prefixes: ['sk-ant-'],
    models: ['claude-opus-4-6', 'claude-sonnet-4-5', 'claude-haiku-4-5'],
  },
  { id: 'openai', variables: ['OPENAI_API_KEY'], prefixes: ['sk-'], models: ['gpt-5.2', 'gpt-5-mini'] },
  {
    id: 'google',
    variables: ['GEMINI_API_KEY'],
    prefixes: ['AIza', 'AQ.'],
    models: ['gemini-3-pro-preview', 'gemini-3-flash-preview'],
  },
  {
    id: 'openrouter',
    variables: ['OPENROUTER_API_KEY'],
    prefixes: ['sk-or-'],
    models: ['auto', 'anthropic/claude-sonnet-4.5'],
  },
  { id: 'xai', variables: ['XAI_API_KEY'], prefixes: ['xai-'], models: ['grok-4', 'grok-code-fast-1'] },
  { id: 'groq', variables: ['GROQ_API_KEY'], prefixes: ['gsk_'], models: ['llama-3.3-70b-versatile'] },
  { id: 'mistral', variables: ['MISTRAL_API_KEY'], models: ['mistral-large-latest'] },
  { id: 'cerebras', variables: ['CEREBRAS_API_KEY'], prefixes: ['csk-'], models: ['zai-glm-4.7'] },
  { id: 'moonshot', variables: ['MOONSHOT_API_KEY'], models: ['kimi-k2.5'] },
  {
    id: 'kimi-coding',
    variables: ['KIMI_API_KEY', 'KIMICODE_API_KEY'],
    isInterchangeable: true,
    models: ['k2p5'],
  },
  { id: 'minimax', variables: ['MINIMAX_API_KEY'], models: ['MiniMax-M2.5', 'MiniMax-M2.1'] },
  {
    id: 'zai',
    variables: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
    isInterchangeable: true,
    models: ['glm-5', 'glm-4.7'],
  },
  { id: 'together', variables: ['TOGETHER_API_KEY'], models: ['moonshotai/Kimi-K2.5'] },
  { id: 'venice', variables: ['VENICE_API_KEY'], models: ['llama-3.3-70b'] },
  { id: 'synthetic', variables: ['SYNTHETIC_API_KEY'], models: ['hf:MiniMaxAI/MiniMax-M2.1'] },
  {
    id: 'nvidia',
    variables: ['NVIDIA_API_KEY'],
    prefixes: ['nvapi-'],
    models: ['nvidia/llama-3.1-nemotron-70b-instruct'],
  },
  { id: 'xiaomi', variables: ['XIAOMI_API_KEY'], models: ['mimo-v2-flash'] },
  { id: 'qianfan', variables: ['QIANFAN_API_KEY'], models: ['deepseek-v3.2'] },
  {
    id: 'vercel-ai-gateway',
    variables: ['AI_GATEWAY_API_KEY'],
    models: ['anthropic/claude-opus-4.6'],
  },
  {
    id: 'opencode',
    variables: ['OPENCODE_API_KEY', 'OPENCODE_ZEN_API_KEY'],
    isInterchangeable: true,
    models: ['claude-opus-4-6'],
  },
  {
    id: 'huggingface',
    variables: ['HUGGINGFACE_HUB_TOKEN', 'HF_TOKEN'],
    variable: 'HF_TOKEN',
    isInterchangeable: true,
    prefixes: ['hf_'],
    models: ['deepseek-ai/DeepSeek-R1'],
  },
  {
    id: 'github-copilot',
    variables: ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'],
    prefixes: ['gho_', 'ghu_', 'github_pat_'],
    models: ['gpt-4o'],
  },
]

export const CONNECT_PROVIDERS: readonly ConnectProvider[] = ENTRIES.map(({ models, ...entry }) => {
  const variable = entry.variable ?? entry.variables[0]
  return {
    isInterchangeable: false,
    prefixes: [],
    ...entry,
    variable,
    service: findKnownVariable(variable)?.service ?? entry.id,
    models: models.map((model) => `${entry.id}/${model}`),
  }
})

export function findConnectProvider(id: string): ConnectProvider | undefined {
  return CONNECT_PROVIDERS.find((provider) => provider.id === id)
}

/** Where its keys come from, and what else one should know. */
export function providerWords({
  variable,
}: Pick<ConnectProvider, 'variable'>): Pick<KnownVariable, 'source' | 'url' | 'hint'> {
  const { source, url, hint } = findKnownVariable(variable) ?? {}
  return {
    ...(source === undefined ? {} : { source }),
    ...(url === undefined ? {} : { url }),
    ...(hint === undefined ? {} : { hint }),
  }
}

/** The provider whose keys begin as this one does; of several the longest beginning counts. */
export function providerByPrefix(key: string): ConnectProvider | undefined {
  let longest = ''
  let found: ConnectProvider | undefined
  for (const provider of CONNECT_PROVIDERS) {
    for (const prefix of provider.prefixes) {
      if (!key.startsWith(prefix) || prefix.length <= longest.length) continue
      longest = prefix
      found = provider
    }
  }
  return found
}

/**
 * The variable that a new key of this provider is written to.
 * @param isSet whether `.env` has a value for a name
 */
export function variableFor(provider: ConnectProvider, isSet: (name: string) => boolean): string {
  if (!provider.isInterchangeable) return provider.variable
  // The first of those that are set is the one that the gateway takes.
  return provider.variables.find(isSet) ?? provider.variable
}
