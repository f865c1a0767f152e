import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { type LogFrame, LogsHello, type LogTuple } from '../../contract/events.ts'
import type { LogLine } from '../../contract/schemas.ts'
import { sanitizeLogText } from '../domain/log-line.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'

/** ws applies no backpressure by itself: above this the source is not read any further (docs/facts/performance.md). */
const HIGH_WATER_BYTES = 1_048_576
const DRAIN_LOOK_MS = 5

function toTuple({ cursor, time, stream, text, truncated }: LogLine): LogTuple {
  const short = stream === 'stdout' ? 'o' : 'e'
  const clean = sanitizeLogText(text)
  return truncated ? [cursor, time, short, clean, 1] : [cursor, time, short, clean]
}

async function send(socket: WebSocket, frame: LogFrame, signal: AbortSignal): Promise<void> {
  while (socket.bufferedAmount > HIGH_WATER_BYTES && !signal.aborted) await sleep(DRAIN_LOOK_MS)
  if (!signal.aborted) socket.send(JSON.stringify(frame))
}

/** Log lines as they come, behind a backlog or a cursor. A slow client pauses the reader; nothing piles up. */
export function logsSocket({ host }: PanelDeps): SocketRoute<typeof LogsHello> {
  return {
    hello: LogsHello,
    async serve(socket, hello, signal) {
      const { user, paths } = await requireUser(host)
      const path = paths.logFile
      const { backlog, after } = hello
      const chunks = host.followLog(
        user,
        { path, backlog, ...(after === undefined ? {} : { after }) },
        signal,
      )
      let isLive = false
      for await (const chunk of chunks) {
        if (chunk.live && !isLive) {
          isLive = true
          await send(socket, { type: 'live' }, signal)
        }
        if (chunk.gap !== undefined) await send(socket, { type: 'gap', reason: chunk.gap }, signal)
        if (chunk.lines.length > 0)
          await send(socket, { type: 'lines', lines: chunk.lines.map(toTuple) }, signal)
      }
    },
  }
}
