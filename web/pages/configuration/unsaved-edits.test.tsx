import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConfigurationPage } from './configuration-page.tsx'
import {
  changeOutside,
  closePage,
  json,
  masked,
  openPage,
  PLAIN,
  press,
  problem,
  puts,
  SECRET,
  settle,
  text,
  type,
  world,
} from './test-configuration-page.tsx'

vi.mock('./code-editor.tsx', async () => ({
  CodeEditor: (await import('./test-text-area-editor.tsx')).TextAreaEditor,
}))

beforeEach(openPage)
afterEach(closePage)

test('a text the gateway would not start with is saved only when it is meant', async () => {
  world.answerToSave = ({ anyway, text: next }) => {
    if (anyway !== true) return problem('CONFIG_WOULD_NOT_START', 400)
    world.file = { ...world.file, etag: 'v2', text: String(next) }
    return json({ etag: 'v2', changed: true })
  }
  await press('Edit')
  await type('{ gateway: {} }\n')
  await press('Save')
  expect(screen.getByText('The gateway would not start with this')).toBeTruthy()
  fireEvent.click(screen.getByText('Back to the text'))
  await settle()
  expect(text()).toHaveProperty('value', '{ gateway: {} }\n')
  await press('Save')
  fireEvent.click(screen.getByText('Save anyway'))
  await settle()
  expect(puts().at(-1)?.[2]).toEqual({ text: '{ gateway: {} }\n', anyway: true })
  expect(screen.getByText(/^Saved\./)).toBeTruthy()
})

test('a conflict shows both sides, and mine go on top of theirs', async () => {
  await press('Edit')
  await type(PLAIN.replace("'local'", "'remote'"))
  world.file = { ...world.file, etag: 'v9', text: PLAIN.replace('// why', '// because') }
  world.answerToSave = () => problem('CONFIG_CHANGED', 412)
  await press('Save')
  expect(text()).toHaveProperty('value', PLAIN.replace("'local'", "'remote'"))
  const note = screen.getByRole('alert')
  expect(within(note).getByRole('region', { name: 'Changed lines' }).textContent).toContain('// because')
  expect(document.body.innerHTML).not.toContain('CONFIG_CHANGED')
  await press('Save')
  expect(puts()).toHaveLength(1)
  await press('Keep mine, on top of theirs')
  const both = PLAIN.replace("'local'", "'remote'").replace('// why', '// because')
  expect(text()).toHaveProperty('value', both)
  world.answerToSave = () => json({ etag: 'v10', changed: true })
  world.file = { ...world.file, etag: 'v10', text: both }
  await press('Save')
  expect(puts().at(-1)).toEqual(['PUT', '/api/config', { text: both }, '"v9"'])
})

test('loading theirs sets mine aside, and they can be brought back', async () => {
  await press('Edit')
  const mine = PLAIN.replace("'local'", "'remote'")
  await type(mine)
  await changeOutside('v2', PLAIN.replace('// why', '// because'))
  await press('Load theirs')
  expect(screen.getByLabelText(/secrets masked/)).toHaveProperty('value', masked(world.file.text))
  await press('Bring mine back')
  expect(text()).toHaveProperty('value', mine.replace('// why', '// because'))
  expect(screen.queryByText(/set aside/)).toBeNull()
})

test('edits survive another page and news of the machine; without edits the file is read anew', async () => {
  await press('Edit')
  await type('{ typed: 1 }')
  cleanup()
  render(<ConfigurationPage />)
  await changeOutside('v1', PLAIN)
  expect(text()).toHaveProperty('value', '{ typed: 1 }')
  await press('Discard')
  expect(document.body.innerHTML).not.toContain(SECRET)
  await changeOutside('v6', '{ other: 1 }')
  expect(screen.getByLabelText(/secrets masked/)).toHaveProperty('value', '{ other: 1 }')
})

test('closing the page with edits asks first', async () => {
  const leave = () => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  await press('Edit')
  expect(leave()).toBe(false)
  await type('{}')
  expect(leave()).toBe(true)
  await type(PLAIN)
  expect(leave()).toBe(false)
})

test('why a save was refused is no longer said once the text is another', async () => {
  world.answerToSave = () => problem('CONFIG_INVALID', 400, 'No JSON5')
  await press('Edit')
  await type('{ a: ')
  await press('Save')
  expect(screen.getByText('No JSON5')).toBeTruthy()
  await type('{ a: 1 }')
  expect(screen.queryByText('No JSON5')).toBeNull()
})
