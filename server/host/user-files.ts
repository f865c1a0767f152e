/** The verbs of the host that touch files of the gateway's user: each is asked of the agent of that user. */
import { isAbsolutePath } from '../../contract/rules.ts'
import { HostError, InputError } from '../errors.ts'
import type { Host, LogChunk, LogRequest, UserAccount } from './host.ts'
import { chunkOf, lastCursor, toLines } from './log-chunk.ts'
import { MAX_FILE_BYTES } from './user-agent/protocol.ts'
import { createUserAgent, type UserAgent, type UserAgentOptions } from './user-agent-client.ts'
import {
  DirectoryValue,
  HasDirectoryValue,
  LogBatchItem,
  LogPageReply,
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
  | 'close'
>

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
      const { batch, hasMore } = await agentOf(user).call({ verb: 'logPage', params }, LogPageReply)
      return { lines: toLines(batch), hasMore }
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

/** A new agent may have missed a change, so each path is told once after it took over. */
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
    if (!signal.aborted) yield* paths
  }
}

/** A new agent goes on after the last line that was handed over. */
async function* followLog(
  agent: UserAgent,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogChunk> {
  let after = request.after
  let isLive = false
  for (let failures = 0; !signal.aborted; ) {
    const { path, backlog } = request
    const params = after === undefined ? { path, backlog } : { path, backlog, after }
    try {
      for await (const batch of agent.stream({ verb: 'logFollow', params }, LogBatchItem, signal)) {
        failures = 0
        after = lastCursor(batch) ?? after
        isLive ||= batch.live
        yield chunkOf({ ...batch, live: isLive })
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
