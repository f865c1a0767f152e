import { afterEach, expect, test } from 'vitest'
import { parseCursor } from '../../../contract/log-rows.ts'
import type { LogLine } from '../../../contract/logs.ts'
import { SetupError } from '../../errors.ts'
import {
  runTestCli,
  startTestPanel,
  type TestHandlers,
  type TestPanel,
  type TestSockets,
} from '../test-panel.ts'
import { line, numbers } from './test-log.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

/** A log of so many lines, told page by page from its end as the panel does. */
function logOf(count: number): TestHandlers {
  return {
    'GET /api/logs': ({ url }) => {
      const query = new URL(url, 'http://localhost').searchParams
      const at = query.get('at')
      const lines = Array.from({ length: count }, (_, index) => line(index + 1))
      if (at !== null) return { lines: lines.filter(({ time }) => time >= at).slice(0, 1), hasMore: false }
      const before = parseCursor(query.get('before') ?? '')
      const end = before ? before.end - 1 : count
      const start = Math.max(0, end - Number(query.get('limit')))
      return { lines: lines.slice(start, end), hasMore: start > 0 }
    },
  }
}

/** The search of the panel over a log of so many lines, at most three hits at a time. */
const searchOf =
  (count: number): NonNullable<TestSockets['search']> =>
  (query) => {
    const end = query.before === undefined ? count : (parseCursor(query.before)?.end ?? 0) - 1
    const pattern = new RegExp(query.text, query.ignoresCase ? 'iu' : 'u')
    const hits = Array.from({ length: end }, (_, index) => line(end - index))
      .filter(({ text }) => pattern.test(text.replaceAll(/\x1b\[\d+m/g, '')))
      .filter(({ stream }) => query.stream === undefined || stream === query.stream)
      .filter(({ time }) => query.since === undefined || time >= query.since)
    const told = hits.slice(0, Math.min(query.limit, 3))
    const bytes = { searchedBytes: 1, totalBytes: 1 }
    return [
      ...told.map((hit) => ({
        type: 'hits' as const,
        hits: [{ line: hit, before: [], after: [] }],
        ...bytes,
      })),
      { type: 'end', reason: told.length < hits.length ? 'limit' : 'whole' },
    ]
  }

async function start(handlers: TestHandlers, sockets: TestSockets = {}): Promise<TestPanel> {
  const panel = await startTestPanel(handlers, sockets)
  panels.push(panel)
  return panel
}

test('shows the last 100 lines, without colours away from a terminal', async () => {
  const panel = await start(logOf(2500))
  const { code, stdout, stderr } = await runTestCli(['logs'], { panel })
  expect([code, stderr]).toEqual([0, ''])
  expect(numbers(stdout)).toEqual(Array.from({ length: 100 }, (_, index) => 2401 + index))
  expect(stdout).not.toContain('\x1b')
})

test.each([
  [
    ['-n', '3'],
    [2498, 2499, 2500],
  ],
  [['-n', '0'], []],
  [
    ['--grep', 'error', '-i', '-n', '2'],
    [2490, 2500],
  ],
  [['--grep', 'error'], []],
  [
    ['--grep', '^ERROR line 1[0-2]0$'],
    [100, 110, 120],
  ],
  [
    ['--grep', 'error line 24', '-i', '-n', '7'],
    [2430, 2440, 2450, 2460, 2470, 2480, 2490],
  ],
  [
    ['--since', '2026-11-23T12:41:38Z'],
    [2498, 2499, 2500],
  ],
  [
    ['--since', '2026-11-23T12:41:10Z', '--grep', 'ERROR'],
    [2470, 2480, 2490, 2500],
  ],
  [
    ['--since', '2026-11-23T12:00:03Z', '--until', '2026-11-23T12:00:06Z'],
    [3, 4, 5],
  ],
  [
    ['--until', '2026-11-23T12:00:41Z', '--grep', 'ERROR', '-n', '2'],
    [30, 40],
  ],
  [['--until', '2099-01-01', '-n', '1'], [2500]],
  [
    ['--stream', 'stderr', '-n', '2'],
    [2497, 2499],
  ],
  [
    ['--stream', 'stdout', '--grep', 'line 11[01]'],
    [110, 1100, 1102, 1104, 1106, 1108, 1110, 1112, 1114, 1116, 1118],
  ],
])('logs %j', async (argv, expected) => {
  const { stdout } = await runTestCli(['logs', ...argv], {
    panel: await start(logOf(2500), { search: searchOf(2500) }),
  })
  expect(numbers(stdout)).toEqual(expected)
})

test('-n goes back over as many pages as it takes, --since only as far as it must', async () => {
  const panel = await start(logOf(2500))
  expect(numbers((await runTestCli(['logs', '-n', '2400'], { panel })).stdout)).toHaveLength(2400)
  panel.requests.length = 0
  await runTestCli(['logs', '--since', '2026-11-23T12:41:38Z'], { panel })
  expect(panel.requests).toHaveLength(1)
})

test('a pattern that takes too long is told', async () => {
  const panel = await start({}, { search: () => [{ type: 'end', reason: 'slow' }] })
  const { code, stdout, stderr } = await runTestCli(['logs', '--grep', '(a+)+b'], { panel })
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('this pattern takes too long')
})

test('a search that breaks off is no end of it', async () => {
  const { code, stderr } = await runTestCli(['logs', '--grep', 'a'], {
    panel: await start(logOf(5), { search: () => [] }),
  })
  expect(code).toBe(1)
  expect(stderr).toContain('broke off')
})

test('--json is one array', async () => {
  const { stdout } = await runTestCli(['logs', '-n', '2', '--json'], { panel: await start(logOf(20)) })
  expect(JSON.parse(stdout)).toEqual([line(19), line(20)])
})

test('-t says before each line when it was written, local', async () => {
  const { stdout } = await runTestCli(['logs', '-t', '-n', '1'], { panel: await start(logOf(3)) })
  const at = new Date(line(3).time)
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0'))
  expect(stdout).toBe(`${day.join('-')} ${at.toTimeString().slice(0, 8)}.000 line 3\n`)
})

test('a person learns that there is no such line, a pipe gets nothing', async () => {
  const panel = await start(logOf(3))
  const argv = ['logs', '--since', '2099-01-01']
  const onTerminal = await runTestCli(argv, { panel, io: { isTty: true, env: { NO_COLOR: '1' } } })
  expect([onTerminal.code, onTerminal.stdout, onTerminal.stderr]).toEqual([
    0,
    '',
    '-- no such line is kept --\n',
  ])
  const empty = await runTestCli(['logs'], { panel: await start(logOf(0)), io: { isTty: true } })
  expect(empty.stderr).toContain('the log is empty')
  expect(await runTestCli(argv, { panel })).toMatchObject({ code: 0, stdout: '', stderr: '' })
})

/** The log, of which lines are lost before the ones with these numbers. */
const logWithGaps = (count: number, lost: readonly number[]): TestHandlers => ({
  'GET /api/logs': (request) => {
    const page = logOf(count)['GET /api/logs']?.(request) as { lines: LogLine[]; hasMore: boolean }
    const gaps = lost.map((number) => ({ before: line(number).cursor, reason: `lost before ${number}` }))
    return { ...page, gaps: gaps.filter(({ before }) => page.lines.some(({ cursor }) => cursor === before)) }
  },
})

test.each<[string[], (number | string)[]]>([
  [
    ['-n', '4'],
    [1_997, 'lost before 1998', 1_998, 1_999, 2_000],
  ],
  [
    ['-n', '3'],
    ['lost before 1998', 1_998, 1_999, 2_000],
  ],
  [
    ['-n', '2'],
    [1_999, 2_000],
  ],
  // It stands before what is shown of what comes after it, over pages as well: 1001 is the first of one.
  [
    ['-n', '502', '--stream', 'stdout'],
    [998, 1_000, 'lost before 1001', 1_002],
  ],
  // Lost before the time that is asked for.
  [
    ['--since', '2026-11-23T12:33:19Z'],
    [1_999, 2_000],
  ],
])('logs --json %j says where lines are lost', async (argv, expected) => {
  const panel = await start(logWithGaps(2_000, [1_001, 1_998]))
  const { stdout } = await runTestCli(['logs', '--json', ...argv], { panel })
  const items = JSON.parse(stdout) as ({ gap: string } | LogLine)[]
  const told = items.map((item) => ('gap' in item ? item.gap : Number(/line (\d+)/.exec(item.text)?.[1])))
  expect(told.slice(0, expected.length)).toEqual(expected)
})

test('where lines are lost is said beside the lines, not among them', async () => {
  const panel = await start(logWithGaps(10, [10]))
  const { stdout, stderr } = await runTestCli(['logs', '-n', '2'], { panel })
  expect(numbers(stdout)).toEqual([9, 10])
  expect(stderr).toBe('-- lines are missing here: lost before 10 --\n')
})

test('a search says where lines are lost between its hits, and behind the last one', async () => {
  const bytes = { searchedBytes: 1, totalBytes: 1 }
  const hits = (number: number) => [{ line: line(number), before: [], after: [] }]
  const panel = await start(logOf(0), {
    search: () => [
      { type: 'hits', hits: [], gap: 'lost behind 9', ...bytes },
      { type: 'hits', hits: hits(9), ...bytes },
      { type: 'hits', hits: hits(5), ...bytes },
      { type: 'hits', hits: [], gap: 'lost before 5', ...bytes },
      { type: 'hits', hits: [], gap: 'lost before that', ...bytes },
      { type: 'hits', hits: hits(2), ...bytes },
      { type: 'end', reason: 'whole' },
    ],
  })
  const { stdout } = await runTestCli(['logs', '--json', '--grep', 'line'], { panel })
  const items = JSON.parse(stdout) as ({ gap: string } | LogLine)[]
  expect(items.map((item) => ('gap' in item ? item.gap : Number(/line (\d+)/.exec(item.text)?.[1])))).toEqual(
    [2, 'lost before that', 'lost before 5', 5, 9, 'lost behind 9'],
  )
})

test('colours are kept on a terminal, unless NO_COLOR is set', async () => {
  const panel = await start(logOf(10))
  const onTerminal = await runTestCli(['logs', '-n', '1'], { panel, io: { isTty: true } })
  expect(onTerminal.stdout).toBe('\x1b[31mERROR\x1b[39m line 10\x1b[0m\n')
  const plain = await runTestCli(['logs', '-n', '1'], { panel, io: { isTty: true, env: { NO_COLOR: '1' } } })
  expect(plain.stdout).toBe('ERROR line 10\n')
})

test.each([[['logs']], [['logs', '-f']], [['logs', '--grep', 'a']]])(
  '%j before setup says what to run',
  async (argv) => {
    const handlers: TestHandlers = {
      'GET /api/logs': () => {
        throw new SetupError('SETUP_REQUIRED')
      },
    }
    const panel = await start(handlers, {
      logs: (socket) => socket.close(1011),
      search: () => [],
    })
    const { code, stderr } = await runTestCli(argv, { panel })
    expect(code).toBe(1)
    expect(stderr).toContain('Run: sudo razroom-panel setup')
  },
)

test.each([
  [['-n', 'x'], '-n must be a number'],
  [['-n', '100001'], '-n must be a number'],
  [['--since', 'noon'], '--since must be a time'],
  [['--grep', '('], '--grep: Invalid regular expression'],
  [['--until', 'noon'], '--until must be a time'],
  [['--since', '1h', '--until', '2h'], '--until must be later'],
  [['-f', '--until', '1h'], '--until does not go with'],
  [['--stream', 'both'], '--stream must be'],
  [['x'], 'logs takes no operand'],
])('logs %j is a usage problem', async (argv, says) => {
  const { code, stderr } = await runTestCli(['logs', ...argv])
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})
