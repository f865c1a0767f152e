import { expect, test } from 'vitest'
import { ENV_CATALOGUE } from './env-catalogue.ts'
import { findMeantName } from './env-meant-name.ts'

test.each([
  ['GROK_API_KEY', 'GROQ_API_KEY'],
  ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
  ['OPENAI_KEY', 'OPENAI_API_KEY'],
  ['OPEN_AI_API_KEY', 'OPENAI_API_KEY'],
  ['openai_api_key', 'OPENAI_API_KEY'],
  ['ANTROPIC_API_KEY', 'ANTHROPIC_API_KEY'],
  ['MISTARL_API_KEY', 'MISTRAL_API_KEY'],
  ['TELEGRAM_TOKEN', 'TELEGRAM_BOT_TOKEN'],
  ['SLACK_APP_TOKNE', undefined],
  ['SLACK_BOT_TOKENS', 'SLACK_BOT_TOKEN'],
  ['RAZROOM_SKIP_CRONS', 'RAZROOM_SKIP_CRON'],
  ['RAZROOM_GATWAY_TOKEN', 'RAZROOM_GATEWAY_TOKEN'],
])('%s was meant as %s', (name, meant) => {
  expect(findMeantName(name, 'x')).toBe(meant)
})

test('the prefix of a key of xAI says which of the two was meant', () => {
  expect(findMeantName('GROK_API_KEY', '"xai-1"')).toBe('XAI_API_KEY')
  expect(findMeantName('GROK_API_KEY', 'gsk_1')).toBe('GROQ_API_KEY')
})

test.each([
  ...['GITLAB_TOKEN', 'GL_TOKEN', 'NPM_TOKEN', 'HASS_TOKEN', 'EXA_API_KEY', 'FAL_API_KEY', 'JINA_API_KEY'],
  ...[
    'COHERE_API_KEY',
    'DEEPSEEK_API_KEY',
    'AZURE_API_KEY',
    'GOOGLE_API_KEY',
    'TAVILY_API_KEY',
    'AWS_SECRET_KEY',
  ],
  ...['RAZROOM', 'RAZROOM_GATEWAY', 'RAZROOM_GATEWAY_PROT', 'RAZROOM_BUNDLED_START_MS', 'TZ', 'IRC_HOTS', ''],
  ...['TWILIO_AUTH_TOKEN', ...ENV_CATALOGUE.map(({ name }) => name)],
])('%s is no other name', (name) => {
  expect(findMeantName(name, 'x')).toBeUndefined()
})
