import { cleanup, fireEvent, screen } from '@testing-library/preact'
import { expect, test } from 'vitest'
import * as editor from './env-editor.ts'
import { panel, press, row, secret, settle, setUpPage, show } from './test-environment.tsx'

setUpPage({ entries: [secret(1, 'GROQ_API_KEY', 30)], findings: [] })

const box = () => screen.getByRole('combobox', { hidden: true })
const key = async (name: string) => {
  fireEvent.keyDown(box(), { key: name })
  await settle()
}
const search = async (text: string) => {
  fireEvent.input(box(), { target: { value: text } })
  await settle()
}
/** The option that Enter would take, by way of what is told to a screen reader. */
const active = () => document.getElementById(box().getAttribute('aria-activedescendant') ?? '')
const isOpen = () => document.querySelector('dialog') !== null

test('a known variable is found by its service, and its row waits for the value', async () => {
  await press('Add variable')
  expect(document.activeElement).toBe(box())
  await search('gemini')
  expect(active()?.textContent).toContain('GEMINI_API_KEY')
  expect(active()?.getAttribute('aria-selected')).toBe('true')
  const link = document.querySelector('dialog a')
  expect(link?.getAttribute('href')).toMatch(/^https:/)
  expect(link?.getAttribute('rel')).toBe('noopener noreferrer')
  await key('Enter')
  expect(isOpen()).toBe(false)
  expect(screen.getByLabelText('Name of the new variable')).toHaveProperty('value', 'GEMINI_API_KEY')
  expect(document.activeElement).toBe(screen.getByLabelText('Value of the new variable'))
  expect(row('GEMINI_API_KEY').textContent).toMatch(/Get one from Google Gemini/)
})

test('arrows move over all options, and not beyond', async () => {
  await press('Add variable')
  const own = active()?.textContent
  await key('ArrowUp')
  expect(active()?.textContent).toBe(own)
  await key('ArrowDown')
  const first = active()?.textContent
  expect(first).not.toBe(own)
  await key('ArrowDown')
  expect(active()?.textContent).not.toBe(first)
  await key('ArrowUp')
  expect(active()?.textContent).toBe(first)
})

test('a name of one’s own is always possible', async () => {
  await press('Add variable')
  await search('MY_OWN')
  expect(active()?.textContent).toBe('Use the name MY_OWN')
  await key('Enter')
  expect(screen.getByLabelText('Name of the new variable')).toHaveProperty('value', 'MY_OWN')
})

test('words that are no name leave the name to be typed', async () => {
  await press('Add variable')
  await search('something else')
  await key('Enter')
  expect(screen.getByLabelText('Name of the new variable')).toHaveProperty('value', '')
  expect(document.activeElement).toBe(screen.getByLabelText('Name of the new variable'))
})

test('of a family the beginning is filled in, and the rest is typed', async () => {
  await press('Add variable')
  await search('TWILIO')
  await key('Enter')
  expect(screen.getByLabelText('Name of the new variable')).toHaveProperty('value', 'TWILIO_')
  expect(document.activeElement).toBe(screen.getByLabelText('Name of the new variable'))
})

test('what is set is marked, and choosing it goes to its row', async () => {
  await press('Add variable')
  await search('GROQ_API_KEY')
  expect(active()?.textContent).toContain('set')
  await key('Enter')
  expect(screen.queryByLabelText('Name of the new variable')).toBeNull()
  expect(row('GROQ_API_KEY').contains(document.activeElement)).toBe(true)
})

test('a click takes an option too', async () => {
  await press('Add variable')
  await search('mistral')
  const option = active()
  if (!option) throw new Error('no option')
  fireEvent.click(option)
  await settle()
  expect(screen.getByLabelText('Name of the new variable')).toHaveProperty('value', 'MISTRAL_API_KEY')
})

test('rows of known variables say what they are for', () => {
  expect(row('GROQ_API_KEY').textContent).toMatch(/Groq/)
})

test('an empty file suggests the key of a provider', async () => {
  cleanup()
  panel.entries = []
  panel.exists = false
  editor.base.value = null
  await show()
  await press('Add ANTHROPIC_API_KEY, the key of Anthropic')
  expect(screen.getByLabelText('Name of the new variable')).toHaveProperty('value', 'ANTHROPIC_API_KEY')
})
