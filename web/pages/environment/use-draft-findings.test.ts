import { expect, test } from 'vitest'
import { addVariable, EMPTY_DRAFT, removeLine, setValue } from './env-draft.ts'
import { assignment, secret } from './test-environment.tsx'
import { draftLines, otherLines } from './use-draft-findings.ts'

const name = assignment(1, 'NAME', 'x')
const document = {
  path: '/e',
  exists: true,
  etag: '1',
  isUtf8: true,
  entries: [name, secret(2, 'MY_TOKEN', 6), assignment(3, 'GONE', 'g'), assignment(4, 'NAME', 'twice')],
  findings: [],
}
const draft = addVariable(removeLine(setValue(EMPTY_DRAFT, name, 'typed'), 3), 'NEW', 'n')

test('the lines that a draft would write come with their rows', () => {
  expect(draftLines(draft, document)).toEqual([
    { row: '1', text: 'NAME=typed' },
    { row: 'new1', text: 'NEW=n' },
  ])
})

test('of the others those that stay and are not set by the draft, a secret by its name only', () => {
  expect(otherLines(draft, document)).toEqual(['MY_TOKEN=masked'])
})
