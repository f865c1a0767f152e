import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import type { LogLine } from '../../../contract/logs.ts'
import { runTestCli, startTestPanel, type TestPanel, type TestSockets } from '../test-panel.ts'
import { line, numbers } from './test-log.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function start(sockets: TestSockets): Promise<TestPanel> {
  const panel = await startTestPanel({}, sockets)
  panels.push(panel)
  return panel
}

const follow: TestSockets = {
  logs: (_, { backlog }, send) => {
    send({ type: 'lines', lines: [1, 2, 3].slice(-Math.min(backlog, 3)).map(line) })
    send({ type: 'live' })
    send({ type: 'gap', reason: 'rotated' })
    setTimeout(() => send({ type: 'lines', lines: [10, 11].map(line) }), 30)
  },
}

/** Follows until this text has been written, then presses Ctrl-C. */
async function runUntil(argv: string[], text: string, panel: TestPanel) {
  let interrupt = (): void => {}
  return runTestCli(['logs', '-f', ...argv], {
    panel,
    onStart: (press) => {
      interrupt = press
    },
    onStdout: (stdout) => {
      if (stdout.includes(text)) interrupt()
    },
  })
}

test('-f shows the backlog, then what comes, until Ctrl-C, with exit code 0', async () => {
  const { code, stdout, stderr } = await runUntil(['-n', '2'], 'line 11', await start(follow))
  expect(code).toBe(0)
  expect(numbers(stdout)).toEqual([2, 3, 10, 11])
  expect(stderr).toBe('-- lines are missing here: rotated --\n')
})

test('-f --json is JSON lines, gaps among them', async () => {
  const { stdout } = await runUntil(['--json', '-n', '1'], 'line 11', await start(follow))
  const documents = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as unknown)
  expect(documents).toEqual([line(3), { gap: 'rotated' }, line(10), line(11)])
})

test('-f says in its place what is lost of the backlog, and once', async () => {
  const sockets: TestSockets = {
    logs: (_, __, send) => {
      send({ type: 'lines', lines: [1, 2].map(line) })
      send({ type: 'gap', reason: 'rotated' })
      send({ type: 'lines', lines: [5, 6].map(line) })
      send({ type: 'gap', reason: 'emptied' })
      send({ type: 'live' })
      setTimeout(() => send({ type: 'lines', lines: [10, 11].map(line) }), 30)
    },
  }
  const { stdout } = await runUntil(['--json', '-n', '3'], 'line 11', await start(sockets))
  const told = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Partial<LogLine> & { gap?: string })
  expect(told.map(({ gap, text }) => gap ?? text)).toEqual([
    'line 2',
    'rotated',
    'line 5',
    'line 6',
    'emptied',
    '\x1b[31mERROR\x1b[39m line 10',
    'line 11',
  ])
})

test('-f prints nothing that hides text or steers what a document is printed on', async () => {
  const hostile = { ...line(1), text: 'a\x1b[8mb\x1b[31mc\x1b]0;d\x07\u202e line 1' }
  const sockets: TestSockets = {
    logs: (_, __, send) => {
      send({ type: 'lines', lines: [hostile] })
      send({ type: 'live' })
    },
  }
  const json = await runUntil(['--json'], 'line 1', await start(sockets))
  expect((JSON.parse(json.stdout) as LogLine).text).toBe('ab\x1b[31mc]0;d line 1')
})

test('-f --grep filters backlog and new lines; -n counts what is left', async () => {
  const { stdout } = await runUntil(['--grep', 'line [1-3]$|ERROR', '-n', '2'], '10', await start(follow))
  expect(numbers(stdout)).toEqual([2, 3, 10])
})

test('-f ends without a word when the reader has gone', async () => {
  const stdout = new PassThrough()
  stdout.on('data', () => stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })))
  const panel = await start(follow)
  const { code, stderr } = await runTestCli(['logs', '-f'], { panel, io: { stdout } })
  expect([code, stderr.replace(/^-- .*\n/, '')]).toEqual([0, ''])
})
