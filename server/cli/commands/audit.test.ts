import { afterEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/audit.ts'
import { runTestCli, startTestPanel, type TestPanel } from '../test-panel.ts'
import { entryLine } from './audit.ts'

const plain = { style: (_style: string, text: string) => text }
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ seq: 7, at: 'some day', kind: 'change', action: 'PUT /api/env', what: 'Save .env' },
  ...{ details: [{ name: 'set', value: 'A, B' }], outcome: 'done' },
  who: { by: 'page', uid: 1000, user: 'alice', session: '0123abcd' },
  ...more,
})
const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

/** A panel with so many entries, one a minute until now. */
async function run(argv: readonly string[], count = 1_200, env: Record<string, string> = {}) {
  const all = Array.from({ length: count }, (_, index) =>
    entry({ seq: index + 1, at: new Date(Date.now() - (count - 1 - index) * 60_000).toISOString() }),
  )
  const panel = await startTestPanel({
    'GET /api/audit': ({ url }) => {
      const query = new URL(url, 'http://x').searchParams
      const before = Number(query.get('before') ?? count + 1)
      const older = all.filter(({ seq }) => seq < before).reverse()
      const entries = older.slice(0, Number(query.get('limit')))
      return { entries, hasMore: older.length > entries.length, unreadable: 0 }
    },
  })
  panels.push(panel)
  return { ...(await runTestCli(['audit', ...argv], { panel, io: { env } })), requests: panel.requests }
}

test.each([
  [entry(), 'some day  done       Save .env: set A, B  by alice (1000) on the page, session 0123abcd'],
  [
    entry({
      outcome: 'failed',
      code: 'DISK_FULL',
      tookMs: 12_345,
      who: { by: 'cli', uid: 0, saidUid: 1000 },
    }),
    'some day  failed     Save .env: set A, B  (DISK_FULL, 12.3 s)  by a command by sudo of uid 1000, as it says',
  ],
  [
    entry({ details: [], outcome: 'refused', more: 5, who: { by: 'stranger', uid: 65_534, user: 'nobody' } }),
    'some day  refused    Save .env  (5 more)  by nobody (65534), not logged in',
  ],
  [entry({ details: [{ name: 'at', value: '2026-01-01T10:57:29.750682287Z' }] }), ':57:29  by alice'],
  [entry({ details: [], who: { by: 'api', uid: 0, user: 'root' } }), 'a script of root (0)'],
  [entry({ details: [], who: { by: 'cli', uid: 0, user: 'root' } }), 'a command of root (0)'],
  [entry({ details: [], who: { by: 'stranger' } }), 'somebody, not logged in'],
  [entry({ details: [], who: { by: 'panel' } }), 'the panel itself'],
])('an entry says when, what became of it, what and who: %#', (given, wanted) => {
  expect(entryLine(given, plain)).toContain(wanted)
})

test('an entry can not steer the terminal', () => {
  const line = entryLine(entry({ what: 'a\x1b[2Jb', details: [{ name: 'x', value: '\x1b]0;t\x07' }] }), plain)
  expect(line).not.toMatch(/[\x00-\x1f]/)
})

test('the last fifty are shown, oldest first; -n says how many, over as many pages as it takes', async () => {
  const seqs = async (...argv: string[]) =>
    (JSON.parse((await run([...argv, '--json'])).stdout) as AuditEntry[]).map(({ seq }) => seq)
  expect(await seqs()).toEqual(Array.from({ length: 50 }, (_, index) => 1151 + index))
  const many = await seqs('-n', '1100')
  expect([many.length, many[0], many.at(-1)]).toEqual([1100, 101, 1200])
})

test('--since shows all since then, and asks for no more than it takes', async () => {
  // Halfway between two entries: whether one is old enough must not hang on a moment.
  const { stdout, requests } = await run(['--since', '570s', '--json'])
  expect(JSON.parse(stdout)).toHaveLength(10)
  expect(requests).toHaveLength(1)
})

test('--kind is handed on', async () => {
  const { code, requests } = await run(['--kind', 'secret'], 1)
  expect([code, requests[0]?.url]).toEqual([0, '/api/audit?limit=50&kind=secret'])
})

test('nothing yet is said', async () => {
  expect((await run([], 0)).stdout).toBe('No entry of the kind.\n')
})

test('who called sudo is told to the panel, when it is a number', async () => {
  const said = async (value: string) => {
    const { requests } = await run([], 1, { SUDO_UID: value })
    return requests[0]?.headers['x-razroom-sudo-uid']
  }
  expect([await said('1000'), await said('1\r\nx: y')]).toEqual(['1000', undefined])
})

test.each([[['x']], [['-n', '0']], [['-n', 'many']], [['--since', 'once']], [['--kind', 'secrets']]])(
  'does not understand audit %j',
  async (argv) => {
    const { code, requests } = await run(argv, 1)
    expect([code, requests]).toEqual([2, []])
  },
)
