import { expect, test } from 'vitest'
import type { FileVersion } from '../../../contract/versions.ts'
import { runTestCli, startTestPanel } from '../test-panel.ts'
import { differenceLines, versionLines } from './versions.ts'

const plain = { style: (_style: string, text: string) => text }
const version: FileVersion = {
  id: '1764276000000-0123abcd',
  at: 'some day',
  by: 'cli',
  etag: '0123abcd',
  sizeBytes: 120,
  isCurrent: true,
  added: 2,
  removed: 1,
}

test('a version says who, what and how it stands', () => {
  const proven = { ...version, reason: 'rotate-token', provenAt: 'x' }
  expect(versionLines([proven, { ...version, by: 'outside', isCurrent: false }], 'env', plain)).toEqual([
    '1764276000000-0123abcd  some day  +2 -1  120 B  by a command: rotate-token  (current, started a gateway)',
    '1764276000000-0123abcd  some day  +2 -1  120 B  by outside',
  ])
  expect(versionLines([], 'config', plain)).toEqual([
    'No version of razroom.json yet: each change makes one.',
  ])
})

test.each(['show', 'restore'])('%s wants an ID, and tells where they are', async (verb) => {
  const { code, stderr } = await runTestCli(['versions', 'env', verb, 'nonsense'])
  expect(code).toBe(2)
  expect(stderr).toContain('"nonsense" is no ID of a version; see the list: versions env')
})

test('the list says how to go back, to people only', async () => {
  const panel = await startTestPanel({ 'GET /api/config/versions': () => [version] })
  try {
    const { stdout, stderr } = await runTestCli(['versions', 'config'], { panel })
    expect(stdout).toContain(version.id)
    expect(stderr).toBe('Go back: sudo razroom-panel versions config restore ID\n')
    expect((await runTestCli(['versions', 'config', '--json'], { panel })).stderr).toBe('')
  } finally {
    await panel.close()
  }
})

test('a difference has its signs, and nothing that a terminal would obey', () => {
  const difference = [
    { sign: '-', text: 'A=\u001b[31m1' },
    { sign: '+', text: 'A=2' },
  ] as const
  const lines = differenceLines({ version, against: 'previous', difference: [...difference] }, plain)
  expect(lines[1]).toBe('+ A=2')
  expect(lines.join('')).not.toContain('\u001b')
  expect(differenceLines({ version, against: 'current', difference: [] }, plain)).toEqual(['No difference.'])
})
