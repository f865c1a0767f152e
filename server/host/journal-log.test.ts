import { expect, test } from 'vitest'
import type { UserAccount } from './host.ts'
import { formatTime } from './journal-entry.ts'
import { createJournalLog } from './journal-log.ts'
import type { RunCommand } from './run-command.ts'

const AT = 1_795_838_400_000_000
const NOW = AT + 60_000_000
const USER: UserAccount = { name: 'razroom', uid: 998, gid: 998, home: '/home/razroom' } as UserAccount
const SOURCE = { container: 'razroom', unit: 'razroom.service', path: '/home/razroom/log/gateway.log' }
const entry = (time: number, text: string) =>
  `${JSON.stringify({ __REALTIME_TIMESTAMP: String(time), PRIORITY: '6', MESSAGE: text })}\n`

/** A journal that prints this and ends, and a log file that has rows of these times. */
async function record(printed: string, times: readonly number[]) {
  const controller = new AbortController()
  const calls: string[][] = []
  const rows: string[] = []
  const run: RunCommand = async (argv, { stdoutTo }) => {
    calls.push([...argv])
    await new Promise<void>((resolve) => stdoutTo?.write(Buffer.from(printed), () => resolve()))
    controller.abort()
    return { exitCode: 0, stdout: '', stderrLines: [] }
  }
  const lines = times.map((time, index) => ({
    cursor: `000000000000.${index}`,
    time: formatTime(time),
    stream: 'stdout' as const,
    text: '',
  }))
  const files = {
    readLogBefore: async () => ({ lines, hasMore: false }),
    ensureUserDirectory: async () => ({ created: false, corrected: false }),
    appendLog: async (_user: UserAccount, _path: string, bytes: Uint8Array) =>
      void rows.push(Buffer.from(bytes).toString()),
  }
  const log = createJournalLog(run, files, () => NOW / 1_000)
  await log.recordJournal(USER, SOURCE, { signal: controller.signal })
  return {
    calls,
    texts: rows
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split(' F ')[1]),
  }
}

test('a container that is met for the first time brings its last lines', async () => {
  const { calls, texts } = await record(entry(AT, 'one') + entry(AT + 5, 'two'), [])
  expect(texts).toEqual(['one', 'two'])
  expect(calls).toHaveLength(1)
  expect(calls[0]).toContain('--lines=200000')
  expect(calls[0]?.slice(-5)).toEqual([
    'CONTAINER_NAME=razroom',
    '_UID=998',
    '+',
    '_SYSTEMD_USER_UNIT=razroom.service',
    '_UID=998',
  ])
})

test('it goes on behind the last row, also among rows of the same moment', async () => {
  const printed =
    entry(AT, 'a') + entry(AT + 1, 'b') + entry(AT + 1, 'c') + entry(AT + 1, 'd') + entry(AT + 2, 'e')
  const { calls, texts } = await record(printed, [AT, AT + 1, AT + 1])
  expect(texts).toEqual(['d', 'e'])
  expect(calls[0]).toContain('--since=@1795838400.000001')
  expect(calls[0]).toContain('--no-tail')
})

test('rows of a time to come do not end it: it goes on behind the last one before them', async () => {
  const far = Date.parse('9999-12-31T23:59:59Z') * 1_000
  const printed = entry(AT, 'a') + entry(AT + 1, 'b')
  const mixed = await record(printed, [AT, far, NOW + 1])
  expect(mixed.texts).toEqual(['b'])
  expect(mixed.calls[0]).toContain('--since=@1795838400.000000')
  // The clock was set back far behind all of them: what is recorded once is not recorded again.
  const none = await record(entry(NOW + 5, 'new'), [NOW + 1, NOW + 2])
  expect(none.texts).toEqual(['new'])
  expect(none.calls[0]).toContain('--since=@1795838460.000000')
})
