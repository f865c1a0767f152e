import { fireEvent, screen } from '@testing-library/preact'
import { expect, test } from 'vitest'
import { envLatestEtag } from '../../state/env.ts'
import {
  addOwn,
  assignment,
  difference,
  panel,
  press,
  row,
  SECRET,
  saves,
  secret,
  settle,
  setUpPage,
} from './test-environment.tsx'

const quotes = (line: number, preview: string) => ({
  id: 'env.quotes',
  severity: 'warning' as const,
  title: 'Quotes stay in the value',
  evidence: '',
  line,
  fix: { label: 'Remove the quotes', preview },
})
const twice = {
  id: 'env.twice',
  severity: 'info' as const,
  title: 'Set again further down',
  evidence: '',
  line: 2,
  fix: { label: 'Remove this line', preview: '' },
}
const noMend = { id: 'env.dollar', severity: 'info' as const, title: 'A dollar sign', evidence: '', line: 3 }

setUpPage({
  entries: [
    secret(1, 'MY_TOKEN', 12),
    assignment(2, 'ZONE', '"UTC"', { isEffective: false }),
    assignment(3, 'ZONE', 'a$B'),
    { line: 4, kind: 'other', text: 'PATH*', masked: false, length: 5, isEffective: true },
  ],
  findings: [
    quotes(1, 'MY_TOKEN=••••••••'),
    quotes(2, 'ZONE=UTC'),
    twice,
    noMend,
    {
      id: 'env.imports-many',
      severity: 'warning',
      title: 'It imports',
      evidence: '',
      line: 4,
      fix: { label: 'Make it a comment', preview: '# PATH*' },
    },
  ],
})

test('a click puts the mend into the edits: the line as it will be, and back again', async () => {
  await press('Remove the quotes: MY_TOKEN')
  expect(row('MY_TOKEN').textContent).toContain('after saving')
  expect(difference()).toEqual(['-MY_TOKEN=•••••••• (12 characters)', '+MY_TOKEN=••••••••'])
  expect(screen.queryByRole('button', { name: 'Remove the quotes: MY_TOKEN' })).toBeNull()
  await press('Undo MY_TOKEN')
  expect(difference()).toEqual([])
  expect(screen.getByRole('button', { name: 'Remove the quotes: MY_TOKEN' })).toBeTruthy()
})

test('what can not be mended has no button', () => {
  expect(screen.queryByRole('button', { name: /A dollar sign/ })).toBeNull()
  const [, second] = screen.getAllByRole('row', { name: 'ZONE' })
  expect(second?.textContent).toContain('A dollar sign')
  expect(second?.querySelector('.finding button')).toBeNull()
})

test('all of them by one click, in one save; a line that goes needs no other mend', async () => {
  await press('Mend all (3)')
  expect(difference()).toEqual([
    '-MY_TOKEN=•••••••• (12 characters)',
    '+MY_TOKEN=••••••••',
    '-ZONE="UTC"',
    '-PATH*',
    '+# PATH*',
  ])
  expect(screen.queryByRole('button', { name: /Mend all/ })).toBeNull()
  await press('Save')
  expect(saves()).toEqual([
    {
      edits: [
        { op: 'mend', line: 1, finding: 'env.quotes' },
        { op: 'mend', line: 2, finding: 'env.twice' },
        { op: 'mend', line: 4, finding: 'env.imports-many' },
      ],
    },
  ])
})

test('what is typed is mended in its field', async () => {
  panel.checkFindings = [quotes(1, 'NEW=typed')]
  await addOwn('NEW', '"typed"')
  await settle(500)
  await press('Remove the quotes: NEW')
  expect(screen.getByLabelText('Value of the new variable')).toHaveProperty('value', 'typed')
})

test('a table row leaves out that other readers differ: there is nothing to do', async () => {
  const differ = {
    id: 'env.readers-differ',
    severity: 'info' as const,
    title: 'Read differently',
    evidence: '',
  }
  panel.etag = 'v8'
  panel.findings = [{ ...differ, line: 3 }]
  panel.checkFindings = [{ ...differ, line: 1 }, quotes(1, 'NEW=typed')]
  envLatestEtag.value = 'v8'
  await addOwn('NEW', '"typed"')
  await settle(500)
  expect(row('NEW').textContent).toContain('Quotes stay')
  expect(document.body.textContent).not.toContain('Read differently')
})

test('lines that look like a secret are told apart by their numbers', async () => {
  panel.etag = 'v8'
  panel.entries = [2, 3].map((line) => ({ line, kind: 'other', masked: true, length: 9, isEffective: true }))
  panel.findings = []
  envLatestEtag.value = 'v8'
  await settle()
  expect(row('Line 2').textContent).toContain('Line 2 A line that looks like a secret')
  expect(row('Line 3').textContent).toContain('Line 3 A line that looks like a secret')
})

test('in the text a finding leads to its line, and the fatal ones come first', async () => {
  panel.text = 'A="1"\r\n=x\r\nB=2'
  const fatal = { id: 'env.no-key', severity: 'error' as const, title: 'No name', evidence: '', line: 2 }
  panel.checkFindings = [quotes(1, 'A=1'), fatal]
  fireEvent.click(screen.getByRole('tab', { name: 'Text' }))
  await settle()
  await press('Show the text')
  await settle(600)
  const [first] = screen.getByRole('region', { name: 'Findings' }).querySelectorAll('li')
  expect(first?.textContent).toContain('No name')
  await press('Go to line 2: No name')
  const field = screen.getByLabelText<HTMLTextAreaElement>('Text of .env')
  expect(document.activeElement).toBe(field)
  expect(field.selectionEnd - field.selectionStart).toBe(2)
})

test('in the text the line is mended at once, and nothing else', async () => {
  panel.text = `A=1\r\nMY_TOKEN="${SECRET}"\r\nB=2`
  panel.checkFindings = [quotes(2, 'MY_TOKEN=••••••••')]
  fireEvent.click(screen.getByRole('tab', { name: 'Text' }))
  await settle()
  await press('Show the text')
  await settle(600)
  await press('Remove the quotes: line 2')
  expect(screen.getByLabelText('Text of .env')).toHaveProperty('value', `A=1\r\nMY_TOKEN=${SECRET}\r\nB=2`)
  await press('Undo the last edit')
  expect(screen.getByLabelText('Text of .env')).toHaveProperty('value', panel.text)
})
