import { expect, test } from 'vitest'
import { groupVariables, OFFERED, SUGGESTED, searchVariables } from './search-variables.ts'

const names = (search: string) => searchVariables(search).map(({ name }) => name)

test('an empty search gives everything that a person may set, in groups', () => {
  expect(names('  ')).toEqual(OFFERED.map(({ name }) => name))
  expect(groupVariables(OFFERED).map(({ group }) => group)).toEqual([
    'gateway',
    'provider',
    'channel',
    'tool',
  ])
  expect(OFFERED.some(({ isPanelOwned }) => isPanelOwned)).toBe(false)
})

test('a name is found by its beginning first, by its service, and in any case of letters', () => {
  expect(names('groq')[0]).toBe('GROQ_API_KEY')
  expect(names('google gemini')[0]).toBe('GEMINI_API_KEY')
  expect(names('slack bot')[0]).toBe('SLACK_BOT_TOKEN')
})

test('every word must be found', () => {
  expect(names('groq telegram')).toEqual([])
})

test('for an empty file keys of four different providers are suggested', () => {
  expect(new Set(SUGGESTED.map(({ service }) => service)).size).toBe(4)
  expect(SUGGESTED.every(({ group }) => group === 'provider')).toBe(true)
})
