/** Keys of the providers of models. Source of the names: docs/facts/razroom-gateway.md. */
import type { KnownVariable } from './env-catalogue.ts'
import { knownVariable } from './env-catalogue-entry.ts'

interface Provider {
  readonly service: string
  /** What people call its models, where that is another word: it is found by it. */
  readonly models?: string
  /** The first is the usual one; each of them is enough. */
  readonly names: readonly [string, ...string[]]
  /** The provider's own page for keys. */
  readonly url?: string
  /** Where keys come from, when there is no such page. */
  readonly source?: string
  readonly hint?: string
}

const PROVIDERS: readonly Provider[] = [
  {
    service: 'Anthropic',
    models: 'Claude',
    names: ['ANTHROPIC_API_KEY', 'ANTHROPIC_OAUTH_TOKEN'],
    url: 'https://console.anthropic.com/settings/keys',
  },
  {
    service: 'OpenAI',
    models: 'GPT, ChatGPT',
    names: ['OPENAI_API_KEY'],
    url: 'https://platform.openai.com/api-keys',
  },
  { service: 'Google Gemini', names: ['GEMINI_API_KEY'], url: 'https://aistudio.google.com/apikey' },
  { service: 'OpenRouter', names: ['OPENROUTER_API_KEY'], url: 'https://openrouter.ai/keys' },
  {
    service: 'xAI',
    models: 'Grok',
    names: ['XAI_API_KEY'],
    url: 'https://console.x.ai',
    hint: 'It is for Grok models; GROQ_API_KEY is for Groq, another company.',
  },
  {
    service: 'Groq',
    names: ['GROQ_API_KEY'],
    url: 'https://console.groq.com/keys',
    hint: 'It is for Groq; the key for Grok models is XAI_API_KEY.',
  },
  { service: 'Mistral', names: ['MISTRAL_API_KEY'], url: 'https://console.mistral.ai/api-keys' },
  { service: 'Cerebras', names: ['CEREBRAS_API_KEY'], url: 'https://cloud.cerebras.ai' },
  {
    service: 'Moonshot AI',
    models: 'Kimi',
    names: ['MOONSHOT_API_KEY'],
    url: 'https://platform.moonshot.ai/console/api-keys',
  },
  {
    service: 'Kimi Code',
    names: ['KIMI_API_KEY', 'KIMICODE_API_KEY'],
    source: 'The console of Kimi Code; keys of Moonshot AI are others.',
  },
  { service: 'MiniMax', names: ['MINIMAX_API_KEY'], url: 'https://platform.minimax.io' },
  {
    service: 'MiniMax',
    names: ['MINIMAX_OAUTH_TOKEN'],
    source: 'Your account at MiniMax.',
  },
  {
    service: 'Z.AI',
    names: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
    url: 'https://z.ai/manage-apikey/apikey-list',
  },
  {
    service: 'Together AI',
    names: ['TOGETHER_API_KEY'],
    url: 'https://api.together.ai/settings/api-keys',
  },
  { service: 'Venice', names: ['VENICE_API_KEY'], url: 'https://venice.ai/settings/api' },
  { service: 'Synthetic', names: ['SYNTHETIC_API_KEY'], source: 'Your account at synthetic.new.' },
  { service: 'NVIDIA', names: ['NVIDIA_API_KEY'], url: 'https://build.nvidia.com' },
  { service: 'Xiaomi MiMo', names: ['XIAOMI_API_KEY'], source: 'The developer platform of Xiaomi MiMo.' },
  { service: 'Baidu Qianfan', names: ['QIANFAN_API_KEY'], source: 'The Qianfan console of Baidu AI Cloud.' },
  {
    service: 'LiteLLM',
    names: ['LITELLM_API_KEY'],
    source: 'Whoever runs your LiteLLM proxy gives out its keys.',
  },
  { service: 'Vercel AI Gateway', names: ['AI_GATEWAY_API_KEY'], url: 'https://vercel.com/docs/ai-gateway' },
  {
    service: 'Cloudflare AI Gateway',
    names: ['CLOUDFLARE_AI_GATEWAY_API_KEY'],
    url: 'https://dash.cloudflare.com',
  },
  {
    service: 'OpenCode Zen',
    names: ['OPENCODE_API_KEY', 'OPENCODE_ZEN_API_KEY'],
    url: 'https://opencode.ai/auth',
  },
  {
    service: 'Hugging Face',
    names: ['HF_TOKEN', 'HUGGINGFACE_HUB_TOKEN'],
    url: 'https://huggingface.co/settings/tokens',
  },
  {
    service: 'GitHub Copilot',
    names: ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'],
    url: 'https://github.com/settings/tokens',
    hint: 'Other tools in the container use GH_TOKEN and GITHUB_TOKEN too; COPILOT_GITHUB_TOKEN is for this alone.',
  },
  {
    service: 'Ollama',
    names: ['OLLAMA_API_KEY'],
    url: 'https://ollama.com/settings/keys',
    hint: 'It is for the service at ollama.com; an Ollama of your own looks at no key.',
  },
]

export const PROVIDER_VARIABLES: readonly KnownVariable[] = PROVIDERS.flatMap(
  ({ names, models, ...provider }) =>
    names.map((name) =>
      knownVariable({
        ...provider,
        name,
        group: 'provider',
        purpose: `${name.endsWith('_TOKEN') ? 'Token' : 'Key'} for models of ${provider.service}${models === undefined ? '' : ` (${models})`}.`,
        isSecret: true,
        alternatives: names.filter((other) => other !== name),
      }),
    ),
)
