import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isEnvKey, isSecretVariable } from '../../contract/rules.ts'
import { ENV_CATALOGUE, findKnownVariable } from './env-catalogue.ts'
import { findDanger, findOwner } from './variable-rules.ts'

const names = ENV_CATALOGUE.map(({ name }) => name)

/** The names of the section, `A(_B)` written out. */
function namesInFacts(): string[] {
  const facts = readFileSync(new URL('../../docs/facts/razroom-gateway.md', import.meta.url), 'utf8')
  const section = /## Environment variables it reads\n([\s\S]*?)\n## /.exec(facts)?.[1] ?? ''
  return [...section.matchAll(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]+_(?=\*))(\*|\((_[A-Z]+)\))?/g)].flatMap(
    ([, name = '', end = '', more]) => (more === undefined ? [name + end] : [name, name + more]),
  )
}

test('it has the variables of the measured facts, and no other', () => {
  expect([...names].sort()).toEqual(namesInFacts().sort())
  expect(names.length).toBeGreaterThan(70)
})

test('what it refers to is in it, and alternatives are mutual', () => {
  for (const { name, alternatives, goesWith } of ENV_CATALOGUE) {
    for (const other of [...alternatives, ...goesWith]) expect(names, name).toContain(other)
    for (const other of alternatives) expect(findKnownVariable(other)?.alternatives, name).toContain(name)
    expect([...alternatives, ...goesWith]).not.toContain(name)
  }
})

test.each(ENV_CATALOGUE)('$name is an entry a person can use', (variable) => {
  expect(isEnvKey(variable.name.replace(/_\*$/, ''))).toBe(true)
  expect(variable.purpose).toMatch(/^[A-Z].*\.$/)
  expect(variable.service).not.toBe('')
  if (variable.url !== undefined) expect(new URL(variable.url).protocol).toBe('https:')
  if (variable.group !== 'gateway') expect(variable.source ?? variable.url).toBeDefined()
  expect(findDanger(variable.name)).toBeUndefined()
  expect(findOwner(variable.name) !== undefined).toBe(variable.isPanelOwned)
  // What the catalogue calls a secret is masked by its name alone, whatever its value.
  if (variable.isSecret && !variable.name.endsWith('*'))
    expect(isSecretVariable(variable.name, '')).toBe(true)
})

test('a name of a family is known by its family; others are not', () => {
  expect(findKnownVariable('GROQ_API_KEY')?.service).toBe('Groq')
  expect(findKnownVariable('TWILIO_AUTH_TOKEN')?.name).toBe('TWILIO_*')
  expect(['TWILIO_', 'GROK_API_KEY', 'groq_api_key', 'constructor'].map(findKnownVariable)).toEqual(
    Array(4).fill(undefined),
  )
})
