/** The verbs of the host that touch files of the gateway's user: each is asked of the agent of that user. */

import { lastCursor } from '../../contract/log-rows.ts'
import type { LogGap, LogLine, LogPage } from '../../contract/logs.ts'
import { isAbsolutePath } from '../../contract/rules.ts'
import { HostError, InputError } from '../errors.ts'
import type { Host, LogChunk, LogRequest, UserAccount } from './host.ts'
import { type LogBatch, MAX_FILE_BYTES } from './user-agent/protocol.ts'
import { createUserAgent, type UserAgent, type UserAgentOptions } from './user-agent-client.ts'
import {
  DirectoryValue,
  HasDirectoryValue,
  KeepLogItem,
  LogAppendValue,
  LogFollowItem,
  LogLineReply,
  LogLinkValue,
  LogPageReply,
  LogSearchItem,
  ReadValue,
  WatchItem,
  WriteValue,
} from './user-agent-schemas.ts'

/** A stream whose agent died is opened again after that time; and so many times without an item in between. */
const REOPEN_AFTER_MS = 1_000
const MAX_REOPENS = 5
const MAX_LINES = 1_000_000

/** The file verbs of the host. Text of log lines is decoded, not sanitised: who shows it uses domain/log-line.ts. */
export type UserFiles = Pick<
  Host,
  | 'readUserFile'
  | 'writeUserFile'
  | 'ensureUserDirectory'
  | 'hasUserDirectory'
  | 'watchUserFiles'
  | 'followLog'
  | 'readLogBefore'
  | 'readLogAfter'
  | 'readLogLine'
  | 'searchLog'
  | 'keepLog'
  | 'linkLog'
  | 'close'
> & {
  /** Appends whole rows to a log file: all of them, or none. */
  appendLog(user: UserAccount, path: string, rows: Uint8Array): Promise<void>
}

/** @param options `agentFile` is dist/server/user-agent.js, or user-agent/main.ts in development */
export function createUserFiles(options: UserAgentOptions): UserFiles {
  const agents = new Map<string, UserAgent>()
  const agentOf = (user: UserAccount): UserAgent => {
    const key = `${user.uid}:${user.gid}:${user.home}`
    const agent = agents.get(key) ?? createUserAgent(user, options)
    agents.set(key, agent)
    return agent
  }
  return {
    async readUserFile(user, path, maxBytes) {
      const params = { path: checkedPath(path), maxBytes: Math.min(maxBytes, MAX_FILE_BYTES) }
      const found = await agentOf(user).call({ verb: 'read', params }, ReadValue)
      if (found === null) return null
      const { base64, ...rest } = found
      return { bytes: new Uint8Array(Buffer.from(base64, 'base64')), ...rest }
    },
    async writeUserFile(user, { path, bytes, mode, expectedEtag }) {
      if (bytes.length > MAX_FILE_BYTES) {
        const detail = `${path} would have ${bytes.length} bytes; ${MAX_FILE_BYTES} are allowed`
        throw new HostError('FILE_TOO_LARGE', { detail })
      }
      const base64 = Buffer.from(bytes).toString('base64')
      const etag = expectedEtag === undefined ? {} : { expectedEtag }
      const params = { path: checkedPath(path), base64, mode, ...etag }
      return agentOf(user).call({ verb: 'write', params }, WriteValue)
    },
    ensureUserDirectory: (user, path, mode) =>
      agentOf(user).call(
        { verb: 'makeDirectory', params: { path: checkedPath(path), mode } },
        DirectoryValue,
      ),
    hasUserDirectory: (user, path) =>
      agentOf(user).call({ verb: 'hasDirectory', params: { path: checkedPath(path) } }, HasDirectoryValue),
    watchUserFiles: (user, paths, signal) => watchFiles(agentOf(user), paths.map(checkedPath), signal),
    followLog: (user, request, signal) =>
      followLog(agentOf(user), { ...request, path: checkedPath(request.path) }, signal),
    async readLogBefore(user, path, before, limit) {
      const params = { path: checkedPath(path), before, limit: Math.min(limit, MAX_LINES) }
      return toPage(await agentOf(user).call({ verb: 'logPage', params }, LogPageReply))
    },
    async readLogAfter(user, path, from, limit) {
      const params = { path: checkedPath(path), ...from, limit: Math.min(limit, MAX_LINES) }
      return toPage(await agentOf(user).call({ verb: 'logAfter', params }, LogPageReply))
    },
    readLogLine: (user, path, cursor) =>
      agentOf(user).call({ verb: 'logLine', params: { path: checkedPath(path), cursor } }, LogLineReply),
    searchLog: (user, path, query, signal) =>
      agentOf(user).stream(
        { verb: 'logSearch', params: { ...query, path: checkedPath(path) } },
        LogSearchItem,
        signal,
      ),
    keepLog: (user, path, signal) => keepLog(agentOf(user), checkedPath(path), signal),
    linkLog: (user, from, path) =>
      agentOf(user).call(
        { verb: 'logLink', params: { from: checkedPath(from), path: checkedPath(path) } },
        LogLinkValue,
      ),
    async appendLog(user, path, rows) {
      const params = { path: checkedPath(path), base64: Buffer.from(rows).toString('base64') }
      await agentOf(user).call({ verb: 'logAppend', params }, LogAppendValue)
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.close()))
      agents.clear()
    },
  }
}

