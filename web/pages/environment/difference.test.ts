import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EnvDocument } from '../../../contract/schemas.ts'
import { draftDifference, maskLine, textDifference } from './difference.ts'
import { addVariable, EMPTY_DRAFT, removeLine, setValue } from './env-draft.ts'

const signs = (before: string, after: string) =>
  textDifference(before, after).map(({ sign, text }) => `${sign}${text}`)

test('what changed, with two lines around it', () => {
  expect(signs('a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nX\ne\nf\n')).toEqual(['…', ' b', ' c', '-d', '+X', ' e', ' f'])
  expect(signs('a\n', 'a\n')).toEqual([])
  expect(signs('', 'a\n')).toEqual(['+a'])
  expect(signs('a\n', '')).toEqual(['-a'])
})

test('applying the difference to the old text gives the new one', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = textDifference(`${before}\n`, `${after}\n`)
      const count = (sign: string) => lines.filter((line) => line.sign === sign).length
      const lengthOf = (whole: string) => `${whole}\n`.split('\n').length - 1
      expect(lengthOf(after) - lengthOf(before)).toBe(count('+') - count('-'))
      expect(lines.length === 0).toBe(before === after)
    }),
  )
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
