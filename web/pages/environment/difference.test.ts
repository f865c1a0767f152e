import { expect, test } from 'vitest'
import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import { draftDifference, maskLine, mendedText, textDifference } from './difference.ts'
import { addVariable, EMPTY_DRAFT, removeLine, setValue } from './env-draft.ts'

test('a difference of texts shows no secret', () => {
  expect(
    textDifference('MY_TOKEN=a1\nTZ=UTC\n', 'MY_TOKEN=b22\nTZ=UTC\n').map(
      ({ sign, text }) => `${sign}${text}`,
    ),
  ).toEqual(['-MY_TOKEN=•••••••• (2 characters)', '+MY_TOKEN=•••••••• (3 characters)', ' TZ=UTC'])
})

test.each([
  ['OPENAI_API_KEY=sk-123', 'OPENAI_API_KEY=•••••••• (6 characters)'],
  ['# OPENAI_API_KEY=sk-123', '# OPENAI_API_KEY=•••••••• (6 characters)'],
  ['export MY_TOKEN="x"', 'export MY_TOKEN=•••••••• (3 characters)'],
  ['DATABASE=postgres://u:p@h/d', 'DATABASE=•••••••• (18 characters)'],
  ['TZ=UTC', 'TZ=UTC'],
  ['MY_TOKEN=', 'MY_TOKEN='],
  ['# a comment', '# a comment'],
])('%j is shown as %j', (line, shown) => {
  expect(maskLine(line)).toBe(shown)
})

test('edits of the table, secrets masked on both sides', () => {
  const document: EnvDocument = {
    path: '/e',
    exists: true,
    etag: '1',
    isUtf8: true,
    findings: [],
    entries: [
      { line: 1, kind: 'assignment', key: 'MY_TOKEN', masked: true, length: 6, isEffective: true },
      { line: 2, kind: 'comment', text: '# hi', masked: false, length: 0, isEffective: true },
      { line: 3, kind: 'assignment', key: 'TZ', value: 'UTC', masked: false, length: 3, isEffective: true },
    ],
  }
  const [token] = document.entries
  if (!token) throw new Error('no entry')
  const draft = addVariable(
    removeLine(removeLine(setValue(EMPTY_DRAFT, token, 'typed-secret'), 2), 3),
    'NEW',
    'n',
  )
  const shown = draftDifference(draft, document).map(({ sign, text }) => `${sign}${text}`)
  expect(shown).toEqual([
    '-MY_TOKEN=•••••••• (6 characters)',
    '+MY_TOKEN=•••••••• (12 characters)',
    '-# hi',
    '-TZ=UTC',
    '+NEW=n',
  ])
  expect(shown.join()).not.toContain('typed-secret')
})

const entryOf = (key: string, value: string, masked: boolean): EnvEntry => {
  const part = masked ? { masked, length: value.length } : { value, masked, length: value.length }
  return { line: 1, kind: 'assignment', key, isEffective: true, ...part }
}
const mend = (finding: string, preview?: string) => ({ finding, label: finding, preview })

test('one mend of a line makes of it what it promised', () => {
  const token = entryOf('MY_TOKEN', '"abc"', true)
  expect(mendedText(token, [mend('env.quotes', 'MY_TOKEN=••••••••')])).toBe('MY_TOKEN=••••••••')
  expect(mendedText(token, [mend('env.twice', '')])).toBeNull()
})

test('several mends of a line are done one after the other', () => {
  const entry = entryOf('export NAME', '"x" # why', false)
  const mends = ['env.export', 'env.inline-comment', 'env.quotes'].map((finding) => mend(finding, 'one part'))
  expect(mendedText(entry, mends)).toBe('# why\nNAME=x')
})

test('of several mends of a secret the name is told, and no value', () => {
  const entry = entryOf('export MY_TOKEN', '"abc"', true)
  const mends = [mend('env.quotes', 'export MY_TOKEN=••••••••'), mend('env.export', 'MY_TOKEN=••••••••')]
  expect(mendedText(entry, mends)).toBe('MY_TOKEN=••••••••')
})