function checkedPath(path: string): string {
  if (isAbsolutePath(path)) return path
  throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(path)} is not an absolute path` })
}

/** A new agent tells each path when it has taken over: it may have missed a change. */
async function* watchFiles(
  agent: UserAgent,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      const changes = agent.stream({ verb: 'watch', params: { paths } }, WatchItem, signal)
      for await (const path of changes) {
        failures = 0
        if (paths.includes(path)) yield path
      }
      return
    } catch (error) {
      failures += 1
      if (!isAgentLost(error) || failures > MAX_REOPENS) throw error
      await pause(REOPEN_AFTER_MS, signal)
    }
  }
}

/** At once with a new agent: while nobody keeps the files, conmon drops them (docs/adr/0011-logs.md). */
async function* keepLog(agent: UserAgent, path: string, signal: AbortSignal): AsyncGenerator<true> {
  for (let lostAt = 0; !signal.aborted; lostAt = Date.now()) {
    try {
      yield* agent.stream({ verb: 'keepLog', params: { path } }, KeepLogItem, signal)
      return
    } catch (error) {
      // One that is lost again and again is the caller's to wait for.
      if (!isAgentLost(error) || Date.now() - lostAt < REOPEN_AFTER_MS) throw error
    }
  }
}

/** A new agent goes on after the last line that was handed over. */
async function* followLog(
  agent: UserAgent,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogChunk> {
  let { after } = request
  let isLive = false
  for (let failures = 0; !signal.aborted; ) {
    const params = after === undefined ? request : { ...request, after }
    try {
      for await (const item of agent.stream({ verb: 'logFollow', params }, LogFollowItem, signal)) {
        failures = 0
        const { bytes: rows, live, ...rest } = item
        isLive ||= live
        const chunk = { ...rest, live: isLive }
        // The frame itself is the viewer's to check; what is needed of it here is the place it ends at.
        after = (rows && lastCursor(rows)) ?? rest.cursor ?? after
        yield rows ? { ...chunk, rows } : chunk
      }
      return
    } catch (error) {
      failures += 1
      if (!isAgentLost(error) || failures > MAX_REOPENS) throw error
      await pause(REOPEN_AFTER_MS, signal)
    }
  }
}

/** The agent itself failed; any other error is about the file. */
function isAgentLost(error: unknown): boolean {
  return error instanceof HostError && (error.code === 'COMMAND_FAILED' || error.code === 'COMMAND_TIMED_OUT')
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
    if (signal.aborted) resolve()
  })
}

function toPage(page: { batches: readonly LogBatch[]; hasMore: boolean }): LogPage {
  const pages = page.batches.map((batch) => ({ lines: toLines(batch), reason: batch.gap }))
  const gaps = pages.flatMap(({ lines: [first], reason }): LogGap[] =>
    first === undefined || reason === undefined ? [] : [{ before: first.cursor, reason }],
  )
  const lines = pages.flatMap((one) => one.lines)
  return { lines, hasMore: page.hasMore, ...(gaps.length > 0 ? { gaps } : {}) }
}

function toLines(batch: LogBatch): LogLine[] {
  if (batch.ends.length === 0) return []
  const times = batch.times.split('\n')
  const texts = batch.texts.split('\n')
  const { length } = batch.ends
  if (times.length !== length || texts.length !== length || batch.flags.length !== length) {
    throw new HostError('COMMAND_FAILED', { detail: 'the file helper sent a log of another shape' })
  }
  return batch.ends.map((end, index): LogLine => {
    const flag = batch.flags[index]
    return {
      cursor: `${batch.file}.${end.toString(36)}`,
      time: times[index] ?? '',
      stream: flag === 'e' || flag === 'E' ? 'stderr' : 'stdout',
      text: texts[index] ?? '',
      ...(flag === 'O' || flag === 'E' ? { truncated: true } : {}),
    }
  })
}
