import { createInterface } from 'node:readline'
import type { LogLine } from '../../contract/logs.ts'
import type { TalkOrders, Told } from '../attacks/log-talk.ts'
import { waitUntil } from '../host/wait-until.ts'
import { insideArgv, type LogHost } from './log-host.ts'

const LIMIT_MS = 120_000

/** What one connection to a socket of the log has brought so far. */
export interface LogTalk {
  readonly lines: readonly LogLine[]
  readonly frames: readonly ({ type: string } & Readonly<Record<string, unknown>>)[]
  /** Frames that were none. */
  readonly faults: number
  /** How the panel ended it. */
  readonly close: { readonly code: number; readonly reason: string } | undefined
  say(command: 'pause' | 'resume' | 'close'): void
  /** Waits for it. @throws with what has come last when it is not in time */
  until(what: string, isReached: (talk: LogTalk) => boolean): Promise<void>
  /** Waits for a line with this text. */
  untilLine(text: string): Promise<LogLine>
  end(): Promise<void>
}

/** Follows the log, as a page does. */
export async function followLog(
  host: LogHost,
  hello: { backlog: number; after?: string; filter?: unknown },
): Promise<LogTalk> {
  return openTalk(host, '/api/logs/stream', hello)
}

/** Searches in it, and waits for the end unless told otherwise. */
export async function searchLog(host: LogHost, query: Readonly<Record<string, unknown>>): Promise<LogTalk> {
  return openTalk(host, '/api/logs/search', { query: { limit: 100, context: 0, kind: 'plain', ...query } })
}

async function openTalk(
  { panel, session }: LogHost,
  path: TalkOrders['path'],
  hello: TalkOrders['hello'],
): Promise<LogTalk> {
  const program = await panel.host.spawn(insideArgv('log-talk.ts'))
  program.stdin.write(`${JSON.stringify({ session, path, hello } satisfies TalkOrders)}\n`)
  const lines: LogLine[] = []
  const frames: ({ type: string } & Record<string, unknown>)[] = []
  let [faults, said] = [0, '']
  let close: LogTalk['close']
  createInterface({ input: program.stdout }).on('line', (line) => {
    const told = JSON.parse(line) as Told
    if ('frame' in told) frames.push(told.frame)
    else if ('close' in told) close ??= told.close
    else if (told.lines === null) faults += 1
    else for (const one of told.lines) lines.push(one)
  })
  program.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const talk: LogTalk = {
    lines,
    frames,
    get faults() {
      return faults
    },
    get close() {
      return close
    },
    say: (command) => void program.stdin.write(`${command}\n`),
    async until(what, isReached) {
      await waitUntil(what, LIMIT_MS, () => isReached(talk)).catch((cause: unknown) => {
        const last = JSON.stringify({ lines: lines.slice(-3), frames: frames.slice(-3), close, said })
        throw new Error(`${String(cause)}: ${last}`, { cause })
      })
    },
    async untilLine(text) {
      let found: LogLine | undefined
      await talk.until(`the line ${text}`, () => {
        found = lines.find((line) => line.text === text)
        return found !== undefined
      })
      if (!found) throw new Error(text)
      return found
    },
    async end() {
      program.stdin.end()
      const isGone = () => program.exitCode !== null || program.signalCode !== null
      await waitUntil('the connection is over', LIMIT_MS, isGone)
    },
  }
  return talk
}
