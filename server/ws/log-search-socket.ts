import { type LogHit, type LogLine, type LogSearchFrame, LogSearchHello } from '../../contract/logs.ts'
import { sanitizeLogText } from '../domain/log-line.ts'
import { InputError } from '../errors.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'
import { createFlow } from './flow.ts'

const clean = (line: LogLine): LogLine => ({ ...line, text: sanitizeLogText(line.text) })
const cleanHit = ({ line, before, after }: LogHit): LogHit => ({
  line: clean(line),
  before: before.map(clean),
  after: after.map(clean),
})
function cleanFrame(frame: LogSearchFrame): LogSearchFrame {
  if (frame.type !== 'hits') return frame
  const { gap } = frame
  const hits = frame.hits.map(cleanHit)
  return gap === undefined ? { ...frame, hits } : { ...frame, hits, gap: sanitizeLogText(gap) }
}

/** A search over all of the log that is kept. It ends when the socket closes. */
export function logSearchSocket({ host }: PanelDeps): SocketRoute<typeof LogSearchHello> {
  return {
    hello: LogSearchHello,
    async serve(socket, { query }, signal) {
      if (query.kind === 'regex') checkPattern(query.text)
      if (query.since !== undefined) checkTime(query.since)
      const { user, paths } = await requireUser(host)
      const flow = createFlow(socket, signal)
      for await (const frame of host.searchLog(user, paths.logFile, query, signal)) {
        flow.send(JSON.stringify(cleanFrame(frame)))
        await flow.room()
      }
      socket.close(1000)
    },
  }
}

/** @throws {InputError} REQUEST_INVALID */
function checkTime(text: string): void {
  if (Number.isNaN(Date.parse(text)))
    throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(text)} is no time` })
}

/** @throws {InputError} LOG_PATTERN_INVALID */
function checkPattern(text: string): void {
  try {
    new RegExp(text, 'u')
  } catch (cause) {
    throw new InputError('LOG_PATTERN_INVALID', { detail: (cause as Error).message, cause })
  }
}
