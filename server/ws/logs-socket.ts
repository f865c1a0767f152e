import type { WebSocket } from 'ws'
import { type LogNotice, LogsHello } from '../../contract/logs.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'

/**
 * ws applies no backpressure by itself: above this, in bytes, the source is not read any further until what was sent is
 * on its way (docs/facts/performance.md).
 */
const HIGH_WATER_BYTES = 262_144

/** Sends a frame; returns when there is room for the next. Nothing is said of a socket that closed: the signal tells. */
export function sendFrame(socket: WebSocket, frame: Uint8Array | string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    socket.send(frame, () => resolve())
    if (socket.bufferedAmount <= HIGH_WATER_BYTES) resolve()
  })
}

/** Log lines as they come, behind a backlog or a cursor. A slow client pauses the reader; nothing piles up. */
export function logsSocket({ host }: PanelDeps): SocketRoute<typeof LogsHello> {
  return {
    hello: LogsHello,
    async serve(socket, { backlog, after, filter }, signal) {
      const { user, paths } = await requireUser(host)
      const request = {
        path: paths.logFile,
        backlog,
        ...(after === undefined ? {} : { after }),
        ...(filter === undefined ? {} : { filter }),
      }
      const tell = (notice: LogNotice) => sendFrame(socket, JSON.stringify(notice), signal)
      let isLive = false
      for await (const { rows, gap, live } of host.followLog(user, request, signal)) {
        if (live && !isLive) {
          isLive = true
          await tell({ type: 'live' })
        }
        if (gap !== undefined) await tell({ type: 'gap', reason: gap })
        if (rows !== undefined) await sendFrame(socket, rows, signal)
      }
    },
  }
}
