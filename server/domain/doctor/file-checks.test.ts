import { expect, test } from 'vitest'
import type { Finding } from '../../../contract/schemas.ts'
import { checkConfigFile, checkEnvFile, checkToken, checkTokenProof } from './file-checks.ts'

const quoted: Finding = {
  id: 'env.quotes',
  severity: 'warning',
  title: 'The quotes are a part of it',
  evidence: 'A',
  line: 4,
  fix: { label: 'Remove the quotes', preview: 'A=1' },
}
const fatal: Finding = {
  id: 'env.x',
  severity: 'error',
  title: 'No variable',
  evidence: 'starts with =',
  line: 2,
}
const note: Finding = { ...quoted, id: 'env.n', severity: 'info' }
const goBack = {
  file: 'config',
  path: '/c',
  versionId: '1-aaaaaaaa',
  provenAt: '2026-01-01T00:00:00Z',
} as const

test('a clean file, notes or not', () => {
  expect(checkEnvFile('/e', true, [])).toEqual({ said: '/e is clean', findings: [] })
  expect(checkEnvFile('/e', true, [note])).toEqual({ said: '/e is clean, 1 note', findings: [] })
})

test('one finding for the file: how many, the worst line, the way to its page, and what can be mended', () => {
  expect(checkEnvFile('/e', true, [quoted, note, fatal]).findings).toMatchObject([
    {
      id: 'env.findings',
      severity: 'error',
      title: '2 things are wrong in .env',
      evidence: 'line 2: No variable: starts with = and 1 more',
      line: 2,
      page: '/environment',
      fix: { label: 'Remove the quotes', preview: '4: A=1' },
    },
  ])
  expect(checkEnvFile('/e', true, [quoted, quoted]).findings[0]?.fix?.label).toBe('Mend 2 of them')
})

test('a missing .env is told with the way to a new one', () => {
  expect(checkEnvFile('/e', false, []).findings).toMatchObject([
    {
      id: 'env.missing',
      severity: 'error',
      page: '/environment',
      hint: expect.stringMatching(/versions env$/),
    },
  ])
})

test('a razroom.json past mending goes back to what the gateway started with, when there is such', () => {
  const broken = { ...fatal, id: 'config.not-json5' }
  expect(checkConfigFile('/c', [broken], goBack).findings[0]?.fix?.preview).toContain(goBack.provenAt)
  expect(checkConfigFile('/c', [broken], undefined).findings[0]?.fix).toBeUndefined()
  const mendable = { ...broken, fix: { label: 'Set the mode' } }
  expect(checkConfigFile('/c', [mendable], goBack).findings[0]?.fix).toEqual({ label: 'Set the mode' })
  expect(checkConfigFile('/c', [{ ...broken, severity: 'warning' }], goBack).findings[0]?.fix).toBeUndefined()
})

test('of the token only what one step mends is offered', () => {
  expect(checkToken(null, '.env').findings).toMatchObject([{ id: 'token.none', severity: 'info' }])
  expect(checkToken([], '.env')).toEqual({ said: 'the gateway checks the token of .env', findings: [] })
  const differ = { ...quoted, id: 'token.sources-differ' }
  const weak = { ...quoted, id: 'token.weak' }
  expect(checkToken([differ, weak], '.env').findings.map(({ fix }) => fix !== undefined)).toEqual([
    true,
    false,
  ])
})

test('the token as the running gateway takes it', () => {
  expect(checkTokenProof(200).findings).toEqual([])
  expect(checkTokenProof(null).findings).toEqual([])
  expect(checkTokenProof(401).findings).toMatchObject([{ id: 'token.refused', severity: 'error' }])
})
