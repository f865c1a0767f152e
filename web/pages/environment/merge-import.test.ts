import { expect, test } from 'vitest'
import type { EnvDocument } from '../../../contract/env.ts'
import { addVariable, EMPTY_DRAFT, removeLine, setValue, toEdits } from './env-draft.ts'
import { compareImport, takeImport } from './merge-import.ts'
import { assignment, secret } from './test-environment.tsx'

const name = assignment(1, 'NAME', 'x')
const token = secret(2, 'MY_TOKEN', 6)
const document: EnvDocument = {
  path: '/e',
  exists: true,
  etag: '1',
  isUtf8: true,
  entries: [name, token, assignment(3, 'GONE', 'g')],
  findings: [],
}
const draft = addVariable(setValue(removeLine(EMPTY_DRAFT, 3), name, 'typed'), 'ADDED', 'a')
const imported = (key: string, value: string) => ({ line: 1, key, value, changes: [] })
const stateOf = (key: string, value: string) => compareImport([imported(key, value)], document, draft)[0]

test.each([
  ['NEW', 'v', 'new'],
  ['NAME', 'typed', 'same'],
  ['NAME', 'x', 'changed'],
  ['MY_TOKEN', 'abcdef', 'unsure'],
  ['MY_TOKEN', 'abcdefg', 'changed'],
  ['GONE', 'g', 'new'],
  ['ADDED', 'a', 'same'],
  ['ADDED', 'b', 'changed'],
])('%s=%s is %s', (key, value, state) => {
  expect(stateOf(key, value)?.state).toBe(state)
})

test('secrets are masked on both sides', () => {
  expect(stateOf('MY_TOKEN', 'abcdefg')).toMatchObject({
    mine: 'MY_TOKEN=•••••••• (6 characters)',
    theirs: 'MY_TOKEN=•••••••• (7 characters)',
  })
})

test.each([
  ['NODE_OPTIONS', '--require x', /Refused: it makes programs load code/],
  ['export A', 'x', /letters, digits/],
  ['A', 'x'.repeat(65_536), /bytes at most/],
  ['A', 'x\ry', /one line/],
])('%s is refused with its reason', (key, value, reason) => {
  expect(stateOf(key, value)?.refusal).toMatch(reason)
})

test.each([
  ['RAZROOM_GATEWAY_TOKEN', true],
  ['RAZROOM_GATEWAY_PASSWORD', true],
  ['MY_TOKEN', false],
])('%s opens the gateway: %s', (key, isGatewaySecret) => {
  expect(stateOf(key, 'abcdef')).toMatchObject({ isGatewaySecret })
})

test('what podman would make of the value is told', () => {
  expect(stateOf('NEW', '"v"')?.findings.map(({ id }) => id)).toEqual(['env.quotes'])
})

test('what is taken becomes edits: of a line that is there, of a row that was added, or a new row', () => {
  const taken = [
    { key: 'NEW', value: 'n' },
    { key: 'ADDED', value: 'b' },
    { key: 'MY_TOKEN', value: 't' },
    { key: 'GONE', value: 'back' },
  ]
  expect(toEdits(takeImport(draft, document, taken), document)).toEqual([
    { op: 'set', key: 'NAME', value: 'typed', line: 1 },
    { op: 'set', key: 'MY_TOKEN', value: 't', line: 2 },
    { op: 'set', key: 'GONE', value: 'back', line: 3 },
    { op: 'set', key: 'ADDED', value: 'b' },
    { op: 'set', key: 'NEW', value: 'n' },
  ])
})
