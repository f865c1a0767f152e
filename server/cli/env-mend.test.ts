import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import type { EnvCheck, EnvDocument } from '../../contract/env.ts'
import { ConflictError } from '../errors.ts'
import { runTestCli, startTestPanel, TEST_STATUS, type TestHandlers, type TestPanel } from './test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

/** What is left of the file when all is mended. */
const DOCUMENT: EnvDocument = {
  path: '/home/razroom/.razroom/.env',
  exists: true,
  etag: 'e1',
  isUtf8: true,
  entries: [1, 2, 3, 4].map((line) => ({ line, kind: 'blank', masked: false, length: 0, isEffective: true })),
  findings: [{ id: 'env.command', severity: 'warning', title: 'A command', evidence: 'A: as text', line: 3 }],
}

const MENDABLE: EnvDocument = {
  ...DOCUMENT,
  findings: [
    ...DOCUMENT.findings,
    {
      id: 'env.quotes',
      severity: 'warning',
      title: 'Quotes stay in the value',
      evidence: 'PORT: podman keeps the quotes',
      line: 2,
      fix: { label: 'Remove the quotes', preview: '# c\nPORT=1' },
    },
    {
      id: 'env.twice',
      severity: 'info',
      title: 'Set again further down',
      evidence: 'PORT is set again on line 3, which counts',
      line: 2,
      fix: { label: 'Remove this line', preview: '' },
    },
    {
      id: 'env.export',
      severity: 'warning',
      title: 'export is for shells',
      evidence: 'x',
      line: 4,
      fix: { label: 'Remove export', preview: 'API_KEY=••••••••' },
    },
  ],
}

async function start(handlers: TestHandlers): Promise<TestPanel> {
  const panel = await startTestPanel({ 'GET /api/env': () => DOCUMENT, ...handlers })
  panels.push(panel)
  return panel
}
const putOf = (panel: TestPanel) => panel.requests.find(({ key }) => key === 'PUT /api/env')

test('check tells what mends a line: by a command in the own .env, by the new line elsewhere', async () => {
  const found: EnvCheck = { verdict: 'findings', findings: MENDABLE.findings }
  const panel = await start({
    'POST /api/env/reveal': () => ({ text: '', etag: 'e1' }),
    'POST /api/env/check': () => found,
  })
  const own = await runTestCli(['env', 'check'], { panel })
  expect(own.stdout).toContain('\n  Remove the quotes: sudo razroom-panel env mend --line 2\n')
  const services = { checkEnv: () => found }
  const other = await runTestCli(['env', 'check', '-'], { stdin: '', services })
  expect(other.stdout).toContain('\n  Remove the quotes: # c | PORT=1\n')
  expect(other.stdout).toContain('\n  Remove this line: (the line goes)\n')
})

const ALL_MENDS = [
  { op: 'mend', line: 2, finding: 'env.quotes' },
  { op: 'mend', line: 2, finding: 'env.twice' },
  { op: 'mend', line: 4, finding: 'env.export' },
]

/** A file that is mended once it was saved, but for what no mend can help. */
function mending(): TestHandlers {
  let document = MENDABLE
  return {
    'GET /api/env': () => document,
    'PUT /api/env': () => {
      document = DOCUMENT
      return { etag: 'e2', changed: true, restartRequired: true }
    },
  }
}

test('mend shows each line as it would be, and mends all in one save', async () => {
  const panel = await start(mending())
  const { code, stdout, stderr } = await runTestCli(['env', 'mend', '--yes'], { panel })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([
    '1. line 2: Quotes stay in the value. Remove the quotes:',
    '     # c',
    '     PORT=1',
    '2. line 2: Set again further down. Remove this line:',
    '     (the line goes)',
    '3. line 4: export is for shells. Remove export:',
    '     API_KEY=••••••••',
    'Saved.',
    'To take effect it needs: sudo razroom-panel restart',
    'Left for you: 1. See: sudo razroom-panel env check',
    '',
  ])
  expect(putOf(panel)?.body).toEqual({ edits: ALL_MENDS })
  expect(putOf(panel)?.headers['if-match']).toBe('"e1"')
})

test('mend --json says what was mended; --line takes one line only', async () => {
  const panel = await start(mending())
  const { code, stdout } = await runTestCli(['env', 'mend', '--line', '4', '--yes', '--json'], { panel })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    etag: 'e2',
    changed: true,
    restartRequired: true,
    mended: [{ line: 4, finding: 'env.export', label: 'Remove export' }],
  })
  expect(putOf(panel)?.body).toEqual({ edits: ALL_MENDS.slice(2) })
})

test.each([
  ['yes', 0],
  ['no', 1],
])('mend asks on a terminal: %s', async (answer, code) => {
  const panel = await start(mending())
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  stdin.end(`${answer}\n`)
  const result = await runTestCli(['env', 'mend'], { panel, io: { stdin, isTty: true } })
  expect(result.code).toBe(code)
  expect(result.stderr).toContain('Mend these 3? [yes/no]')
  expect(putOf(panel) !== undefined).toBe(answer === 'yes')
  expect(result.stderr.includes('Nothing was changed.')).toBe(answer === 'no')
  expect(result.stderr).not.toContain('what was done')
})

test('mend without a terminal shows, and changes nothing without --yes', async () => {
  const panel = await start(mending())
  const { code, stdout, stderr } = await runTestCli(['env', 'mend'], { panel })
  expect([code, putOf(panel)]).toEqual([2, undefined])
  expect(stdout).toContain('1. line 2:')
  expect(stderr).toContain('needs --yes')
  expect((await runTestCli(['env', 'mend', '--json'], { panel })).code).toBe(2)
})

test('mend refuses a line that is not there', async () => {
  const panel = await start(mending())
  const { code, stderr } = await runTestCli(['env', 'mend', '--line', '99', '--yes'], { panel })
  expect([code, putOf(panel)]).toEqual([2, undefined])
  expect(stderr).toContain('there is no line 99: /home/razroom/.razroom/.env has 4 lines')
})

test('mend has nothing to do', async () => {
  const panel = await start({ 'GET /api/status': () => TEST_STATUS })
  const said = await runTestCli(['env', 'mend', '--yes'], { panel })
  expect(said).toEqual({ code: 0, stdout: 'There is nothing that the panel can mend.\n', stderr: '' })
  const { stdout } = await runTestCli(['env', 'mend', '--yes', '--json'], { panel })
  expect(JSON.parse(stdout)).toEqual({ etag: 'e1', changed: false, restartRequired: false, mended: [] })
})

test('mend does not mend what was not shown: a file that changed meanwhile is a problem', async () => {
  const panel = await start({
    ...mending(),
    'PUT /api/env': () => {
      throw new ConflictError('ENV_CHANGED')
    },
  })
  const { code, stderr } = await runTestCli(['env', 'mend', '--yes'], { panel })
  expect(code).toBe(1)
  expect(stderr).toContain('The file was changed meanwhile')
  expect(panel.requests.filter(({ key }) => key === 'PUT /api/env')).toHaveLength(1)
})
