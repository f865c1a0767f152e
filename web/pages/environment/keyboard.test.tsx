import { fireEvent, screen } from '@testing-library/preact'
import { expect, test } from 'vitest'
import { addOwn, press, row, saves, settle, setUpPage, type } from './test-environment.tsx'

setUpPage()

async function pressKey(target: Element | Window, key: string, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  target.dispatchEvent(event)
  await settle()
  return event.defaultPrevented
}

test('in a new row the value comes behind the name, and where to get one behind both', async () => {
  await addOwn('OPENAI_API_KEY')
  const reachable = [...row('OPENAI_API_KEY').querySelectorAll('input, a, button')]
  expect(reachable.map((element) => element.tagName)).toEqual(['INPUT', 'INPUT', 'A', 'BUTTON'])
})

test('Ctrl+S saves the edits; without any, or with a bad one, it sends nothing', async () => {
  expect(await pressKey(window, 's', { ctrlKey: true })).toBe(true)
  await addOwn('1X', 'v')
  await pressKey(screen.getByLabelText('Value of the new variable'), 's', { metaKey: true })
  expect(saves()).toEqual([])
  await type('Name of the new variable', 'X')
  await pressKey(screen.getByLabelText('Value of the new variable'), 's', { ctrlKey: true })
  expect(saves()).toEqual([{ edits: [{ op: 'set', key: 'X', value: 'v' }] }])
})

test('Escape closes a row that was not changed, and gives the focus back; typed text stays', async () => {
  await press('Edit NAME')
  await pressKey(screen.getByLabelText('Value of NAME'), 'Escape')
  expect(screen.queryByLabelText('Value of NAME')).toBeNull()
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Edit NAME' }))
  await press('Edit NAME')
  await type('Value of NAME', 'typed')
  await pressKey(screen.getByLabelText('Value of NAME'), 'Escape')
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'typed')
})

test('Escape drops a new row in which nothing was typed', async () => {
  await addOwn('')
  fireEvent.keyDown(screen.getByLabelText('Name of the new variable'), { key: 'Escape' })
  await settle()
  expect(screen.queryByLabelText('Name of the new variable')).toBeNull()
})

test('after a save the focus is where its outcome is told, not nowhere', async () => {
  await addOwn('X', 'v')
  screen.getByRole('button', { name: 'Save' }).focus()
  await press('Save')
  const note = screen.getByText(/^Saved\./).closest('.note')
  expect(note).toBeTruthy()
  expect(document.activeElement).toBe(note)
})

test('a save by Ctrl+S leaves the focus where it is', async () => {
  await addOwn('X', 'v')
  const other = screen.getByRole('tab', { name: 'Table' })
  other.focus()
  await pressKey(window, 's', { ctrlKey: true })
  expect(screen.getByText(/^Saved\./)).toBeTruthy()
  expect(document.activeElement).toBe(other)
})
