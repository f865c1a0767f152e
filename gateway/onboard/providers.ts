/** A model provider whose key the wizard can take. */
export interface Provider {
  id: string
  label: string
  /** the environment variable that carries the key */
  envKey: string
  /** what stands before the `/` of its models, where that is not the id of the wizard */
  modelId?: string
  /** other variables with a key for it; `first`: they are taken before `envKey` */
  others?: { names: readonly string[]; first?: true }
}

/** The providers of the wizard; variables from docs/facts/razroom-gateway.md. */
export const providers: readonly Provider[] = [
  { id: 'openai', label: 'OpenAI', envKey: 'OPENAI_API_KEY' },
  {
    id: 'anthropic',
    label: 'Anthropic',
    envKey: 'ANTHROPIC_API_KEY',
    others: { names: ['ANTHROPIC_OAUTH_TOKEN'], first: true },
  },
  { id: 'gemini', label: 'Google Gemini', envKey: 'GEMINI_API_KEY', modelId: 'google' },
  { id: 'openrouter', label: 'OpenRouter', envKey: 'OPENROUTER_API_KEY' },
  { id: 'xai', label: 'xAI', envKey: 'XAI_API_KEY' },
  { id: 'groq', label: 'Groq', envKey: 'GROQ_API_KEY' },
  { id: 'mistral', label: 'Mistral', envKey: 'MISTRAL_API_KEY' },
  { id: 'cerebras', label: 'Cerebras', envKey: 'CEREBRAS_API_KEY' },
  { id: 'moonshot', label: 'Moonshot', envKey: 'MOONSHOT_API_KEY' },
  {
    id: 'kimi',
    label: 'Kimi',
    envKey: 'KIMI_API_KEY',
    modelId: 'kimi-coding',
    others: { names: ['KIMICODE_API_KEY'] },
  },
  { id: 'minimax', label: 'MiniMax', envKey: 'MINIMAX_API_KEY' },
  { id: 'zai', label: 'Z.AI', envKey: 'ZAI_API_KEY', others: { names: ['Z_AI_API_KEY'] } },
  { id: 'together', label: 'Together AI', envKey: 'TOGETHER_API_KEY' },
  { id: 'venice', label: 'Venice AI', envKey: 'VENICE_API_KEY' },
  { id: 'synthetic', label: 'Synthetic', envKey: 'SYNTHETIC_API_KEY' },
  { id: 'nvidia', label: 'NVIDIA', envKey: 'NVIDIA_API_KEY' },
  { id: 'xiaomi', label: 'Xiaomi', envKey: 'XIAOMI_API_KEY' },
  { id: 'qianfan', label: 'Qianfan', envKey: 'QIANFAN_API_KEY' },
  { id: 'litellm', label: 'LiteLLM', envKey: 'LITELLM_API_KEY' },
  {
    id: 'ai-gateway',
    label: 'Vercel AI Gateway',
    envKey: 'AI_GATEWAY_API_KEY',
    modelId: 'vercel-ai-gateway',
  },
  { id: 'cloudflare-ai-gateway', label: 'Cloudflare AI Gateway', envKey: 'CLOUDFLARE_AI_GATEWAY_API_KEY' },
  {
    id: 'opencode-zen',
    label: 'OpenCode Zen',
    envKey: 'OPENCODE_API_KEY',
    modelId: 'opencode',
    others: { names: ['OPENCODE_ZEN_API_KEY'] },
  },
  {
    id: 'huggingface',
    label: 'Hugging Face',
    envKey: 'HF_TOKEN',
    others: { names: ['HUGGINGFACE_HUB_TOKEN'], first: true },
  },
]

/** The provider of an `--auth-choice` such as `openai-api-key`, or undefined for one that does not exist. */
export function findProviderByChoice(choice: string): Provider | undefined {
  return providers.find((provider) => choice === `${provider.id}-api-key`)
}

/** The variables with a key for a provider, in the order in which they are looked at. */
export function keyNames({ envKey, others }: Provider): readonly string[] {
  if (!others) return [envKey]
  return others.first ? [...others.names, envKey] : [envKey, ...others.names]
}
