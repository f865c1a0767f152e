import { fireEvent, screen, within } from '@testing-library/preact'
import { expect, test } from 'vitest'
import { envLatestEtag } from '../../state/env.ts'
import {
  assignment,
  calls,
  changedMeanwhile,
  comment,
  difference,
  json,
  panel,
  press,
  SECRET,
  saves,
  settle,
  setUpPage,
  type,
} from './test-environment.tsx'

setUpPage()

const THEIRS = [comment(1, '# top'), assignment(2, 'NAME', 'theirs'), assignment(3, 'THEIRS', '1')]
const sides = () => screen.getByRole('region', { name: 'Both sides' })

test('a save over another change shows both sides, and what is chosen is saved', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'mine')
  await press('Edit API_KEY')
  await type('Value of API_KEY', 'my-new-secret-1')
  changedMeanwhile({ etag: 'v9', entries: THEIRS, findings: [] })
  await press('Save')
  expect(screen.getByLabelText('Value of NAME')).toHaveProperty('value', 'mine')
  expect(within(sides()).getByRole('row', { name: 'NAME' }).textContent).toBe('NAME="x"NAME=theirsNAME=mine')
  expect(sides().textContent).not.toContain('my-new-secret')
  expect(screen.getByRole('button', { name: 'Save' }).getAttribute('title')).toContain('changed meanwhile')
  fireEvent.click(within(sides()).getByLabelText('NAME: take theirs'))
  await settle()
  await press('Load theirs, keep my edits')
  // The line of the key is gone, so what was typed for it is a new variable.
  expect(difference()).toEqual(['+API_KEY=•••••••• (15 characters)'])
  expect(screen.getByText(/API_KEY was removed by the others/)).toBeTruthy()
  panel.answerToSave = () => {
    panel.etag = 'v10'
    return json({ etag: 'v10', changed: true, restartRequired: false })
  }
  await press('Save')
  expect(saves().at(-1)).toEqual({ edits: [{ op: 'set', key: 'API_KEY', value: 'my-new-secret-1' }] })
  expect(calls.findLast(([method]) => method === 'PUT')?.[3]).toBe('"v9"')
  expect(screen.getByText('Saved.')).toBeTruthy()
})

test('without a choice mine goes on top of theirs', async () => {
  await press('Edit NAME')
  await type('Value of NAME', 'mine')
  panel.entries = THEIRS
  panel.findings = []
  panel.etag = 'v5'
  envLatestEtag.value = 'v5'
  await settle()
  await press('Load theirs, keep my edits')
  expect(difference()).toEqual(['-NAME=theirs', '+NAME=mine'])
  expect(screen.queryByRole('region', { name: 'Both sides' })).toBeNull()
})

async function editText(text: string): Promise<void> {
  fireEvent.click(screen.getByRole('tab', { name: 'Text' }))
  await settle()
  await press('Show the text')
  await type('Text of .env', text)
}

const BASE = `# top\nAPI_KEY=${SECRET}\nNAME="x"\n`

test('texts are merged by line when nobody changed the same', async () => {
  await editText(BASE.replace('# top', '# mine'))
  changedMeanwhile({ etag: 'v9', text: `${BASE}NEW=theirs\n` })
  await press('Save')
  await press('Load theirs, keep my edits')
  expect(screen.getByLabelText('Text of .env')).toHaveProperty(
    'value',
    `${BASE.replace('# top', '# mine')}NEW=theirs\n`,
  )
  expect(difference().slice(0, 2)).toEqual(['-# top', '+# mine'])
  expect(screen.getByText(/1 change of the others came in/)).toBeTruthy()
})

test('for lines that both changed the person chooses, with secrets masked, and saves after a look', async () => {
  await editText(BASE.replace(SECRET, 'mine-0123456789-abcdef'))
  changedMeanwhile({ etag: 'v9', text: BASE.replace(SECRET, 'theirs-0123456789-abcdef') })
  await press('Save')
  await press('Load theirs, keep my edits')
  const merge = screen.getByRole('region', { name: 'Merge of the texts' })
  expect(document.body.innerHTML).not.toMatch(/0123456789/)
  expect(merge.textContent).toContain('API_KEY=•••••••• (24 characters)')
  await press('Use this text')
  expect(screen.getByRole('button', { name: 'Use this text' }).getAttribute('aria-disabled')).toBe('true')
  fireEvent.click(within(merge).getByLabelText('Theirs'))
  await settle()
  fireEvent.click(within(merge).getByLabelText('Both: theirs, and yours below'))
  await settle()
  await press('Use this text')
  const text = BASE.replace(
    `API_KEY=${SECRET}`,
    'API_KEY=theirs-0123456789-abcdef\nAPI_KEY=mine-0123456789-abcdef',
  )
  expect(screen.getByLabelText('Text of .env')).toHaveProperty('value', text)
  panel.answerToSave = () => {
    panel.etag = 'v10'
    return json({ etag: 'v10', changed: true, restartRequired: false })
  }
  await press('Save')
  expect(saves().at(-1)).toEqual({ text })
})

test('a merge that is put off keeps the text as it was typed', async () => {
  await editText(BASE.replace('# top', '# mine'))
  changedMeanwhile({ etag: 'v9', text: BASE.replace('# top', '# theirs') })
  await press('Save')
  await press('Load theirs, keep my edits')
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
  await press('Not now')
  expect(screen.getByLabelText('Text of .env')).toHaveProperty('value', BASE.replace('# top', '# mine'))
  expect(screen.getByRole('button', { name: 'Load theirs, keep my edits' })).toBeTruthy()
})
