/** Writes what a container prints to the journal down in the gateway's log file, which everything else reads. */
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host, UserAccount, Watch } from './host.ts'
import {
  createEntrySplitter,
  ENTRY_FIELDS,
  type JournalRow,
  missingRow,
  readEntry,
  readTime,
} from './journal-entry.ts'
import type { RunCommand } from './run-command.ts'

/** Of a container that is met for the first time. */
const FIRST_LINES = 200_000
/** Rows at the end of the file among which those of the last moment are. */
const LAST_ROWS = 1_000
const LONGEST_MS = 12 * 3_600_000
const PAUSE_MS = 1_000
const DIRECTORY_MODE = 0o700

export interface JournalOfContainer {
  readonly container: string
  /** Of the user's manager: output that it took itself counts too. */
  readonly unit: string
  /** The log file; rows are appended. */
  readonly path: string
}

export interface JournalLog {
  /**
   * Appends what the container prints to the file until it is cancelled, from the file's last row on. journalctl(1) is run as
   * root: the journal of a system account is nobody else's to read.
   * @throws CommandMissing there is no journalctl
   */
  recordJournal(user: UserAccount, source: JournalOfContainer, watch?: Watch): Promise<void>
}

type Files = Pick<Host, 'readLogBefore' | 'ensureUserDirectory'> & {
  appendLog(user: UserAccount, path: string, rows: Uint8Array): Promise<void>
}

/** @param now ms since 1970 */
export function createJournalLog(run: RunCommand, files: Files, now: () => number = Date.now): JournalLog {
  return {
    async recordJournal(user, source, { signal = new AbortController().signal } = {}) {
      await files.ensureUserDirectory(user, dirname(source.path), DIRECTORY_MODE)
      while (!signal.aborted) {
        const last = await readEnd(files, user, source.path, now() * 1_000)
        const sink = createSink(last, (rows) => files.appendLog(user, source.path, rows))
        try {
          await run(journalctl(user, source, last), {
            timeoutMs: LONGEST_MS,
            stdoutTo: sink,
            watch: { signal },
          })
        } catch (error) {
          if (signal.aborted) return
          throw error
        }
        // It ends with the journal's daemon, and goes on with it.
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    },
  }
}

/** The end of the file: the time of its last row in µs, and how many rows have it. */
interface End {
  readonly time: number
  readonly rows: number
}

/**
 * Rows of a time to come were written before the clock was set back, or by somebody who may write the file: behind them
 * nothing would be recorded until then.
 * @param now µs since 1970
 */
async function readEnd(files: Files, user: UserAccount, path: string, now: number): Promise<End | null> {
  const { lines } = await files.readLogBefore(user, path, null, LAST_ROWS)
  const all = lines.map(({ time }) => readTime(time)).filter((time) => time !== null)
  const times = all.filter((time) => time <= now)
  const time = times.at(-1) ?? (all.length === 0 ? undefined : now)
  return time === undefined ? null : { time, rows: times.filter((each) => each === time).length }
}

function journalctl(
  user: UserAccount,
  { container, unit }: JournalOfContainer,
  last: End | null,
): [string, ...string[]] {
  const from = last ? [`--since=@${formatSeconds(last.time)}`, '--no-tail'] : [`--lines=${FIRST_LINES}`]
  const uid = `_UID=${user.uid}`
  return [
    ...(['journalctl', '--quiet', '--no-pager', '--follow', '--all', '--output=json'] as const),
    `--output-fields=${ENTRY_FIELDS.join(',')}`,
    ...from,
    ...[`CONTAINER_NAME=${container}`, uid, '+', `_SYSTEMD_USER_UNIT=${unit}`, uid],
  ]
}

/** systemd.time(7). @param time µs since 1970 */
const formatSeconds = (time: number): string =>
  `${Math.floor(time / 1_000_000)}.${String(time % 1_000_000).padStart(6, '0')}`

/** Takes journalctl's output; rows that the file has are passed over. */
function createSink(last: End | null, append: (rows: Uint8Array) => Promise<void>): Writable {
  let known = last?.rows ?? 0
  let now = last?.time ?? 0
  let rows: Buffer[] = []
  const take = (row: JournalRow): void => {
    if (last && row.time < last.time) return
    if (row.time === last?.time && known > 0) {
      known -= 1
      return
    }
    now = row.time
    rows.push(row.bytes)
  }
  const push = createEntrySplitter(
    (line) => {
      const row = readEntry(line)
      if (row) take(row)
    },
    () => take(missingRow(now)),
  )
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      push(bytes)
      const taken = Buffer.concat(rows)
      rows = []
      if (taken.length === 0) done()
      else append(taken).then(() => done(), done)
    },
  })
}
