/** Variables of tools and voice. Source of the names: docs/facts/razroom-gateway.md. */
import { type CatalogueEntry, knownVariable } from './env-catalogue-entry.ts'

const FAMILY_SOURCE = 'The console of the service; the variables are those of its own documentation.'

const ENTRIES: readonly Omit<CatalogueEntry, 'group' | 'isSecret'>[] = [
  {
    name: 'BRAVE_API_KEY',
    service: 'Brave Search',
    purpose: 'Key for searching the web with Brave.',
    url: 'https://brave.com/search/api/',
  },
  {
    name: 'PERPLEXITY_API_KEY',
    service: 'Perplexity',
    purpose: 'Key for searching the web with Perplexity.',
    url: 'https://www.perplexity.ai/settings/api',
  },
  {
    name: 'FIRECRAWL_API_KEY',
    service: 'Firecrawl',
    purpose: 'Key for reading web pages with Firecrawl.',
    url: 'https://www.firecrawl.dev/app/api-keys',
  },
  ...['ELEVENLABS_API_KEY', 'XI_API_KEY'].map((name, index, both) => ({
    name,
    service: 'ElevenLabs',
    purpose: 'Key for the voices of ElevenLabs.',
    url: 'https://elevenlabs.io/app/settings/api-keys',
    alternatives: both.filter((_other, place) => place !== index),
  })),
  ...[
    ['Twilio', 'TWILIO_*', 'https://console.twilio.com'],
    ['Telnyx', 'TELNYX_*', 'https://portal.telnyx.com'],
    ['Plivo', 'PLIVO_*', 'https://console.plivo.com'],
  ].map(([service = '', name = '', url = '']) => ({
    name,
    service,
    purpose: `The account for telephone calls by ${service}.`,
    source: FAMILY_SOURCE,
    url,
  })),
  {
    name: 'NGROK_AUTHTOKEN',
    service: 'ngrok',
    purpose: 'Token for a tunnel by which telephone services reach the gateway.',
    url: 'https://dashboard.ngrok.com/get-started/your-authtoken',
  },
]

export const TOOL_VARIABLES = ENTRIES.map((entry) =>
  knownVariable({ ...entry, group: 'tool', isSecret: true }),
)
