import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { maskConfigText } from './config-view.ts'
import { CONNECT_CHANNELS, channelRule, channelVariables, missingVariables } from './connect-channels.ts'
import { CONNECT_PROVIDERS, providerByPrefix, providerWords, variableFor } from './connect-providers.ts'
import { findKnownVariable } from './env-catalogue.ts'
import { modelProblem, providerOfModel } from './model-reference.ts'

const facts = readFileSync(new URL('../../docs/facts/razroom-gateway.md', import.meta.url), 'utf8')

test('each provider has a name of its own, and variables of the catalogue that do the same', () => {
  const ids = CONNECT_PROVIDERS.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const provider of CONNECT_PROVIDERS) {
    const { variable, variables } = provider
    expect(variables).toContain(variable)
    const known = findKnownVariable(variable)
    expect(known?.group, variable).toBe('provider')
    expect([...(known?.alternatives ?? []), variable].sort()).toEqual([...variables].sort())
    const { source, url } = providerWords(provider)
    expect(source ?? url, provider.id).toBeDefined()
    expect(facts, `the id ${provider.id} is among the facts`).toContain(`\`${provider.id}\``)
  }
})

test('what razroom.json would say of each suggested model is shown as it is', () => {
  for (const model of CONNECT_PROVIDERS.flatMap(({ models }) => models)) {
    expect(modelProblem(model), model).toBeNull()
    const text = `{ "agents": { "defaults": { "model": { "primary": ${JSON.stringify(model)} } } } }`
    expect(maskConfigText(text)).toBe(text)
  }
  for (const { id, models } of CONNECT_PROVIDERS)
    for (const model of models) expect(providerOfModel(model)).toBe(id)
})

test('the longest known beginning tells whose key it is', () => {
  expect(providerByPrefix('sk-ant-api03-x')?.id).toBe('anthropic')
  expect(providerByPrefix('sk-or-v1-x')?.id).toBe('openrouter')
  expect(providerByPrefix('sk-proj-x')?.id).toBe('openai')
  expect(providerByPrefix('x')).toBeUndefined()
})

test('a new key goes where the gateway looks first, unless that is another kind of key', () => {
  const [anthropic, zai] = ['anthropic', 'zai'].map((id) => CONNECT_PROVIDERS.find((one) => one.id === id))
  if (!anthropic || !zai) throw new Error('both are in the list')
  const only = (name: string) => (other: string) => other === name
  expect(variableFor(zai, only('Z_AI_API_KEY'))).toBe('Z_AI_API_KEY')
  expect(variableFor(zai, () => true)).toBe('ZAI_API_KEY')
  expect(variableFor(zai, () => false)).toBe('ZAI_API_KEY')
  expect(variableFor(anthropic, only('ANTHROPIC_OAUTH_TOKEN'))).toBe('ANTHROPIC_API_KEY')
})

test('each channel has variables of the catalogue, with what they go with', () => {
  for (const channel of CONNECT_CHANNELS) {
    const names = channelVariables(channel)
    for (const name of names) {
      const known = findKnownVariable(name)
      expect(known?.service, name).toBe(channel.service)
      expect(channelRule(name).kind === 'key').toBe(
        (known?.isSecret === true && !name.includes('PASSWORD')) || name === 'MSTEAMS_APP_PASSWORD',
      )
      for (const other of known?.goesWith ?? []) expect(names).toContain(other)
    }
  }
})

test('what is missing is the shortest way', () => {
  const matrix = CONNECT_CHANNELS.find(({ id }) => id === 'matrix')?.ways ?? []
  const has = (...names: string[]) => missingVariables(matrix, (name) => names.includes(name))
  expect(has('MATRIX_HOMESERVER')).toEqual(['MATRIX_ACCESS_TOKEN'])
  expect(has('MATRIX_HOMESERVER', 'MATRIX_PASSWORD', 'MATRIX_USER_ID')).toEqual([])
  expect(has('MATRIX_PASSWORD', 'MATRIX_USER_ID')).toEqual(['MATRIX_HOMESERVER'])
})

test.each([
  ['openai/gpt-5.2', null],
  ['openrouter/meta/llama-4:free', null],
  ['synthetic/hf:Org/Model-1', null],
  ['gpt-5.2', 'names no provider'],
  ['', 'is empty'],
  ['open ai/gpt', 'a blank'],
  ['OpenAI/gpt', 'no provider of small letters'],
  ['/gpt', 'no provider of small letters'],
  ['openai/', 'nothing behind a /'],
  ['openai//gpt', 'nothing behind a /'],
  ['openai/gpt"', 'a character other than'],
  [`openai/${'a'.repeat(300)}`, 'more than 256'],
])('the model %j', (model, problem) => {
  if (problem === null) expect(modelProblem(model)).toBeNull()
  else expect(modelProblem(model)).toContain(problem)
})
