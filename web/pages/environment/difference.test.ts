import { expect, test } from 'vitest'
import type { EnvDocument } from '../../../contract/env.ts'
import { draftDifference, maskLine, textDifference } from './difference.ts'
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
